import { expect, test } from 'vitest';
import { eventTick, rate } from '../../../../services/dashboard/src/text/format.ts';

test.each([
  [1_200, 900, '1,200, in 300'],
  // The events of the tick at hand are still to come.
  [900, 900, '900, next'],
  [899, 900, '899'],
  [1_200, null, '1,200, in 1,200'],
])('an event of tick %i in a world at tick %s is dated %s', (tick, now, expected) => {
  expect(eventTick({ tick }, now)).toBe(expected);
});

test.each([
  [0, '0'],
  [0.04, '0.0'],
  [59.84, '59.8'],
  [1_234.5, '1,235'],
  [null, '–'],
])('a rate of %s ticks a second is shown as %s', (ticksPerSecond, expected) => {
  expect(rate(ticksPerSecond)).toBe(expected);
});
