import { describe, expect, test } from 'vitest';
import type { OriginCells } from '../../../../services/backend/checkpoints/origin-cells.ts';
import { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { decodeSurvey } from '../../../../services/protocol/colony/survey-codec.ts';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { drawEvent, type InjectedEvent } from '../../../../services/world/events/events.ts';
import { injectedAt } from '../../../../services/world/events/timeline.ts';
import { EMPTY_CHANGES } from '../../../../services/world/measuring/changes.ts';
import { digestOf, formatDigest } from '../../../../services/world/measuring/digest.ts';
import { surveyOf } from '../../../../services/world/measuring/survey.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { originCellsOf, stateOf } from '../../../support/world-states.ts';
import { topologyOf } from '../topology-fixture.ts';

/** Sixteen shards of one backend, for eight threads in four blocks. */
const spec = { ...DEFAULT_WORLD_SPEC, width: 128, height: 128, shardSize: 32, randomEvents: false };
const size = { width: 128, height: 128, shardSize: 32 };
const genesis = topologyOf({ ...size, owners: Array<number>(16).fill(0) });
const nothing = () => undefined;

/** A world at tick 10. */
function grown(): SingleWorld {
  const world = new SingleWorld(spec);
  while (world.tick < 10) world.step();
  return world;
}

interface Options {
  topology?: typeof genesis;
  originCells?: OriginCells;
  events?: readonly InjectedEvent[];
  stop?: AbortController;
  /** Called when I/O gets its turn. */
  onYield?: () => void;
}

function allocate(options: Options = {}): Promise<ShardSet | undefined> {
  const { topology = genesis, originCells, events = [], stop = new AbortController() } = options;
  const clock = new VirtualClock();
  const yieldToIo = clock.yieldToIo.bind(clock);
  clock.yieldToIo = () => {
    options.onYield?.();
    return yieldToIo();
  };
  return ShardSet.allocate(topology, 0, spec, {
    ...{ clock, engine: new ReferenceEngine(), signal: stop.signal, threads: 8 },
    ...(originCells && { originCells }),
    injectedAt: injectedAt(events),
  });
}

const digestsOf = ({ blocks }: ShardSet) => blocks.map(digestOf);
const digestOfAll = async (set: ShardSet) => (await set.measure(true))?.digest;

describe('shards that are allocated', () => {
  test('have blocks for all threads, and are not initialised yet', async () => {
    const set = (await allocate()) as ShardSet;
    expect([set.blocks.length, set.size, set.initialized, set.tick]).toEqual([4, 16, 0, 0]);
  });

  test('are none once they are no longer needed: no further block is made', async () => {
    const stop = new AbortController();
    let yields = 0;
    const onYield = () => {
      if (++yields === 2) stop.abort();
    };
    expect(await allocate({ stop, onYield })).toBeUndefined();
    expect(yields).toBe(2);
  });
});

describe('shards at genesis', () => {
  test('are those of the world, and are counted while they are initialised', async () => {
    let set: ShardSet | undefined;
    const counts: number[] = [];
    set = await allocate({ onYield: () => set && counts.push(set.initialized) });
    expect(await set?.initialize()).toBe(true);
    expect(await digestOfAll(set as ShardSet)).toBe(formatDigest(new SingleWorld(spec).digest()));
    expect([...counts, set?.initialized]).toEqual(expect.arrayContaining([4, 8, 12, 16]));
  });

  test('are not there when that was cut short', async () => {
    const stop = new AbortController();
    const set = await allocate({ stop });
    stop.abort();
    expect(await set?.initialize()).toBe(false);
  });
});

describe('shards that start from a state', () => {
  const world = grown();
  const state = stateOf(world);
  const topology = { ...genesis, origin: state.origin };

  test('have its cells and its tick, and take the same course', async () => {
    const set = (await allocate({ topology, originCells: originCellsOf(state) })) as ShardSet;
    expect(await set.initialize()).toBe(true);
    expect([set.tick, set.ticksBegun, set.initialized]).toEqual([10, 10, 16]);
    expect(await digestOfAll(set)).toBe(formatDigest(world.digest()));
    const onwards = grown();
    for (let i = 0; i < 3; i++) {
      onwards.step();
      await set.step(1, nothing);
    }
    expect(await digestOfAll(set)).toBe(formatDigest(onwards.digest()));
  });

  test('are counted as they are filled, each once', async () => {
    let set: ShardSet | undefined;
    const counts: unknown[] = [];
    const originCells: OriginCells = async ({ blocks, shards, onShards }) => {
      expect([blocks, shards]).toEqual([set?.blocks, Array.from({ length: 16 }, (_, n) => n)]);
      for (const filled of [3, 16]) {
        counts.push(set?.initialized);
        onShards(filled);
      }
    };
    set = await allocate({ topology, originCells });
    expect(await set?.initialize()).toBe(true);
    expect([...counts, set?.initialized]).toEqual([0, 3, 16]);
  });

  test('need its cells', async () => {
    const set = await allocate({ topology });
    await expect(set?.initialize()).rejects.toThrow('no cells of the state of tick 10');
  });

  test('say why the cells are not to be had', async () => {
    const failure = new Error('access denied');
    const set = await allocate({ topology, originCells: () => Promise.reject(failure) });
    await expect(set?.initialize()).rejects.toBe(failure);
  });

  test('ask for the cells of that state, and end with their signal, without a word', async () => {
    const stop = new AbortController();
    const asked: unknown[] = [];
    const originCells: OriginCells = (request) => {
      asked.push([request.origin, request.topology]);
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(new Error('given up')));
      });
    };
    const set = await allocate({ topology, originCells, stop });
    const initialized = set?.initialize();
    stop.abort();
    expect(await initialized).toBe(false);
    expect(asked).toEqual([[state.origin, topology]]);
  });
});

