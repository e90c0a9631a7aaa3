import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import {
  PlannedMoves,
  type StoodStill,
} from '../../../../services/coordinator/ticking/planned-moves.ts';
import { trackedBackend } from '../../../../services/coordinator/ticking/tracked-backend.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { idleStatus, liveBackend, statusOf, topologyOf } from '../fixtures.ts';

const STANDING_MAX_MS = 15_000;

let clock: VirtualClock;
let log: MemoryLog;
let topology: Topology;
/** Which of the backends with shards are to end. */
let draining: Set<number>;
let found: LiveBackend[] | Error;
let looks: number[];
/** What was done, in order. */
let done: string[];
let takeAt: (tick: number, signal: AbortSignal) => Promise<void>;
/** How long the last checkpoint took. */
let tookMs: number;
let stoodAt: number;
let ending: AbortController;
let moves: PlannedMoves;
/** What the run came to. */
let outcome: { still?: StoodStill | undefined; isOver: boolean };

function run(): void {
  const tracked = topology.backends.map((backend) => trackedBackend(topology, backend, 0));
  moves = new PlannedMoves(
    { rebalanceAfterSeconds: 10, clock, randomness: new SeededRandomness(1), log },
    {
      ticker: {
        topology,
        get backends() {
          return tracked.map((backend, index) => ({
            ...backend,
            status: statusOf(index, {}, { draining: draining.has(index) }),
          }));
        },
        stand: async () => {
          const granted = stoodAt++;
          done.push(`stand at ${granted}`);
          return { granted, release: () => void done.push(`release ${granted}`) };
        },
      },
      checkpointer: {
        settled: async () => undefined,
        get tookMs() {
          return tookMs;
        },
        takeAt: (tick, signal) => {
          done.push(`checkpoint ${tick}`);
          return takeAt(tick, signal);
        },
      },
      discover: async () => {
        looks.push(clock.nowMs());
        if (found instanceof Error) throw found;
        return found;
      },
    },
  );
  outcome = { isOver: false };
  void moves.run(ending.signal).then((still) => {
    outcome = { still, isOver: true };
  });
}

/** Takes no checkpoint before its signal is aborted. */
const never = (_tick: number, signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  topology = topologyOf(2);
  draining = new Set();
  found = [liveBackend(0), liveBackend(1)];
  looks = [];
  done = [];
  takeAt = async () => {};
  tookMs = 0;
  stoodAt = 700;
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await clock.advance(60_000);
  expect(outcome.isOver).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('a world whose backends stay is left alone', async () => {
  run();
  await clock.advance(600_000);
  expect(done).toEqual([]);
  expect(moves.reason).toBeUndefined();
});

describe('a backend that is to end', () => {
  test('has the world stand in a state of which there is a checkpoint', async () => {
    run();
    await clock.advance(1_000);
    draining.add(1);
    await clock.advance(250);
    expect(outcome.still).toMatchObject({
      tick: 700,
      reason: 'moving shards off what is to end: b1',
    });
    expect(done).toEqual(['stand at 700', 'checkpoint 700']);
    expect(moves.reason).toBe('moving shards off what is to end: b1');
    outcome.still?.release();
    expect(done.at(-1)).toBe('release 700');
  });

  test('is named with all others that are to end', async () => {
    draining = new Set([0, 1]);
    run();
    await clock.advance(0);
    expect(outcome.still?.reason).toBe('moving shards off what is to end: b0, b1');
  });

  test('lets the world tick on where no checkpoint can be taken, and is tried again', async () => {
    draining.add(0);
    takeAt = async () => {
      throw new Error('backend boot-0: disk full');
    };
    run();
    await clock.advance(1_000);
    expect(done).toEqual(['stand at 700', 'checkpoint 700', 'release 700']);
    expect(moves.reason).toBeUndefined();
    expect(log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'shards are not moved; the world ticks on',
      fields: { tick: 700, reason: 'backend boot-0: disk full' },
    });
    takeAt = async () => {};
    await clock.advance(2_000);
    expect(outcome.still).toMatchObject({ tick: 701 });
    expect(done.slice(3)).toEqual(['stand at 701', 'checkpoint 701']);
  });

  test('is not tried again where it has gone meanwhile', async () => {
    draining.add(0);
    takeAt = async () => {
      draining.clear();
      throw new Error('backend boot-0: disk full');
    };
    run();
    await clock.advance(60_000);
    expect(done).toEqual(['stand at 700', 'checkpoint 700', 'release 700']);
  });

  test('has the world stand for 15 s at most', async () => {
    draining.add(0);
    takeAt = never;
    run();
    await clock.advance(STANDING_MAX_MS - 1);
    expect(done).toEqual(['stand at 700', 'checkpoint 700']);
    await clock.advance(1);
    expect(done.at(-1)).toBe('release 700');
    expect(log.lines.at(-1)?.fields['reason']).toBe('the world would stand for more than 15000 ms');
    await clock.advance(3_000);
    expect(done.at(-1)).toBe('checkpoint 701');
  });

  test.each([
    ['is still 15 s where checkpoints take little', 3_000, 15_000],
    [
      'is four times as long as the last checkpoint took: a slow world can be moved too',
      20_000,
      80_000,
    ],
    ['is ten minutes at most', 200_000, 600_000],
  ])('has the world stand for a time that %s', async (_what, took, mostMs) => {
    tookMs = took;
    draining.add(0);
    takeAt = never;
    run();
    await clock.advance(mostMs - 1);
    expect(done).toEqual(['stand at 700', 'checkpoint 700']);
    await clock.advance(1);
    expect(done.at(-1)).toBe('release 700');
    expect(log.lines.at(-1)?.fields['reason']).toBe(
      `the world would stand for more than ${mostMs} ms`,
    );
  });

  test('that dies while the world stands ends the move: the loss is dealt with', async () => {
    draining.add(0);
    takeAt = never;
    run();
    await clock.advance(1_000);
    ending.abort();
    await clock.advance(0);
    expect(outcome).toEqual({ still: undefined, isOver: true });
    expect(done.at(-1)).toBe('release 700');
    expect(log.messages('warn')).toEqual([]);
  });
});

