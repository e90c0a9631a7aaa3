import { expect, test } from 'vitest';
import { eventTick } from '../../../services/dashboard/src/format.ts';

test.each([
  [1_200, 900, '1,200, in 300'],
  // The events of the tick at hand are still to come.
  [900, 900, '900, in 0'],
  [899, 900, '899'],
  [1_200, null, '1,200, in 1,200'],
])('an event of tick %i in a world at tick %s is dated %s', (tick, now, expected) => {
  expect(eventTick({ tick }, now)).toBe(expected);
});
