import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventBook } from '../../../services/coordinator/events/event-book.ts';
import { CoordinatorContext } from '../../../services/coordinator/term/coordinator-context.ts';
import { NO_STAGE_HOOK } from '../../../services/coordinator/term/stages.ts';
import { Grants } from '../../../services/coordinator/ticking/grants.ts';
import { DigestSink } from '../../../services/coordinator/ticking/journal/digest-sink.ts';
import { Journal } from '../../../services/coordinator/ticking/journal/journal.ts';
import { Ticker } from '../../../services/coordinator/ticking/ticker.ts';
import { TransportError } from '../../../services/platform/rpc/transport.ts';
import type { StartTickingResult } from '../../../services/protocol/wire/rpc.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../simulation/stores/memory-digest-log.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  grantsOptions,
  NO_TASKS,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../../unit/coordinator/fixtures.ts';

/** The coordinator's ticker over two backends that answer as a test says. */
describe('the coordinator ticker', () => {
  const HEARTBEAT_MS = 250;
  let clock: VirtualClock;
  let log: MemoryLog;
  let context: CoordinatorContext;
  let calls: FakeCall[];
  /** What the second backend answers to StartTicking. */
  let secondAnswers: () => StartTickingResult;
  let end: () => Promise<void>;

  function run(): void {
    const record = startedRecord();
    const topology = topologyOf(2);
    const isTicking = [false, false];
    const indexOf = (call: FakeCall) => Number(call.bootId.at(-1));
    const fake = fakeRpc(clock, (call) => {
      const index = indexOf(call);
      if (call.method === 'heartbeat') {
        return { status: statusOf(index, { ticking: isTicking[index] ?? false }), samples: [] };
      }
      const answer: StartTickingResult = index === 1 ? secondAnswers() : { result: 'Ok' };
      isTicking[index] = answer.result === 'Ok';
      return answer;
    });
    calls = fake.calls;
    const scope = workOf(contextOf(record), clock);
    const parts = { clock, randomness: new SeededRandomness(1), log };
    const ticker = new Ticker(
      {
        ...parts,
        rpc: fake.rpc,
        context,
        hook: NO_STAGE_HOOK,
        heartbeatIntervalMs: HEARTBEAT_MS,
        suspectMs: 8_000,
        tasks: NO_TASKS,
        onViolation: async () => undefined,
      },
      {
        scope,
        topology,
        book: new EventBook(),
        grants: new Grants(record, grantsOptions()),
        journal: new Journal({
          ...parts,
          sinks: [new DigestSink(new MemoryDigestLog(), topology.colonyInstanceId)],
          shards: topology.owners.length,
          origin: topology.origin,
        }),
        replayUntil: 0,
        isHeld: true,
      },
    );
    const done = ticker.run().catch((error: unknown) => error);
    end = async () => {
      scope.term.end();
      await clock.advance(60_000);
      await done;
    };
  }

  beforeEach(() => {
    clock = new VirtualClock();
    log = new MemoryLog();
    context = contextOf(startedRecord());
    secondAnswers = () => ({ result: 'Ok' });
  });
  afterEach(() => end());

  const startsOf = (index: number) =>
    calls.filter(({ method, bootId }) => method === 'startTicking' && bootId === `boot-${index}`);
  const heartbeatsOf = (index: number) =>
    calls.filter(({ method, bootId }) => method === 'heartbeat' && bootId === `boot-${index}`);

  test('skips while the context is not initialised, with a debug line, and goes on once it is', async () => {
    context = new CoordinatorContext(log);
    run();
    await clock.advance(4 * HEARTBEAT_MS);
    expect(calls).toEqual([]);
    expect(context.isInitialized()).toBe(false);
    expect(new Set(log.lines.map(({ level }) => level))).toEqual(new Set(['debug']));
    expect(new Set(log.messages())).toEqual(
      new Set(['the coordinator context is not initialized yet: heartbeat skipped']),
    );
    context.initializeWithStoredInfo(startedRecord());
    await clock.advance(2 * HEARTBEAT_MS);
    expect(startsOf(0)).toHaveLength(1);
    expect(heartbeatsOf(1).length).toBeGreaterThan(0);
  });

  test.each<StartTickingResult>([
    { result: 'ColonyNotInitialized' },
    { result: 'TopologyNotInitialized' },
    { result: 'Error', message: 'the shards are not initialized' },
  ])('logs $result of a backend as an error and goes on with the others', async (answer) => {
    secondAnswers = () => answer;
    run();
    await clock.advance(HEARTBEAT_MS - 1);
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      {
        message: 'backend cannot start ticking; trying again',
        fields: { backend: 'b1', address: 'http://b1:9000', ...answer },
      },
    ]);
    expect(log.lines).toContainEqual({
      level: 'info',
      message: 'backend started ticking',
      fields: { backend: 'b0', address: 'http://b0:9000' },
    });
    expect(heartbeatsOf(0).length).toBeGreaterThan(0);
  });

  test('logs a StartTicking that did not get through as an error and goes on with the others', async () => {
    secondAnswers = () => {
      throw new TransportError('timeout', 'no answer');
    };
    run();
    await clock.advance(HEARTBEAT_MS - 1);
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'StartTicking failed; trying again', fields: { backend: 'b1' } },
    ]);
    expect(heartbeatsOf(0).length).toBeGreaterThan(0);
  });

  test('asks a backend that did not start again, after growing pauses, until it starts', async () => {
    secondAnswers = () =>
      clock.nowMs() < 20_000 ? { result: 'ColonyNotInitialized' } : { result: 'Ok' };
    run();
    await clock.advance(60_000);
    expect(startsOf(0)).toHaveLength(1);
    const times = startsOf(1).map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBeGreaterThan(4 * (pauses[0] ?? 0));
    expect(times.at(-1)).toBeGreaterThanOrEqual(20_000);
    expect(times.at(-2)).toBeLessThan(20_000);
  });
});
