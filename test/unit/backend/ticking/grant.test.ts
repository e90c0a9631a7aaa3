import { describe, expect, test } from 'vitest';
import { Grant } from '../../../../services/backend/ticking/grant.ts';

const given = (
  number: number,
  horizon: number,
  { epoch = 1, ticksPerSecond = null as number | null } = {},
) => ({ epoch, number, horizon, ticksPerSecond });

test('nothing is granted at first', () => {
  expect(new Grant().inForce).toEqual({ epoch: 0, number: 0, horizon: 0 });
});

test('shards that start elsewhere run no further than there, until the next grant', () => {
  const grant = new Grant();
  grant.apply(given(7, 100, { epoch: 2, ticksPerSecond: 10 }), 0);
  grant.startAt(40);
  expect(grant.inForce).toEqual({ epoch: 2, number: 7, horizon: 40 });
  grant.apply(given(6, 500, { epoch: 2 }), 0);
  expect(grant.horizon).toBe(40);
  grant.apply(given(8, 500, { epoch: 2 }), 0);
  expect(grant.horizon).toBe(500);
});

describe('the newest grant holds', () => {
  test('be it larger or smaller than the one before', () => {
    const grant = new Grant();
    const seen = [5, 9, 3].map((horizon, i) => {
      grant.apply(given(i + 1, horizon), 0);
      return grant.horizon;
    });
    expect(seen).toEqual([5, 9, 3]);
  });

  test('and none that is older, however late it comes, in horizon or pace', () => {
    const grant = new Grant();
    grant.apply(given(7, 100, { ticksPerSecond: 10 }), 0);
    grant.apply(given(6, 500), 0);
    grant.apply(given(7, 500), 0);
    expect(grant.inForce).toEqual({ epoch: 1, number: 7, horizon: 100 });
    expect(grant.ticksPerSecond).toBe(10);
  });

  test('of the newest epoch first', () => {
    const grant = new Grant();
    grant.apply(given(900, 100), 0);
    grant.apply(given(1, 60, { epoch: 2 }), 0);
    grant.apply(given(901, 500), 0);
    expect(grant.inForce).toEqual({ epoch: 2, number: 1, horizon: 60 });
  });
});

test('what has begun is not taken back', () => {
  const grant = new Grant();
  grant.apply(given(1, 100), 0);
  grant.apply(given(2, 30), 42);
  expect(grant.horizon).toBe(42);
});

test('the pace is that of the newest grant', () => {
  const grant = new Grant();
  grant.apply(given(1, 5, { ticksPerSecond: 60 }), 0);
  grant.apply(given(2, 3), 0);
  expect(grant.ticksPerSecond).toBeNull();
});

test('ticks stay within the 32 bits of the formats', () => {
  const grant = new Grant();
  grant.apply(given(1, 2 ** 50), 0);
  expect(grant.horizon).toBe(2 ** 32 - 1);
});
