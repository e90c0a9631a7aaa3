import { expect, test } from 'vitest';
import { eventTick, population, rate } from '../../../../services/dashboard/src/text/format.ts';
import type { ColonyView } from '../../../../services/protocol/api/public-api.ts';

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

test('a population comes with its share and the tick at which it was counted', () => {
  const values = { population: 1_500, cells: 6_000 };
  const statistics = { tick: 7_560, values } as ColonyView['statistics'];
  expect(population(statistics)).toEqual({
    count: '1,500',
    share: '25 % of the cells',
    countedAt: 'counted at 7,560',
  });
  expect(population(null)).toEqual({ count: '–', share: '', countedAt: '' });
});
