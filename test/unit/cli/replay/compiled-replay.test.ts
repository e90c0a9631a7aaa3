import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { CompiledReplay } from '../../../../services/cli/replay/compiled-replay.ts';
import { ReferenceReplay } from '../../../../services/cli/replay/reference-replay.ts';
import {
  type Replay,
  type ReplayOptions,
  replayTo,
} from '../../../../services/cli/replay/replay.ts';
import type { ReplayHost } from '../../../../services/cli/replay/run-replay.ts';
import { SystemClock } from '../../../../services/platform/runtime/system-clock.ts';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { copyCells } from '../../../../services/world/cells/cell-copy.ts';
import type { InjectedEvent } from '../../../../services/world/events/events.ts';
import { formatDigest } from '../../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import type { WorldSpec } from '../../../../services/world/spec/spec.ts';
import { replayHost } from '../../../support/kernel/replay-host.ts';
import { specOf } from '../../world/worlds.ts';

const opened: CompiledReplay[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((world) => world.close()));
});

async function replayOf(
  spec: WorldSpec,
  options: ReplayOptions = {},
  host: Partial<ReplayHost> = {},
): Promise<CompiledReplay> {
  const world = await CompiledReplay.create(spec, options, replayHost(host));
  opened.push(world);
  return world;
}

/** The digests of a world at some ticks, by the readable kernel in one piece. */
function digestsOf(spec: WorldSpec, events: readonly InjectedEvent[], ticks: readonly number[]) {
  const world = new SingleWorld(spec, { events });
  return ticks.map((tick) => {
    while (world.tick < tick) world.step();
    return formatDigest(world.digest());
  });
}

/** Fills blocks with the present cells of a world in one piece, without terrain and margins. */
function interiorsOf(world: SingleWorld) {
  const [source] = structuredClone(world.blocks) as [CellBlock];
  return async (blocks: readonly CellBlock[]) => {
    for (const target of blocks) {
      const { x: sourceX, y: sourceY, width, height } = target;
      copyCells({ source, sourceX, sourceY, target, targetX: 0, targetY: 0, width, height });
    }
  };
}

async function replayed(world: Replay, ticks: readonly number[]): Promise<string[]> {
  const digests: string[] = [];
  for (const tick of ticks) digests.push(await replayTo(world, tick));
  return digests;
}

/** One of most kinds, some of them in one tick, and some in neighbouring ticks. */
const EVENTS: InjectedEvent[] = [
  { sequence: 1, tick: 0, event: { kind: 'extraFood', amount: 9 } },
  { sequence: 2, tick: 5, event: { kind: 'newTopography', number: 7 } },
  { sequence: 3, tick: 6, event: { kind: 'extraFood', amount: -3 } },
  { sequence: 4, tick: 6, event: { kind: 'ruleChange', rule: 'killChance', percent: 20 } },
  { sequence: 5, tick: 13, event: { kind: 'extinction', draw: 3 } },
  {
    sequence: 6,
    tick: 6,
    event: { kind: 'foodDrop', x: 3, y: 1, radiusX: 30, radiusY: 9, amount: 400 },
  },
].map((event) => event as InjectedEvent);

const TICKS = [0, 1, 6, 7, 14, 23];

test('a replay counts and surveys what the readable one does, whatever is asked of it between', async () => {
  const spec = specOf({ width: 60, height: 90, shardSize: 30, seed: 4 });
  const options = { events: EVENTS, shardSize: 30 };
  const readable = await ReferenceReplay.create(spec, options, new SystemClock());
  const compiled = await replayOf(spec, options, { threads: 2 });
  for (const tick of [0, 20, 40]) {
    const digests = [await replayTo(readable, tick - 3), await replayTo(compiled, tick - 3)];
    expect(digests[1]).toBe(digests[0]);
    await Promise.all([replayTo(readable, tick), replayTo(compiled, tick)]);
    expect(await compiled.measure()).toEqual(await readable.measure());
    expect(await compiled.survey()).toEqual(await readable.survey());
  }
});

describe('a replay with the compiled kernel is bit-identical to the readable one', () => {
  test('in worlds of any size, cut for any number of threads, by steps of any length', async () => {
    const size = fc.record({
      width: fc.integer({ min: 16, max: 60 }),
      height: fc.integer({ min: 16, max: 260 }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (world, threads, ticksPerStep, hasEvents) => {
          const spec = specOf({ ...world, shardSize: 16 });
          const events = hasEvents ? EVENTS : [];
          const replay = await replayOf(spec, { events }, { threads, ticksPerStep });
          expect(await replayed(replay, TICKS)).toEqual(digestsOf(spec, events, TICKS));
          await replay.close();
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  test('through the random events of its seed', async () => {
    const spec = specOf({ width: 48, height: 32, seed: 1, randomEvents: true });
    const ticks = [400, 491, 492, 600];
    const world = await replayOf(spec);
    expect(await replayed(world, ticks)).toEqual(digestsOf(spec, [], ticks));
  });

  test('when blocks hold no more than a shard', async () => {
    const spec = specOf({ width: 96, height: 64, shardSize: 32 });
    const world = await replayOf(spec, { shardSize: 32, events: EVENTS });
    expect(await replayed(world, TICKS)).toEqual(digestsOf(spec, EVENTS, TICKS));
  });

  test('when its blocks stand in several memories', async () => {
    const spec = specOf({ width: 50, height: 331 });
    const host = replayHost();
    let memories = 0;
    const createEngine = () => {
      memories++;
      return host.createEngine();
    };
    const world = await replayOf(spec, { events: EVENTS }, { createEngine, addressBytes: 700_000 });
    expect(memories).toBeGreaterThan(1);
    expect(await replayed(world, TICKS)).toEqual(digestsOf(spec, EVENTS, TICKS));
  });

  test.each(['compiled', 'readable'])('from a later state, with the %s kernel', async (kernel) => {
    const spec = specOf({ width: 96, height: 164, seed: 1, randomEvents: true });
    const before = new SingleWorld(spec, { events: EVENTS });
    while (before.tick < 6) before.step();
    const start = { origin: before.originHere(), fill: interiorsOf(before) };
    const options = { events: EVENTS, start };
    const world =
      kernel === 'compiled'
        ? await replayOf(spec, options)
        : await ReferenceReplay.create(spec, options, new SystemClock());
    expect(world.tick).toBe(6);
    const ticks = [6, 7, 14, 40];
    expect(await replayed(world, ticks)).toEqual(digestsOf(spec, EVENTS, ticks));
  });
});

test('a replay takes no more ticks at a time than it is asked for', async () => {
  const world = await replayOf(specOf({ width: 48, height: 32 }));
  await world.advance(3);
  expect(world.tick).toBe(3);
  await world.advance(1_000);
  expect(world.tick).toBe(7);
});

test('a replay whose threads cannot start frees its memory and says so', async () => {
  const host = replayHost({ workerFile: '/nowhere.mjs' });
  const engines: ReturnType<typeof host.createEngine>[] = [];
  const createEngine = () => {
    const engine = host.createEngine();
    engines.push(engine);
    return engine;
  };
  const create = CompiledReplay.create(specOf({}), {}, { ...host, createEngine });
  await expect(create).rejects.toThrow(/kernel thread failed.*nowhere\.mjs/);
  // An engine that is closed takes no more blocks.
  expect(() => engines[0]?.createParcel([])).toThrow(/closed/);
});

test('a replay that is closed goes no further', async () => {
  const world = await replayOf(specOf({ width: 48, height: 32 }));
  await world.close();
  await expect(world.advance(1)).rejects.toThrow(/closed/);
});
