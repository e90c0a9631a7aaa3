import { expect, test } from 'vitest';
import type { Activity } from '../../../../services/coordinator/driver/driver-state.ts';
import {
  type RecoveringDriver,
  recoveryView,
} from '../../../../services/coordinator/watching/recovery-view.ts';
import { recoverySchema } from '../../../../services/protocol/api/cluster-api.ts';
import { STORED, topologyOf } from '../fixtures.ts';

const cause = 'backend b1 is lost: its process is gone';
const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 900, cause };
const driverOf = (activity: Activity, driving?: RecoveringDriver['driving']) => ({
  ...{ state: { ...activity, idleBackends: [] }, recoveringSinceMs: 4_000, driving },
});
const replay = { fromTick: 100, toTick: 900, remainingSeconds: 8 };
const replaying = { ticker: { tick: 130, replay, achievedTicksPerSecond: 96 } };

test('while shards are given to others it shows why, how long for, and how far the world had come', () => {
  const detail = 'initializing: 2 of 8 shards are ready';
  expect(recoveryView(driverOf({ phase: 'Recovering', loaded, detail }), 6_500)).toEqual({
    ...{ kind: 'loss', step: 'placing', cause, detail, elapsedSeconds: 2.5, toTick: 900 },
    ...{ fromTick: null, tick: null, ticksPerSecond: null, remainingSeconds: null },
  });
});

test('while what was lost is computed again it shows tick, speed and the time that is left', () => {
  expect(recoveryView(driverOf({ phase: 'Ticking', loaded }, replaying), 6_500)).toEqual({
    ...{ kind: 'loss', step: 'replaying', cause, detail: null, elapsedSeconds: 2.5, toTick: 900 },
    ...{ fromTick: 100, tick: 130, ticksPerSecond: 96, remainingSeconds: 8 },
  });
});

test('a world that is moved is not lost', () => {
  const moving: Activity = { phase: 'Moving', loaded, detail: 'to end: b0' };
  expect(recoveryView(driverOf(moving), 6_500)).toMatchObject({ kind: 'move', step: 'placing' });
});

test('a world that ticks as it should has nothing to recover from', () => {
  const ticker = { ...replaying.ticker, replay: undefined };
  expect(recoveryView(driverOf({ phase: 'Ticking', loaded }, { ticker }), 6_500)).toBeNull();
  expect(recoveryView(driverOf({ phase: 'Waiting' }, replaying), 6_500)).toBeNull();
});

test.each([
  ['placing', driverOf({ phase: 'Recovering', loaded, detail: undefined })],
  ['replaying', driverOf({ phase: 'Ticking', loaded }, replaying)],
])('is what the contract of the API says: %s', (_step, driver) => {
  expect(recoverySchema.strict().safeParse(recoveryView(driver, 6_500)).success).toBe(true);
});
