import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventBook } from '../../../../services/coordinator/events/event-book.ts';
import { CoordinatorContext } from '../../../../services/coordinator/leadership/coordinator-context.ts';
import { LeaderTerm } from '../../../../services/coordinator/leadership/leader-term.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/start/stages.ts';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import {
  SampleStore,
  type Violation,
} from '../../../../services/coordinator/ticking/sample-store.ts';
import { type Lost, Ticker } from '../../../../services/coordinator/ticking/ticker.ts';
import { Work, WorkEnded } from '../../../../services/coordinator/work.ts';
import { MemoryDigestLog } from '../../../../services/platform/memory-digest-log.ts';
import { MemoryLog } from '../../../../services/platform/memory-log.ts';
import { TransportError } from '../../../../services/platform/transport.ts';
import { VirtualClock } from '../../../../services/platform/virtual-clock.ts';
import type { ColonyRecord } from '../../../../services/protocol/colony-record.ts';
import { ColonyError } from '../../../../services/protocol/errors.ts';
import type { BackendStatus, StartTickingResult } from '../../../../services/protocol/rpc.ts';
import type { Sample } from '../../../../services/protocol/sampling.ts';
import { eventOfSequence } from '../../../support/event-log-contract.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  hex,
  idleStatus,
  sampleOf,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';

const HEARTBEAT_MS = 250;
const SUSPECT_MS = 8_000;

/** A backend that answers as a test says. */
class FakeBackend {
  status: BackendStatus;
  samples: Sample[] = [];
  starting: StartTickingResult | Error = { result: 'Ok' };
  heartbeat: 'answers' | Error = 'answers';

  constructor(index: number) {
    this.status = statusOf(index);
  }

  answer({ method }: FakeCall): unknown {
    if (method === 'startTicking') {
      if (this.starting instanceof Error) throw this.starting;
      return this.starting;
    }
    if (this.heartbeat instanceof Error) throw this.heartbeat;
    return { status: this.status, samples: this.samples };
  }

  at(tick: number): void {
    this.status = { ...this.status, colony: { ...this.status.colony!, tick } };
  }
}

