import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StagedShards } from '../../../../services/backend/checkpoints/checkpointing.ts';
import type { HaloExchange } from '../../../../services/backend/halos/halo-exchange.ts';
import type { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { Grant } from '../../../../services/backend/ticking/grant.ts';
import { SampleBuffer } from '../../../../services/backend/ticking/sample-buffer.ts';
import { TickLoop } from '../../../../services/backend/ticking/tick-loop.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { topologyOf } from '../topology-fixture.ts';

/** The clock of a test, which counts how often I/O gets its turn. */
class CountingClock extends VirtualClock {
  yields = 0;

  override yieldToIo(): Promise<void> {
    this.yields++;
    return super.yieldToIo();
  }
}

let clock: CountingClock;
let loop: TickLoop;
let grant: Grant;
/** The ticks whose states were copied out, with the digest that was known. */
let copied: [tick: number, digest: string | undefined][];
let dueTick: number;
/** How many ticks each step took. */
let steps: number[];

/** Starts a loop over shards without cells, whose ticks take some time. */
function start({ size = 4, tickMs = 0, ticksAhead = 16, isCut = false } = {}): void {
  let tick = 0;
  const shards = {
    size,
    ticksAhead,
    get tick() {
      return tick;
    },
    pack: async () => true,
    measure: async (withDigest: boolean) => ({
      ...{ tick, shards: size, statistics: EMPTY_STATISTICS },
      ...(withDigest && { digest: `digest of ${tick}` }),
    }),
    async step(ticks: number) {
      steps.push(ticks);
      if (tickMs > 0) await clock.sleep(ticks * tickMs);
      tick += ticks;
      return true;
    },
  } as Partial<ShardSet> as ShardSet;
  const exchange = {
    waitingFor: [],
    makeRoom() {},
    send() {},
    receive: async () => true,
    close() {},
  } as Partial<HaloExchange> as HaloExchange;
  const topology = topologyOf({ ticksPerExchange: 16, owners: new Array(16).fill(0) });
  const checkpointing = {
    get dueTick() {
      return dueTick;
    },
    async copyOut(_shards: StagedShards, digest: string | undefined) {
      dueTick = -1;
      copied.push([tick, digest]);
      return !isCut;
    },
  };
  const samples = new SampleBuffer();
  const log = new MemoryLog();
  loop = new TickLoop({ shards, exchange, grant, samples, topology, checkpointing, clock, log });
  loop.start();
}

beforeEach(() => {
  clock = new CountingClock();
  grant = new Grant();
  steps = [];
  copied = [];
  dueTick = -1;
});
afterEach(async () => {
  const stopped = loop.stop();
  await clock.advance(10_000);
  await stopped;
});

let grants = 0;
const run = (horizon: number, ticksPerSecond: number | null, ticksBegun = 0) => {
  grant.apply({ epoch: 1, number: ++grants, horizon, ticksPerSecond }, ticksBegun);
  loop.wake();
};

describe('a step', () => {
  test('takes one tick at first, then as many as fit into 200 ms', async () => {
    start({ tickMs: 60 });
    run(1_000, null);
    await clock.advance(1_000);
    expect(steps.slice(0, 4)).toEqual([1, 3, 3, 3]);
  });

  test('takes one tick where each takes longer than that', async () => {
    start({ tickMs: 300 });
    run(1_000, null);
    await clock.advance(1_500);
    expect(steps.slice(0, 4)).toEqual([1, 1, 1, 1]);
  });

  test('ends at the horizon', async () => {
    start();
    run(7, null);
    await clock.advance(1_000);
    expect(steps.reduce((sum, ticks) => sum + ticks, 0)).toBe(7);
    expect(loop.state).toBe('AtHorizon');
  });

  test('takes one tick where a pace is asked for', async () => {
    start();
    run(1_000, 10);
    await clock.advance(1_000);
    expect(new Set(steps)).toEqual(new Set([1]));
    expect(steps.length).toBeGreaterThanOrEqual(9);
    expect(steps.length).toBeLessThanOrEqual(11);
  });
});

test('a backend without shards lets I/O have its turn after each step', async () => {
  start({ size: 0, ticksAhead: 1 });
  run(50, null);
  await clock.advance(0);
  expect(steps).toHaveLength(50);
  expect(clock.yields).toBeGreaterThanOrEqual(50);
});

describe('a checkpoint', () => {
  test('ends a step in its state, which is copied out once', async () => {
    start();
    dueTick = 13;
    run(40, null);
    await clock.advance(1_000);
    expect(copied).toEqual([[13, undefined]]);
    expect(steps.slice(0, 2)).toEqual([1, 12]);
    expect(steps.reduce((sum, ticks) => sum + ticks, 0)).toBe(40);
  });

  test('has the digest of the sample of its state', async () => {
    start();
    dueTick = 100;
    run(120, null);
    await clock.advance(1_000);
    expect(copied).toEqual([[100, 'digest of 100']]);
  });

  test('of the state in which the shards stand at their horizon is copied out at once', async () => {
    start();
    run(7, null);
    await clock.advance(1_000);
    dueTick = 7;
    loop.wake();
    await clock.advance(0);
    expect(copied).toEqual([[7, undefined]]);
    expect(loop.state).toBe('AtHorizon');
    run(9, null);
    await clock.advance(1_000);
    expect(steps.reduce((sum, ticks) => sum + ticks, 0)).toBe(9);
  });

  test('that becomes due while the pace is waited for is of the state before the step', async () => {
    start();
    run(10, 1);
    await clock.advance(2_500);
    dueTick = 3;
    await clock.advance(5_000);
    expect(copied).toEqual([[3, undefined]]);
  });

  test('of a state whose shards cannot be read any more ends the loop', async () => {
    start({ isCut: true });
    dueTick = 3;
    run(10, null);
    await clock.advance(1_000);
    expect(steps.reduce((sum, ticks) => sum + ticks, 0)).toBe(3);
  });
});
