import { describe, expect, test } from 'vitest';
import type { Activity } from '../../../../services/coordinator/driver/driver-state.ts';
import type { TrackedBackend } from '../../../../services/coordinator/ticking/tracked-backend.ts';
import {
  colonyView,
  type ShownDriver,
  type ViewInput,
} from '../../../../services/coordinator/watching/colony-view.ts';
import { colonyViewSchema } from '../../../../services/protocol/api/public-api.ts';
import { PROTOCOL_VERSION } from '../../../../services/protocol/wire/registry-entry.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { NO_LOAD } from '../../../support/no-load.ts';
import {
  hex,
  liveBackend,
  recordOf,
  SELF,
  STORED,
  startedRecord,
  statusOf,
  topologyOf,
} from '../fixtures.ts';

const LAST_DIGEST = { tick: 100, digest: hex(7) };

const NO_MEMORY: ViewInput['memory'] = {
  watch: { ratesOf: () => undefined, restartsOf: () => 0 },
  troubles: { of: () => undefined },
};

const trackedOf = (index: number, tick: number, change: Partial<TrackedBackend> = {}) =>
  ({
    backend: topologyOf(2).backends[index]!,
    index,
    shards: 4,
    status: statusOf(index, { tick }),
    lastAnswerMs: 0,
    suspect: false,
    started: true,
    startFailed: false,
    confirmedThroughTick: -1,
    isStalled: false,
    ...change,
  }) satisfies TrackedBackend;

const ticking: Activity = {
  phase: 'Ticking',
  loaded: { stored: STORED, topology: topologyOf(2), replayUntil: 0 },
};
const driverOf = (
  backends: TrackedBackend[] | undefined,
  activity: Activity = ticking,
): ShownDriver => {
  const state = { ...activity, idleBackends: [liveBackend(0)] };
  const recoveringSinceMs = undefined;
  if (backends === undefined) return { state, recoveringSinceMs, driving: undefined };
  const ticks = backends.map(({ status }) => status?.colony?.tick ?? 0);
  return {
    state,
    recoveringSinceMs,
    driving: {
      ticker: {
        backends,
        tick: Math.min(...ticks),
        maxTick: Math.max(...ticks),
        replay: undefined,
        achievedTicksPerSecond: 58,
      },
      digests: { last: LAST_DIGEST },
      statistics: { latest: { tick: 120, values: EMPTY_STATISTICS } },
      moves: undefined,
      checkpointer: { tick: 200, tickedMs: 4_200, failure: undefined },
    },
  };
};

const viewOf = (change: Partial<ViewInput> = {}) =>
  colonyView({
    name: 'test',
    record: startedRecord({ ticksPerSecond: 60 }),
    configuredBackends: 4,
    defaultSpec: STORED.spec,
    driver: driverOf([trackedOf(0, 130), trackedOf(1, 128)]),
    memory: NO_MEMORY,
    stored: STORED,
    rules: STORED.spec.rules,
    lastTick: undefined,
    isFresh: true,
    nowMs: 0,
    coordinators: [],
    lastDigest: undefined,
    ...change,
  });