describe('the ticker', () => {
  let clock: VirtualClock;
  let log: MemoryLog;
  let context: CoordinatorContext;
  let work: Work;
  let digests: MemoryDigestLog;
  let backends: FakeBackend[];
  let calls: FakeCall[];
  let ticker: Ticker;
  let book: EventBook;
  let violations: (Violation | undefined)[];
  let outcome: { lost?: Lost; error?: unknown };

  const run = ({ replayUntil = 0, runContext = context } = {}) => {
    const fake = fakeRpc(clock, (call) => backends[Number(call.bootId.slice(-1))]!.answer(call));
    calls = fake.calls;
    const samples = new SampleStore({
      digests,
      clock,
      log,
      colonyInstanceId: 'instance-1',
      shards: 8,
    });
    const times = { heartbeatIntervalMs: HEARTBEAT_MS, beatIntervalMs: 2_000 };
    const grants = new Grants(startedRecord({ horizon: 0 }), times);
    const options = {
      rpc: fake.rpc,
      clock,
      log,
      context: runContext,
      hook: NO_STAGE_HOOK,
      suspectMs: SUSPECT_MS,
      onViolation: async (violation: Violation | undefined) => {
        violations.push(violation);
      },
      ...times,
    };
    const topology = topologyOf(3);
    book = new EventBook();
    ticker = new Ticker(options, { work, topology, grants, book, samples, replayUntil });
    outcome = {};
    ticker.run().then(
      (lost) => {
        outcome.lost = lost;
      },
      (error: unknown) => {
        outcome.error = error;
      },
    );
  };
  /** A newer picture of the record. */
  const record = (change: Partial<ColonyRecord>) =>
    context.initializeWithStoredInfo(
      startedRecord({ ticksPerSecond: 60, revision: 11, ...change }),
    );
  const callsOf = (method: string, index?: number) =>
    calls.filter(
      (call) => call.method === method && (index === undefined || call.bootId === `boot-${index}`),
    );

  beforeEach(() => {
    clock = new VirtualClock();
    log = new MemoryLog();
    context = contextOf(startedRecord({ ticksPerSecond: 60 }));
    work = workOf(context, clock);
    digests = new MemoryDigestLog();
    backends = [0, 1, 2].map((index) => new FakeBackend(index));
    violations = [];
  });
  afterEach(async () => {
    work.term.end();
    await clock.advance(120_000);
  });

  test('starts ticking on every backend once, at the same time', async () => {
    run();
    await clock.advance(5_000);
    const starts = callsOf('startTicking');
    expect(starts.map(({ bootId }) => bootId)).toEqual(['boot-0', 'boot-1', 'boot-2']);
    expect(new Set(starts.map(({ atMs }) => atMs))).toEqual(new Set([0]));
  });

  test('beats to every backend at its interval, with horizon, pace and what is stored', async () => {
    run();
    await clock.advance(10 * HEARTBEAT_MS);
    expect(callsOf('heartbeat', 1)).toHaveLength(11);
    expect(callsOf('heartbeat', 1)[0]?.request).toEqual({
      horizon: 60,
      ticksPerSecond: 60,
      durableThroughTick: -1,
      events: [],
      eventSeq: 0,
    });
  });

  test('grants further as the foremost backend gets on', async () => {
    run();
    await clock.advance(HEARTBEAT_MS);
    backends[2]?.at(40);
    await clock.advance(2 * HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ horizon: 100 });
  });

  test('hands over events that a backend lacks, again only until it has them', async () => {
    run();
    for (const sequence of [1, 2]) book.add(eventOfSequence(sequence));
    record({ eventHead: 2, eventSeq: 2 });
    await clock.advance(HEARTBEAT_MS);
    const sent = () => callsOf('heartbeat', 0).at(-1)?.request as { events: object[] };
    expect(sent()).toMatchObject({ eventSeq: 2, events: [{ sequence: 1 }, { sequence: 2 }] });
    const { colony } = backends[0]!.status;
    backends[0]!.status = { ...backends[0]!.status, colony: { ...colony!, eventSeq: 2 } };
    await clock.advance(2 * HEARTBEAT_MS);
    expect(sent()).toMatchObject({ eventSeq: 2, events: [] });
  });

  test('beats sooner to a backend that lacks events', async () => {
    run();
    book.add(eventOfSequence(1));
    await clock.advance(4 * HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).length).toBeGreaterThan(20);
  });

  test('lets nobody run beyond an event that is not in the log yet', async () => {
    run();
    record({ eventSeq: 1, pendingEvents: [eventOfSequence(1, 33)] });
    await clock.advance(HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ horizon: 33, eventSeq: 0 });
  });

  test('shows the least tick of all, once all have answered', async () => {
    run();
    expect(ticker.tick).toBeUndefined();
    backends[0]?.at(7);
    backends[1]?.at(5);
    backends[2]?.at(6);
    await clock.advance(HEARTBEAT_MS);
    expect([ticker.tick, ticker.maxTick]).toEqual([5, 7]);
  });

  test('stores digests that cover all shards and confirms them', async () => {
    for (const [index, backend] of backends.entries()) {
      backend.samples = [sampleOf(0, [3, 3, 2][index]!, 1)];
    }
    run();
    await clock.advance(2 * HEARTBEAT_MS);
    expect(await digests.list('instance-1')).toEqual([{ tick: 0, digest: hex(3) }]);
    expect(callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ durableThroughTick: 0 });
  });

  test('beats sooner to a backend that fills its buffer', async () => {
    backends[0]!.samples = Array.from({ length: 60 }, (_, i) => sampleOf(i * 20, 3));
    run();
    await clock.advance(4 * HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).length).toBeGreaterThan(4 * callsOf('heartbeat', 1).length);
  });

  test('reports two digests of one tick that differ', async () => {
    await digests.append('instance-1', { tick: 0, digest: hex(99) });
    backends[0]!.samples = [sampleOf(0, 8, 1)];
    run();
    await clock.advance(HEARTBEAT_MS);
    expect(violations).toEqual([{ tick: 0, stored: hex(99), measured: hex(1) }]);
  });

  test('replays as fast as it goes what was reached before, then keeps the pace', async () => {
    run({ replayUntil: 50 });
    await clock.advance(HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ ticksPerSecond: null });
    for (const backend of backends) backend.at(50);
    await clock.advance(2 * HEARTBEAT_MS);
    expect(callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ ticksPerSecond: 60 });
  });

  test('plans by the asked pace while it replays: what comes after goes at that pace', async () => {
    run({ replayUntil: 5_000 });
    for (let tick = 0; tick <= 4_000; tick += 1_000) {
      for (const backend of backends) backend.at(tick);
      await clock.advance(HEARTBEAT_MS);
    }
    expect(ticker.replaying).toBe(true);
    expect(ticker.achievedTicksPerSecond).toBeGreaterThan(1_000);
    expect(ticker.progress).toMatchObject({ maxTick: 4_000, ticksPerSecond: 60 });
  });

  describe('before the context is initialised', () => {
    test('skips, with a debug line and nothing louder, and asks no backend', async () => {
      const early = new CoordinatorContext(log);
      run({ runContext: early });
      await clock.advance(4 * HEARTBEAT_MS);
      expect(calls).toEqual([]);
      expect(new Set(log.lines.map(({ level }) => level))).toEqual(new Set(['debug']));
      expect(early.isInitialized()).toBe(false);
    });

    test('begins as soon as it is', async () => {
      const early = new CoordinatorContext(log);
      run({ runContext: early });
      await clock.advance(HEARTBEAT_MS);
      early.initializeWithStoredInfo(startedRecord());
      await clock.advance(HEARTBEAT_MS);
      expect(callsOf('startTicking')).toHaveLength(3);
    });
  });

  describe('when a backend cannot start ticking', () => {
    test.each([
      ['says that it holds no colony', { result: 'ColonyNotInitialized' } as const],
      ['says that it holds no topology', { result: 'TopologyNotInitialized' } as const],
      ['gives an error', { result: 'Error', message: 'no shards' } as const],
      ['does not answer', new TransportError('timeout', 'no answer')],
    ])('that %s, starts the others and tries it again', async (_what, starting) => {
      backends[1]!.starting = starting;
      backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      run();
      await clock.advance(0);
      expect(ticker.pictures.map(({ started }) => started)).toEqual([true, false, true]);
      expect(log.messages('error')).toHaveLength(1);
      backends[1]!.starting = { result: 'Ok' };
      backends[1]!.status = statusOf(1);
      await clock.advance(5_000);
      expect(ticker.pictures.map(({ started }) => started)).toEqual([true, true, true]);
      expect(callsOf('startTicking', 0)).toHaveLength(1);
    });

    test('tries it with growing pauses', async () => {
      backends[1]!.starting = { result: 'Error', message: 'no shards' };
      backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      run();
      await clock.advance(60_000);
      const times = callsOf('startTicking', 1).map(({ atMs }) => atMs);
      const pauses = times.slice(1).map((time, i) => time - times[i]!);
      expect(pauses.slice(0, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000]);
      expect(Math.max(...pauses)).toBe(5_000);
    });

    test('starts it again when it says that it does not tick any more', async () => {
      run();
      await clock.advance(HEARTBEAT_MS);
      backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      await clock.advance(HEARTBEAT_MS);
      backends[1]!.status = statusOf(1);
      await clock.advance(HEARTBEAT_MS);
      expect(callsOf('startTicking', 1)).toHaveLength(2);
    });
  });

  describe('a backend is lost', () => {
    test.each([
      ['refuses connections', new TransportError('refused', 'connection refused')],
      ['is another process by now', new ColonyError('FOREIGN_BOOT_ID', 'it is another')],
    ])('at once when it %s', async (_what, error) => {
      run();
      await clock.advance(1_000);
      backends[1]!.heartbeat = error;
      await clock.advance(HEARTBEAT_MS);
      expect(outcome.lost?.backend.id).toBe('b1');
    });

    test.each([
      ['holds no colony any more', idleStatus(1)],
      ['holds another generation', statusOf(1, { generation: 2 })],
      ['holds another topology', statusOf(1, { topologyVersion: 2 })],
      ['has lost its shards', statusOf(1, { shardsInitialized: false })],
      ['has failed', statusOf(1, {}, { state: 'Failed', failure: 'out of memory' })],
    ])('when it says that it %s', async (_what, status) => {
      run();
      await clock.advance(1_000);
      backends[1]!.status = status;
      await clock.advance(HEARTBEAT_MS);
      expect(outcome.lost?.backend.id).toBe('b1');
    });

    test('after a while of silence, and is suspect until then', async () => {
      run();
      await clock.advance(1_000);
      backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await clock.advance(SUSPECT_MS - 1);
      expect(outcome.lost).toBeUndefined();
      expect(ticker.pictures.map(({ suspect }) => suspect)).toEqual([false, true, false]);
      await clock.advance(2 * HEARTBEAT_MS);
      expect(outcome.lost?.backend.id).toBe('b1');
    });

    test('not when it answers again in time', async () => {
      run();
      await clock.advance(1_000);
      backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await clock.advance(5_000);
      backends[1]!.heartbeat = 'answers';
      await clock.advance(60_000);
      expect(outcome).toEqual({});
      expect(ticker.pictures.map(({ suspect }) => suspect)).toEqual([false, false, false]);
    });

    test('and then no backend gets another heartbeat', async () => {
      run();
      await clock.advance(1_000);
      backends[1]!.heartbeat = new TransportError('refused', 'connection refused');
      await clock.advance(HEARTBEAT_MS);
      const before = calls.length;
      await clock.advance(10_000);
      expect(calls).toHaveLength(before);
    });

    test('and the suspicion is logged once', async () => {
      run();
      await clock.advance(1_000);
      backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await clock.advance(5_000);
      expect(log.messages('warn')).toEqual(['a backend does not answer']);
    });
  });

  test('takes its own long pause for nobody else’s silence', async () => {
    const { leaderId, epoch } = work.term;
    const times = { clock, leaseMs: SUSPECT_MS, sentMs: clock.nowMs() };
    work = new Work(new LeaderTerm({ leaderId, epoch, ...times }), () => context.storedInfo());
    run();
    await clock.advance(20_000);
    expect(outcome.lost).toBeUndefined();
    expect(log.messages('warn')).toEqual([]);
  });

  test('ends with the work, saying why, and beats no more', async () => {
    run();
    await clock.advance(1_000);
    context.initializeWithStoredInfo(startedRecord({ revision: 99, status: 'NotInitialized' }));
    work.recordChanged();
    await clock.advance(0);
    expect(outcome.error).toBeInstanceOf(WorkEnded);
    const before = calls.length;
    await clock.advance(10_000);
    expect(calls).toHaveLength(before);
  });
});
