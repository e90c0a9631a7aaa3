import { expect, test } from 'vitest';
import { Grant } from '../../../../services/backend/ticking/grant.ts';

const beat = (horizon: number, ticksPerSecond: number | null = null) => ({
  horizon,
  ticksPerSecond,
  durableThroughTick: -1,
});

test('nothing is granted at first', () => {
  expect(new Grant().horizon).toBe(0);
});

test('the horizon only rises', () => {
  const grant = new Grant();
  const seen = [5, 3, 9, 0].map((horizon) => {
    grant.apply(beat(horizon));
    return grant.horizon;
  });
  expect(seen).toEqual([5, 5, 9, 9]);
});

test('the pace is that of the latest heartbeat', () => {
  const grant = new Grant();
  grant.apply(beat(5, 60));
  grant.apply(beat(3, 10));
  expect(grant.ticksPerSecond).toBe(10);
  grant.apply(beat(3, null));
  expect(grant.ticksPerSecond).toBeNull();
});

test('ticks stay within the 32 bits of the formats', () => {
  const grant = new Grant();
  grant.apply(beat(2 ** 50));
  expect(grant.horizon).toBe(2 ** 32 - 1);
});