test('events change cells, margins and rules as in one piece', async () => {
  const drawn = (kind: 'extraFood' | 'ruleChange', sequence: number, tick: number) => ({
    ...{ sequence, tick, event: drawEvent(kind, (bound) => Math.floor(bound / 3), spec) },
  });
  const events = [drawn('extraFood', 1, 1), drawn('ruleChange', 2, 1), drawn('extraFood', 3, 3)];
  for (const ticksPerExchange of [1, 2]) {
    const topology = { ...genesis, ticksPerExchange };
    const set = (await allocate({ topology, events })) as ShardSet;
    await set.initialize();
    const world = new SingleWorld(spec, { events });
    while (set.tick < 6) await set.step(set.ticksAhead, nothing);
    while (world.tick < 6) world.step();
    expect(await digestOfAll(set)).toBe(formatDigest(world.digest()));
    expect(set.rules).toEqual(world.rules);
    expect(set.rules).not.toEqual(spec.rules);
  }
});

describe('a reader', () => {
  test('sees all shards in one state, also one that comes during a step', async () => {
    const set = (await allocate()) as ShardSet;
    await set.initialize();
    const look = (blocks: unknown, at: object) => ({ ...at, isAll: blocks === set.blocks });
    expect(await set.read(look)).toEqual({ minTick: 0, maxTick: 0, isAll: true });
    const step = set.step(1, nothing);
    let seen: unknown;
    void set.read(look).then((one) => {
      seen = one;
    });
    await Promise.resolve();
    expect(seen).toBeUndefined();
    await step;
    expect(await set.read(look)).toEqual({ minTick: 1, maxTick: 1, isAll: true });
    expect(seen).toEqual({ minTick: 1, maxTick: 1, isAll: true });
  });

  test('is told how far apart the shards are after a step that was cut short', async () => {
    const stop = new AbortController();
    let steps = false;
    const onYield = () => {
      if (steps) stop.abort();
    };
    const set = (await allocate({ stop, onYield })) as ShardSet;
    await set.initialize();
    steps = true;
    expect(await set.step(1, nothing)).toBe(false);
    expect(await set.read((_, at) => at)).toEqual({ minTick: 0, maxTick: 1 });
  });
});

describe('a measurement', () => {
  test('covers all shards, with a digest if that is wanted', async () => {
    const set = (await allocate()) as ShardSet;
    await set.initialize();
    await set.step(1, nothing);
    const world = new SingleWorld(spec);
    world.step();
    const changes = world.takeChanges();
    const measured = { tick: 1, shards: 16, statistics: world.statistics(), changes };
    expect(await set.measure(false)).toEqual(measured);
    const digest = formatDigest(world.digest());
    expect(await set.measure(true)).toEqual({ ...measured, digest });
  });

  test('has a survey of all shards, if that is wanted', async () => {
    const set = (await allocate()) as ShardSet;
    await set.initialize();
    const { survey = '' } = (await set.measure(true, true)) ?? {};
    const [block] = new SingleWorld(spec).blocks as [CellBlock];
    expect(decodeSurvey(survey)).toEqual(surveyOf(block, 0));
  });

  test('tells what happened since the last sampled state, also where others were measured between', async () => {
    const set = (await allocate()) as ShardSet;
    await set.initialize();
    const world = new SingleWorld(spec);
    const changesAt = async (tick: number) => {
      for (; set.tick < tick; world.step()) await set.step(1, nothing);
      return (await set.measure(false))?.changes;
    };
    expect(await changesAt(0)).toEqual(EMPTY_CHANGES);
    await changesAt(7);
    expect(await changesAt(20)).toEqual(world.takeChanges());
    expect(await changesAt(20)).toEqual(EMPTY_CHANGES);
    expect(await changesAt(40)).toEqual(world.takeChanges());
  });

  test('tells no changes in the state of a checkpoint: they were counted before', async () => {
    const world = grown();
    const topology = { ...genesis, origin: world.originHere() };
    const set = (await allocate({
      topology,
      originCells: originCellsOf(stateOf(world)),
    })) as ShardSet;
    await set.initialize();
    expect(await set.measure(false)).not.toHaveProperty('changes');
    world.takeChanges();
    world.step();
    await set.step(1, nothing);
    expect((await set.measure(false))?.changes).toEqual(world.takeChanges());
  });

  test('is none once the shards are no longer needed, and a step does nothing', async () => {
    const stop = new AbortController();
    const event = drawEvent('extraFood', () => 1, spec);
    const set = (await allocate({ stop, events: [{ sequence: 1, tick: 0, event }] })) as ShardSet;
    await set.initialize();
    const before = digestsOf(set);
    stop.abort();
    expect(await set.measure(true)).toBeUndefined();
    expect(await set.step(1, nothing)).toBe(false);
    expect([digestsOf(set), set.tick]).toEqual([before, 0]);
  });
});

test('a step takes at least a tick', async () => {
  const set = (await allocate()) as ShardSet;
  await set.initialize();
  await expect(set.step(0, nothing)).rejects.toThrow('0 ticks in a step, at most 1 from 0');
  expect(await set.step(1, nothing)).toBe(true);
});
