import { expect, test } from 'vitest';
import {
  type RateSample,
  withRate,
} from '../../../../../services/dashboard/src/charts/data/rate-history.ts';

test('a world that went back forgets what came after', () => {
  let history: readonly RateSample[] = [];
  for (const tick of [10, 20, 30, 25]) history = withRate(history, { tick, ticksPerSecond: 60 });
  expect(history.map(({ tick }) => tick)).toEqual([10, 20, 25]);
});

test('it is bounded, and keeps the first and the newest', () => {
  let history: readonly RateSample[] = [];
  for (let tick = 0; tick < 10_000; tick++)
    history = withRate(history, { tick, ticksPerSecond: 60 });
  expect(history.length).toBeLessThanOrEqual(2_000);
  expect(history[0]?.tick).toBe(0);
  expect(history.at(-1)?.tick).toBe(9_999);
});
