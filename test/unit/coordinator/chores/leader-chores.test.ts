import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  LeaderChores,
  type LeaderChoresOptions,
} from '../../../../services/coordinator/chores/leader-chores.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import type { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import type { MetricName } from '../../../../services/platform/observability/metrics.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { MemoryCompute } from '../../../simulation/memory-compute.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';
import {
  CHECKPOINT_SETTINGS,
  contextOf,
  type FakeCall,
  fakeRpc,
  idleStatus,
  recordOf,
  STORED,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';

type Driven = NonNullable<LeaderChoresOptions['driver']['driving']>;

/** Time for every round of sweeping that it takes to be sure that a process is gone. */
const SURE_MS = 600_000;

describe('the chores of a leader', () => {
  let clock: VirtualClock;
  let registry: MemoryRegistry;
  let compute: MemoryCompute;
  let context: CoordinatorContext;
  let term: LeaderTerm;
  let calls: FakeCall[];
  let answer: () => unknown;
  let driver: LeaderChoresOptions['driver'];
  let emitted: Partial<Record<MetricName, number>>[];

  const choresOf = (more: Partial<LeaderChoresOptions> = {}) => {
    const fake = fakeRpc(clock, () => answer());
    calls = fake.calls;
    return new LeaderChores({
      colonyName: 'test',
      entry: entryOf(0),
      registry,
      rpc: fake.rpc,
      clock,
      log: new MemoryLog(),
      context,
      driver,
      beatIntervalMs: 2_000,
      ...CHECKPOINT_SETTINGS,
      compaction: { run: async () => {} },
      capacity: { compute, backendCount: 3, spotShare: 0 },
      tasks: { know: () => undefined },
      configuredBackends: 3,
      metrics: { emit: (values) => void emitted.push(values) },
      ...more,
    });
  };
  const run = async (chores: LeaderChores, durationMs: number) => {
    void chores.run(term);
    await clock.advance(durationMs);
  };
  /** As while a colony is driven on one backend, whose boot id is that of entry 1. */
  const driving = (change: Partial<Driven['ticker']['backends'][number]> = {}) => {
    const backend = { ...topologyOf(1).backends[0]!, bootId: entryOf(1).bootId };
    const tracked = {
      ...{ backend, index: 0, shards: 8, status: statusOf(0), lastAnswerMs: 0 },
      ...{ suspect: false, started: true, startFailed: false },
      ...{ confirmedThroughTick: -1, isStalled: false },
      ...change,
    };
    const loaded = { stored: STORED, topology: topologyOf(1), replayUntil: 0 };
    driver = {
      state: { phase: 'Ticking', loaded, idleBackends: [] },
      driving: {
        ticker: {
          ...{ backends: [tracked], tick: 70, achievedTicksPerSecond: 55, replay: undefined },
          topology: topologyOf(1),
        },
        checkpointer: { overdueMs: 14_200, tick: undefined, tickedMs: 24_200 },
        moves: undefined,
      },
    };
  };

  beforeEach(() => {
    clock = new VirtualClock();
    registry = new MemoryRegistry();
    compute = new MemoryCompute();
    context = contextOf(startedRecord());
    term = workOf(context, clock).term;
    answer = () => idleStatus(1);
    driver = { state: { phase: 'Waiting', idleBackends: [] }, driving: undefined };
    emitted = [];
  });
  afterEach(async () => {
    term.end();
    await clock.advance(60_000);
  });

  describe('keep backends running', () => {
    test('as many as a started colony wants', async () => {
      await run(choresOf(), 0);
      expect(compute.changes).toEqual([{ desired: 3 }]);
    });

    test('until the last has released a stopped one', async () => {
      compute.set({ desired: 3, running: 3 });
      context = contextOf(recordOf({ generation: 3 }));
      driver = { ...driver, state: { phase: 'Releasing', isStopping: true, idleBackends: [] } };
      const chores = choresOf();
      await run(chores, 10_000);
      expect(compute.changes).toEqual([]);
    });

    test('from when the status changes, without waiting for the next beat', async () => {
      context = contextOf(recordOf({ generation: 0 }));
      const chores = choresOf({ beatIntervalMs: 3_600_000 });
      chores.recordChanged();
      await run(chores, 10);
      expect(compute.changes).toEqual([]);
      context.initializeWithStoredInfo(startedRecord({ revision: 99 }));
      chores.recordChanged();
      await clock.advance(10);
      expect(compute.changes).toEqual([{ desired: 3 }]);
      compute.set({ desired: 0 });
      chores.recordChanged();
      await clock.advance(10);
      expect(compute.changes).toHaveLength(1);
    });

    test('from when another number is asked for, likewise', async () => {
      const chores = choresOf({ beatIntervalMs: 3_600_000 });
      chores.recordChanged();
      await run(chores, 10);
      context.initializeWithStoredInfo(startedRecord({ revision: 99, wantedBackends: 5 }));
      chores.recordChanged();
      await clock.advance(10);
      expect(compute.changes).toEqual([{ desired: 3 }, { desired: 5 }]);
    });

    test('asked for before a start looks for them, in bounded time', async () => {
      const chores = choresOf();
      await chores.raiseCapacity(workOf(context, clock));
      expect(compute.changes).toEqual([{ desired: 3 }]);
      expect(clock.pendingTimers).toBe(0);
      compute.describe = () => new Promise(() => {});
      const raised = chores.raiseCapacity(workOf(context, clock)).then(() => clock.nowMs());
      await clock.advance(60_000);
      expect(await raised).toBe(10_000);
    });
  });

  describe('remove the entries of dead processes', () => {
    const gone = () => {
      throw new TransportError('refused', 'connection refused');
    };
    const left = async () =>
      [...(await registry.list('backends')), ...(await registry.list('coordinators'))].map(
        ({ id }) => id,
      );

    test('whose backend does not answer the fence of the leader', async () => {
      await registry.put('backends', entryOf(1));
      answer = gone;
      await run(choresOf(), SURE_MS);
      expect(await left()).toEqual([]);
      expect(calls[0]).toMatchObject({
        method: 'ping',
        bootId: entryOf(1).bootId,
        fence: { generation: 1, epoch: 1, topologyVersion: 1 },
      });
    });

    test('but not of backends that heartbeats find alive', async () => {
      await registry.put('backends', entryOf(1));
      driving();
      answer = gone;
      await run(choresOf(), SURE_MS);
      expect([await left(), calls]).toEqual([['process-1'], []]);
    });

    test.each([
      ['is suspect', { suspect: true }],
      ['has not answered yet', { status: undefined }],
    ])('of a driven backend that %s after a look', async (_what, change) => {
      await registry.put('backends', entryOf(1));
      driving(change);
      answer = gone;
      await run(choresOf(), SURE_MS);
      expect(await left()).toEqual([]);
    });

    test('of backends that were lost, while their colony is being recovered', async () => {
      await registry.put('backends', entryOf(1));
      driving();
      const loaded = { stored: STORED, topology: undefined, replayUntil: 70 };
      const state = { phase: 'Recovering', loaded, detail: undefined, idleBackends: [] } as const;
      driver = { ...driver, state };
      answer = gone;
      await run(choresOf(), SURE_MS);
      expect(await left()).toEqual([]);
    });

    test('without calling a backend whose entry must not be called', async () => {
      await registry.put('backends', entryOf(1));
      await run(choresOf({ entryProblem: () => 'its address is wrong' }), 60_000);
      expect([await left(), calls]).toEqual([['process-1'], []]);
    });

    test('of coordinators by their health, where that can be asked', async () => {
      await registry.put('coordinators', entryOf(0));
      await registry.put('coordinators', entryOf(2));
      const asked: string[] = [];
      const getJson = async (url: string) => {
        asked.push(url);
        throw new TransportError('refused', 'connection refused');
      };
      await run(choresOf({ getJson, entryProblem: () => 'only for backends' }), SURE_MS);
      expect(await left()).toEqual(['process-0']);
      expect(asked[0]).toMatch(/\/healthz$/);
    });

    test('not of coordinators where it cannot', async () => {
      await registry.put('coordinators', entryOf(2));
      await run(choresOf(), SURE_MS);
      expect(await left()).toEqual(['process-2']);
    });
  });

  describe('measure', () => {
    test('the backends and the pace of the colony that is driven', async () => {
      await registry.put('backends', entryOf(1));
      driving();
      await run(choresOf(), 15_000);
      expect(emitted.at(-1)).toEqual({
        ...{ leader: 1, backendsMissing: 2, ticksPerSecond: 55 },
        checkpointAge: 14.2,
      });
    });

    test('a colony that is not driven as standing still', async () => {
      await run(choresOf(), 15_000);
      expect(emitted.at(-1)).toMatchObject({ ticksPerSecond: 0 });
    });

    test('a colony that is being recovered as standing still, whatever its last pace was', async () => {
      driving();
      const loaded = { stored: STORED, topology: undefined, replayUntil: 70 };
      const state = { phase: 'Recovering', loaded, detail: undefined, idleBackends: [] } as const;
      driver = { ...driver, state };
      await run(choresOf(), 15_000);
      expect(emitted.at(-1)).toEqual({ leader: 1, backendsMissing: 3, ticksPerSecond: 0 });
    });

    test('a paused colony that has reached its tick by no pace', async () => {
      context = contextOf(startedRecord({ paused: true, runUntil: 70 }));
      driving();
      await run(choresOf(), 15_000);
      expect(emitted.at(-1)).not.toHaveProperty('ticksPerSecond');
    });
  });
});
