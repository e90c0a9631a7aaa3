import { expect, test } from 'vitest';
import { ratesBetween } from '../../../../../services/coordinator/watching/cluster/rates.ts';
import type { BackendLoad } from '../../../../../services/protocol/wire/backend-load.ts';
import { NO_LOAD } from '../../../../support/no-load.ts';

const loadOf = (change: Partial<BackendLoad>): BackendLoad => ({ ...NO_LOAD, ...change });

test('rates are those between two looks, by the clock of the backend', () => {
  const before = loadOf({ uptimeMs: 10_000, computedTicks: 100, processorMs: 5_000 });
  const now = loadOf({
    ...{ uptimeMs: 12_000, computedTicks: 220, processorMs: 8_000 },
    waitedMs: { halos: 500, horizon: 0, pace: 1_000, samples: 20 },
  });
  expect(ratesBetween(before, now)).toEqual({
    ticksPerSecond: 60,
    processors: 1.5,
    waiting: { halos: 0.25, horizon: 0, pace: 0.5, samples: 0.01 },
  });
});

test('nothing is known after one look, or if nothing was told since', () => {
  expect(ratesBetween(undefined, NO_LOAD)).toBeUndefined();
  const load = loadOf({ uptimeMs: 5 });
  expect(ratesBetween(load, load)).toBeUndefined();
});

test('a share is never more than all of the time, and no rate is less than 0', () => {
  const before = loadOf({ uptimeMs: 0, computedTicks: 9 });
  const now = loadOf({
    uptimeMs: 1_000,
    waitedMs: { halos: 1_001, horizon: 0, pace: 0, samples: 0 },
  });
  expect(ratesBetween(before, now)).toMatchObject({ ticksPerSecond: 0, waiting: { halos: 1 } });
});