describe('a backend that has come', () => {
  const newcomer = liveBackend(7);

  test('gets shards once it has been there for a while', async () => {
    run();
    await clock.advance(2_000);
    found = [liveBackend(0), liveBackend(1), newcomer];
    await clock.advance(5_000);
    expect(looks).toEqual([5_000]);
    await clock.advance(5_000);
    expect(done).toEqual([]);
    await clock.advance(5_000);
    expect(outcome.still).toMatchObject({ tick: 700, reason: 'moving shards to what is new: b7' });
  });

  test('gets none where it has gone before, and waits anew when it comes again', async () => {
    found = [newcomer];
    run();
    await clock.advance(9_000);
    found = [];
    await clock.advance(5_000);
    found = [newcomer];
    await clock.advance(10_000);
    expect(done).toEqual([]);
    await clock.advance(10_000);
    expect(outcome.still?.reason).toBe('moving shards to what is new: b7');
  });

  test('gets none where it is to end', async () => {
    found = [liveBackend(7, idleStatus(7, { draining: true }))];
    run();
    await clock.advance(120_000);
    expect(done).toEqual([]);
  });

  test('gets none where each shard has a backend of its own', async () => {
    topology = topologyOf(8);
    found = [newcomer];
    run();
    await clock.advance(120_000);
    expect([done, looks]).toEqual([[], []]);
  });

  test('gets none where as many have shards as a topology takes: it would be moved to again and again', async () => {
    topology = topologyOf(1_024, {
      owners: Array.from({ length: 1_025 }, (_, shard) => Math.min(shard, 1_023)),
    });
    found = [liveBackend(2_000)];
    run();
    await clock.advance(16_000);
    expect([done, looks]).toEqual([[], []]);
  });

  test('takes the shards of one that has none: only those that hold some count', async () => {
    topology = topologyOf(2, { owners: Array(8).fill(0) });
    found = [liveBackend(0), liveBackend(1)];
    run();
    await clock.advance(20_000);
    expect(outcome.still?.reason).toBe('moving shards to what is new: b1');
  });

  test('is waited for though the registry does not answer for a while', async () => {
    found = [newcomer];
    run();
    await clock.advance(6_000);
    found = new Error('the registry is away');
    await clock.advance(5_000);
    found = [newcomer];
    await clock.advance(20_000);
    expect(outcome.still?.reason).toBe('moving shards to what is new: b7');
  });
});

describe('while the store is away', () => {
  const tries = () => done.filter((what) => what.startsWith('stand')).length;
  beforeEach(() => {
    takeAt = never;
  });

  test('the world stands for a new backend less and less often', async () => {
    found = [liveBackend(7)];
    run();
    await clock.advance(3_600_000);
    expect(tries()).toBeGreaterThan(5);
    expect(tries() * STANDING_MAX_MS).toBeLessThan(0.1 * 3_600_000);
  });

  test('one that is to end need not wait for that', async () => {
    found = [liveBackend(7)];
    run();
    await clock.advance(1_800_000);
    const before = tries();
    draining.add(0);
    await clock.advance(20_000);
    takeAt = async () => {};
    await clock.advance(20_000);
    expect(outcome.still?.reason).toBe('moving shards off what is to end: b0');
    expect(tries()).toBeGreaterThan(before);
  });
});

test('a run that is ended while it looks for backends brings nothing to stand', async () => {
  found = [liveBackend(7)];
  run();
  await clock.advance(14_999);
  ending.abort();
  await clock.advance(1_000);
  expect(outcome).toEqual({ still: undefined, isOver: true });
  expect(done).toEqual([]);
});