describe('the view of a colony', () => {
  test('of a running one shows ticks, pace, horizon and the last digest', () => {
    expect(viewOf()).toMatchObject({
      status: 'TopographyInitialized',
      phase: 'Ticking',
      colonyInstanceId: 'instance-1',
      tick: 128,
      horizon: 1_000,
      ticksPerSecond: { achieved: 58, asked: 60 },
      spec: STORED.spec,
      lastDigest: LAST_DIGEST,
      statistics: { tick: 120 },
    });
  });

  test('shows which world a start makes that asks for none, running or not', () => {
    const defaultSpec = { ...STORED.spec, seed: 99 };
    expect(viewOf({ defaultSpec })).toMatchObject({
      spec: { seed: STORED.spec.seed },
      defaultSpec,
    });
    expect(viewOf({ defaultSpec, driver: undefined, stored: undefined })).toMatchObject({
      spec: null,
      defaultSpec,
    });
  });

  test('shows how many backends are wanted: as somebody asked for, else as is configured', () => {
    expect(viewOf()).toMatchObject({ wantedBackends: 4 });
    const record = startedRecord({ wantedBackends: 9 });
    expect(viewOf({ record })).toMatchObject({ wantedBackends: 9 });
  });

  test('shows each backend with its tick and how far it lags behind the foremost', () => {
    expect(viewOf().backends).toMatchObject([
      { id: 'b0', address: 'http://b0:9000', state: 'Ticking', tick: 130, lag: 0, shards: 4 },
      { id: 'b1', address: 'http://b1:9000', state: 'Ticking', tick: 128, lag: 2, shards: 4 },
    ]);
  });

  test('shows what is measured of each backend, and how old that is', () => {
    const load = { ...NO_LOAD, memoryBytes: 4_096, uptimeMs: 61_900 };
    const status = statusOf(1, { tick: 128 }, { load });
    const backends = [trackedOf(0, 130), trackedOf(1, 128, { status, lastAnswerMs: 1_000 })];
    const waiting = { halos: 0.5, horizon: 0, pace: 0.25, samples: 0 };
    const rates = { ticksPerSecond: 58, waiting, processors: 1.5 };
    const memory = {
      ...NO_MEMORY,
      watch: {
        ratesOf: (bootId: string) => (bootId === 'boot-1' ? rates : undefined),
        restartsOf: (id: string) => (id === 'b1' ? 2 : 0),
      },
    };
    const [first, second] = viewOf({ driver: driverOf(backends), memory, nowMs: 1_250 }).backends;
    expect(second).toMatchObject({ ...rates, memoryBytes: 4_096, uptimeSeconds: 61 });
    expect(second).toMatchObject({ owner: 1, ageMs: 250, restarts: 2, trouble: null });
    expect(first).toMatchObject({ owner: 0, ticksPerSecond: null, waiting: null, restarts: 0 });
  });

  test('shows no rates of backends that do not tick any more', () => {
    const waiting = { halos: 0.5, horizon: 0, pace: 0.25, samples: 0 };
    const watch = {
      ratesOf: () => ({ ticksPerSecond: 58, waiting, processors: 1.5 }),
      restartsOf: () => 0,
    };
    const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 130 };
    const driver = driverOf([trackedOf(0, 130)], {
      phase: 'Recovering',
      loaded,
      detail: undefined,
    });
    const view = viewOf({ driver, memory: { ...NO_MEMORY, watch } });
    expect(view.backends[0]).toMatchObject({ ticksPerSecond: null, waiting: null });
  });

  test('shows what is wrong with a backend', () => {
    const trouble = {
      ...{ backend: 'b1', code: 'BACKEND_LOST' as const, detail: 'its process is gone' },
      ...{ tick: 128, at: '2026-11-30T00:00:00.000Z', endedAt: undefined },
    };
    const troubles = { of: (id: string) => (id === 'b1' ? trouble : undefined) };
    const view = viewOf({ memory: { ...NO_MEMORY, troubles } });
    expect(view.backends.map((backend) => backend.trouble)).toEqual([
      null,
      { ...trouble, endedAt: null },
    ]);
    expect(colonyViewSchema.strict().safeParse(view)).toMatchObject({ success: true });
  });

  test('shows a backend that does not answer as Suspect, and waits for it', () => {
    const backends = [trackedOf(0, 130), trackedOf(1, 128, { suspect: true })];
    const view = viewOf({ driver: driverOf(backends) });
    expect(view.backends[1]).toMatchObject({ state: 'Suspect', tick: 128 });
    expect(view).toMatchObject({ phase: 'Waiting', phaseDetail: 'waiting for b1' });
  });

  test('shows a backend that is gone as Lost, and that the others no longer tick', () => {
    const backends = [trackedOf(0, 130), trackedOf(1, 128, { lost: true, suspect: true })];
    const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 130 };
    const detail = 'backend b1 is lost: its process is gone';
    const view = viewOf({ driver: driverOf(backends, { phase: 'Recovering', loaded, detail }) });
    expect(view.backends.map(({ state }) => state)).toEqual(['Initializing', 'Lost']);
    expect(view).toMatchObject({ phase: 'Recovering', phaseDetail: detail });
    expect(view.ticksPerSecond.achieved).toBeNull();
    expect(colonyViewSchema.strict().safeParse(view)).toMatchObject({ success: true });
  });

  test('shows backends that are being given their shards as Initializing', () => {
    const view = viewOf({
      record: recordOf({ status: 'Initializing', generation: 1 }),
      driver: driverOf(undefined, { phase: 'Starting', detail: undefined }),
    });
    expect(view.backends).toMatchObject([{ id: 'b0', state: 'Initializing' }]);
  });

  test('shows a backend that has not answered yet without a tick', () => {
    const backends = [trackedOf(0, 130), trackedOf(1, 0, { status: undefined, started: false })];
    const [, second] = viewOf({ driver: driverOf(backends) }).backends;
    expect(second).toMatchObject({ tick: null, lag: null, pid: null });
  });

  test('without a colony shows the backends that are there', () => {
    const activity: Activity = { phase: 'Waiting' };
    const view = viewOf({
      record: recordOf(),
      driver: driverOf(undefined, activity),
      stored: undefined,
    });
    expect(view).toMatchObject({ phase: 'Idle', tick: null, spec: null, colonyInstanceId: null });
    expect(view.backends).toMatchObject([{ id: 'b0', state: 'Idle', tick: null, shards: 0 }]);
  });

  test('without a leader shows what the record and the digests tell', () => {
    const view = viewOf({ driver: undefined, lastDigest: LAST_DIGEST });
    expect(view).toMatchObject({
      phase: 'Waiting',
      tick: null,
      horizon: 1_000,
      backends: [],
      lastDigest: LAST_DIGEST,
    });
  });

  test('marks the coordinator that leads', () => {
    const entry = (bootId: string) => ({
      id: `coordinator-${bootId}`,
      bootId,
      address: '127.0.0.1',
      rpcPort: 1,
      httpPort: 8083,
      startedAt: '',
      version: '0.1.0',
      protocolVersion: PROTOCOL_VERSION,
    });
    const { coordinators, leader } = viewOf({ coordinators: [entry(SELF.id), entry('c2')] });
    expect(coordinators.map(({ leads }) => leads)).toEqual([true, false]);
    expect(coordinators[1]).toMatchObject({ bootId: 'c2', version: '0.1.0' });
    expect(leader?.id).toBe(SELF.id);
  });

  test('shows why the last start failed', () => {
    const failure = { key: 'K1', code: 'NO_BACKENDS', reason: 'none', at: '', generation: 1 };
    const view = viewOf({ record: recordOf({ lastFailure: failure }), driver: undefined });
    expect(view.lastFailure).toEqual(failure);
  });

  describe('of its checkpoints', () => {
    const pointer = { tick: 100, epoch: 1, topologyVersion: 1, sha256: '0'.repeat(64) };
    const record = startedRecord({ checkpoint: pointer });
    const shown = (change: Partial<ViewInput>) => viewOf(change).checkpoint;

    test('shows the newest, the one that is being written, and how long there was none', () => {
      expect(shown({ record })).toEqual({
        ...{ tick: 100, writingTick: 200, tickedSeconds: 4.2 },
        failure: null,
      });
    });

    test('shows why the last attempt has failed', () => {
      const driver = driverOf([trackedOf(0, 130)]);
      const failure = { tick: 200, reason: 'the disk is full' };
      driver.driving!.checkpointer = { tick: undefined, tickedMs: 60_000, failure };
      expect(shown({ record, driver })).toEqual({
        ...{ tick: 100, writingTick: null, tickedSeconds: 60 },
        failure,
      });
    });

    test('shows nothing but the record where none are taken, and at a standby', () => {
      const driver = driverOf([trackedOf(0, 130)]);
      driver.driving!.checkpointer = undefined;
      const known = { tick: 100, writingTick: null, tickedSeconds: null, failure: null };
      expect(shown({ record, driver })).toEqual(known);
      expect(shown({ record, driver: undefined })).toEqual(known);
    });

    test('shows that there is none yet', () => {
      expect(shown({})).toMatchObject({ tick: null });
    });

    test.each(['NotInitialized', 'Initializing'] as const)(
      'shows none of one that is %s',
      (status) => {
        expect(shown({ record: { ...record, status } })).toBeNull();
      },
    );
  });

  describe('of what is computed again', () => {
    const replay = { fromTick: 100, toTick: 900, remainingSeconds: 8 };
    const replaying = (activity?: Activity) => {
      const driver = driverOf([trackedOf(0, 130)], activity);
      driver.driving!.ticker = { ...driver.driving!.ticker, replay };
      return viewOf({ driver });
    };

    test('shows where it began, how far it goes, and how long it takes', () => {
      expect(replaying()).toMatchObject({ replay, phase: 'Recovering' });
      expect(viewOf().replay).toBeNull();
    });

    test('shows nothing while nobody ticks: the last ticker has lost a backend', () => {
      const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 900 };
      expect(replaying({ phase: 'Recovering', loaded, detail: undefined }).replay).toBeNull();
    });

    test('is what the contract of the API says', () => {
      expect(colonyViewSchema.strict().safeParse(replaying())).toMatchObject({ success: true });
    });
  });

  test('shows why its shards are to be moved', () => {
    const driver = driverOf([trackedOf(0, 130)]);
    driver.driving!.moves = { reason: 'to end: b0' };
    expect(viewOf({ driver })).toMatchObject({ phase: 'Draining', phaseDetail: 'to end: b0' });
  });

  test.each([
    ['running', viewOf()],
    ['without a leader', viewOf({ driver: undefined })],
    ['not there', viewOf({ record: recordOf(), driver: undefined, stored: undefined })],
  ])('is what the contract of the API says: %s', (_what, view) => {
    expect(colonyViewSchema.strict().safeParse(view)).toMatchObject({ success: true });
  });
});
