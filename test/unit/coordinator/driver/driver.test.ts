import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Driver } from '../../../../services/coordinator/driver/driver.ts';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import type { StoredSpec } from '../../../../services/protocol/colony/spec.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { claimOf, LEADER, started, termOf } from '../../../support/colony-records.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  hex,
  liveBackend,
  STORED,
  sampleOf,
  statusOf,
  topologyOf,
} from '../fixtures.ts';

const LEADER_TERM = { id: LEADER.id, epoch: 1 };

/** Between attempts at what fails. */
const LONGEST_PAUSE_MS = 5_000;

describe('the driver', () => {
  let clock: VirtualClock;
  let log: MemoryLog;
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let term: LeaderTerm;
  let driver: Driver;
  let digests: MemoryDigestLog;
  let events: MemoryEventLog;
  /** What the driver asked others to do, in order. */
  let done: string[];
  let stored: StoredSpec;
  let topology: Topology | undefined;
  let allHold: boolean;
  let loadSpec: () => Promise<StoredSpec>;
  let answer: (call: FakeCall) => unknown;
  let calls: FakeCall[];
  let idle: LiveBackend[];

  /** Lets the driver work on the record as it stands. */
  const drive = async () => {
    context = contextOf(await store.read());
    term = new LeaderTerm({
      leaderId: LEADER.id,
      epoch: 1,
      clock,
      leaseMs: 3_600_000,
      sentMs: 0,
    });
    const layout = {
      loadSpec: () => loadSpec(),
      loadTopology: async () => topology,
      discover: async () => idle,
    };
    const starter = {
      async start() {
        done.push('start');
        await store.setTopology(termOf(await store.read()), 'topology#1', 1);
        await store.complete(termOf(await store.read()), 60);
      },
    };
    const recovery = {
      async allHold() {
        done.push('allHold');
        return allHold;
      },
      async recover(_work: ColonyScope, _stored: StoredSpec, wantedBackends: number) {
        done.push(`recover ${wantedBackends}`);
        const record = await store.read();
        const topologyVersion = record.topologyVersion + 1;
        await store.setTopology(termOf(record), `topology#${topologyVersion}`, topologyVersion);
        return topologyOf(2, { topologyVersion });
      },
    };
    const fake = fakeRpc(clock, (call) => answer(call));
    calls = fake.calls;
    const randomness = new SeededRandomness(1);
    const ports = { store, digests, events, rpc: fake.rpc, context, clock, randomness, log };
    const hook = NO_STAGE_HOOK;
    const times = { heartbeatIntervalMs: 250, beatIntervalMs: 2_000 };
    driver = new Driver({
      ...ports,
      ...times,
      layout,
      starter,
      recovery,
      hook,
      ticker: { ...ports, ...times, hook, suspectMs: 8_000 },
    });
    void driver.run(term);
    await clock.advance(0);
  };
  const look = async () => {
    context.initializeWithStoredInfo(await store.read());
    driver.recordChanged();
    await clock.advance(0);
  };

  beforeEach(() => {
    clock = new VirtualClock();
    log = new MemoryLog();
    store = new MemoryRecords();
    digests = new MemoryDigestLog();
    events = new MemoryEventLog();
    done = [];
    stored = STORED;
    topology = topologyOf(2);
    allHold = true;
    loadSpec = async () => stored;
    idle = [liveBackend(0)];
    answer = ({ method, bootId, fence }) => {
      if (method === 'startTicking') return { result: 'Ok' };
      const { topologyVersion } = fence;
      return { status: statusOf(Number(bootId.slice(-1)), { topologyVersion }), samples: [] };
    };
  });
  afterEach(async () => {
    term.end();
    await clock.advance(120_000);
  });

  test('before any colony only looks which backends are there', async () => {
    await store.takeLeadership(undefined, LEADER);
    await drive();
    await clock.advance(30_000);
    expect(done).toEqual([]);
    expect(calls).toEqual([]);
    expect(driver.state).toEqual({ phase: 'Releasing', isStopping: false, idleBackends: idle });
    expect(driver.driving).toBeUndefined();
  });

  test('has backends let go of a stopped colony, as often as it takes', async () => {
    await store.stop(await started(store));
    idle = [liveBackend(0, statusOf(0))];
    answer = () => {
      throw new TransportError('timeout', 'no answer');
    };
    await drive();
    await clock.advance(1_000);
    expect(driver.state).toMatchObject({ phase: 'Releasing', isStopping: true });
    answer = () => {
      idle = [liveBackend(0)];
    };
    await clock.advance(1_000);
    expect(calls.every(({ method }) => method === 'releaseColony')).toBe(true);
    expect(driver.state).toMatchObject({ phase: 'Releasing', isStopping: false });
  });

  test('starts a claimed colony, and then drives it', async () => {
    await store.takeLeadership(undefined, LEADER);
    await drive();
    await store.claim(claimOf('K1'));
    await look();
    expect(done).toEqual(['start', 'allHold']);
    expect(driver.state.phase).toBe('Ticking');
    expect(driver.driving?.stored).toEqual(STORED);
  });

  test('drives a started colony on without a rollback when all its backends hold it', async () => {
    await started(store);
    await drive();
    expect(done).toEqual(['allHold']);
    expect(driver.driving?.ticker.replayUntil).toBe(0);
    expect(calls.filter(({ method }) => method === 'startTicking')).toHaveLength(2);
  });

  test('recovers a started colony whose backends do not hold it, and replays what was stored', async () => {
    await started(store);
    await digests.append('instance-K1', { tick: 700, digest: hex(1) });
    allHold = false;
    await drive();
    expect(done).toEqual(['allHold', 'recover 2']);
    expect(driver.driving?.ticker.replayUntil).toBe(700);
  });

  test('recovers at once when a backend is lost, without looking again whether it is there', async () => {
    await started(store);
    await drive();
    const healthy = answer;
    answer = (call) => {
      if (call.bootId === 'boot-1' && call.fence.topologyVersion === 1) {
        return { status: statusOf(1, {}, { state: 'Failed', failure: 'broken' }), samples: [] };
      }
      return healthy(call);
    };
    await clock.advance(30_000);
    expect(done).toEqual(['allHold', 'recover 2']);
    expect(driver.driving?.ticker.topology.topologyVersion).toBe(2);
  });

  test('refuses to resume a colony of another engine version, and says so', async () => {
    await started(store);
    stored = { ...STORED, engineVersion: STORED.engineVersion + 1 };
    await drive();
    await clock.advance(60_000);
    expect(driver.state).toMatchObject({
      phase: 'Refusing',
      detail: expect.stringContaining(`engine version ${stored.engineVersion}`),
    });
    expect([done, calls]).toEqual([[], []]);
    expect(log.messages('error')).toHaveLength(1);
  });

  test('leaves what it does when the colony is stopped', async () => {
    const record = await started(store);
    await drive();
    await store.stop(record);
    await look();
    expect(driver.driving).toBeUndefined();
    expect(driver.state).toMatchObject({ phase: 'Releasing', isStopping: false });
  });

  test('stops acting when the term ends', async () => {
    await started(store);
    await drive();
    term.end();
    await clock.advance(0);
    const before = calls.length;
    await clock.advance(60_000);
    expect(calls).toHaveLength(before);
    expect(driver.reservation()).toBeUndefined();
  });

  test('tries again from the record when something fails', async () => {
    await started(store);
    let failures = 2;
    loadSpec = async () => {
      if (failures-- > 0) throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      return stored;
    };
    await drive();
    await clock.advance(5_000);
    expect(driver.state.phase).toBe('Ticking');
    expect(log.messages('error')).toHaveLength(2);
  });

  test('leaves the pause after a failure at once when the colony is stopped', async () => {
    const record = await started(store);
    loadSpec = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    await drive();
    await clock.advance(10);
    expect(driver.state.phase).toBe('Loading');
    await store.stop(record);
    await look();
    expect(driver.state.phase).toBe('Releasing');
    expect(clock.nowMs()).toBeLessThan(1_000);
  });

  describe('after a failure', () => {
    /** Fails as often as the leader looks; keeps when it did. */
    let failedAtMs: number[];
    const failing = async (): Promise<never> => {
      failedAtMs.push(clock.nowMs());
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    const pauses = () => failedAtMs.slice(1).map((atMs, i) => atMs - failedAtMs[i]!);
    beforeEach(async () => {
      failedAtMs = [];
      await started(store);
    });

    test('tries again after pauses that grow up to 5 s, and says so', async () => {
      loadSpec = failing;
      await drive();
      await clock.advance(30_000);
      expect(Math.max(...pauses())).toBeGreaterThan(2_500);
      for (const pauseMs of pauses()) expect(pauseMs).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      expect(pauses()[0]).toBeLessThanOrEqual(500);
      expect(log.lines[0]).toMatchObject({
        level: 'error',
        message: 'the work of the leader failed; trying again',
        fields: { err: { code: 'STORE_UNAVAILABLE' } },
      });
    });

    test('begins with the shortest pause again when it had gone well for long', async () => {
      loadSpec = failing;
      await drive();
      await clock.advance(30_000);
      let fail = (_: Error) => {};
      loadSpec = () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        });
      // To the end of the pause under way, and then for long.
      await clock.advance(LONGEST_PAUSE_MS);
      await clock.advance(LONGEST_PAUSE_MS + 1);
      loadSpec = failing;
      failedAtMs = [clock.nowMs()];
      fail(new Error('at last'));
      await clock.advance(501);
      expect(failedAtMs).toHaveLength(2);
    });
  });

  test('shows the digest that is stored until it stores one of its own', async () => {
    await started(store);
    await digests.append('instance-K1', { tick: 700, digest: hex(1) });
    await drive();
    expect(driver.driving?.digests.last).toEqual({ tick: 700, digest: hex(1) });
  });

  test('asks the next beat for what the colony will need', async () => {
    await started(store);
    await drive();
    expect(driver.reservation()).toMatchObject({ generation: 1, urgent: true });
  });

  test('asks the next beat for nothing where the record reserves enough', async () => {
    await started(store);
    await store.beat(LEADER_TERM, { generation: 1, horizon: 100_000 });
    await drive();
    expect(driver.driving).toBeDefined();
    expect(driver.reservation()).toBeUndefined();
  });

  describe('when two digests of a tick differ', () => {
    beforeEach(async () => {
      await started(store);
      await digests.append('instance-1', { tick: 0, digest: hex(99) });
      const healthy = answer;
      answer = (call) => {
        if (call.method !== 'heartbeat') return healthy(call);
        const { status } = healthy(call) as { status: object };
        return { status, samples: call.bootId === 'boot-0' ? [sampleOf(0, 8, 1)] : [] };
      };
    });

    test('pauses the colony for good, with the fault in the record', async () => {
      await drive();
      await clock.advance(1_000);
      expect(await store.read()).toMatchObject({
        status: 'TopographyInitialized',
        paused: true,
        runUntil: 10,
        fault: { code: 'DETERMINISM_VIOLATION', reason: expect.stringContaining(hex(99)) },
      });
    });

    test('keeps the stored digest', async () => {
      await drive();
      await clock.advance(1_000);
      expect(await digests.list('instance-1')).toEqual([{ tick: 0, digest: hex(99) }]);
    });

    test('grants nothing further until the fault is recorded', async () => {
      const { setRun } = store;
      store.setRun = async () => {
        throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      };
      await drive();
      await store.beat(LEADER_TERM, { generation: 1, horizon: 5_000 });
      await look();
      await clock.advance(10_000);
      expect(driver.driving?.grants.granted).toBe(10);
      store.setRun = setRun;
      await clock.advance(LONGEST_PAUSE_MS);
      expect(await store.read()).toMatchObject({ paused: true, runUntil: 10 });
    });
  });
});
