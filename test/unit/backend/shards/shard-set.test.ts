import { describe, expect, test } from 'vitest';
import { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import type { Engine } from '../../../../services/kernel/engine.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../../services/kernel/wasm-engine.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { HALO_HEADER_BYTES } from '../../../../services/protocol/wire/halo-codec.ts';
import { drawEvent, type InjectedEvent } from '../../../../services/world/events/events.ts';
import { injectedAt } from '../../../../services/world/events/timeline.ts';
import { digestOf, formatDigest } from '../../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { kernelModule } from '../../../support/kernel/kernel.ts';
import { topologyOf } from '../topology-fixture.ts';

/** Of eight rows of four shards backend 0 has five, of which three have no foreign neighbour. */
const spec = { ...DEFAULT_WORLD_SPEC, width: 256, height: 512, shardSize: 64 };
const { width, height, shardSize } = spec;
const owners = Array.from({ length: 32 }, (_, shard) => (shard < 20 ? 0 : 1));
const topology = topologyOf({ width, height, shardSize, owners });

interface Options {
  of?: Topology;
  engine?: Engine;
  events?: readonly InjectedEvent[];
  threads?: number;
  signal?: AbortSignal;
}

/** Initialised shards of backend 0, by default in five blocks. */
async function initialized(options: Options = {}): Promise<ShardSet> {
  const { of = topology, engine = new ReferenceEngine(), events = [], threads = 3 } = options;
  const { signal = new AbortController().signal } = options;
  const parts = { clock: new VirtualClock(), engine, signal, threads };
  const shards = await ShardSet.allocate(
    of,
    0,
    { ...spec, randomEvents: false },
    {
      ...parts,
      injectedAt: injectedAt(events),
    },
  );
  await shards?.initialize();
  return shards!;
}

const digestsOf = ({ blocks }: ShardSet) => blocks.map(digestOf);
const nothing = () => undefined;

describe('a step of shards', () => {
  test('begins at the border, and tells when all is packed that neighbours need', async () => {
    const set = await initialized();
    const departing = () => set.departing(1, 1).slice();
    await set.pack();
    const packedBefore = set.departing(1, 0).slice();
    const before = digestsOf(set);
    const early: { digests: bigint[]; cells: Uint8Array; tick: number }[] = [];
    await set.step(1, () => {
      early.push({ digests: digestsOf(set), cells: departing(), tick: set.tick });
    });
    const after = digestsOf(set);
    // The first and the last of the strips, and only they, reach the rows of backend 1.
    expect(set.blocks.map(({ y }) => y)).toEqual([0, 266, 53, 106, 160, 213]);
    const expected = after.map((done, i) => (i < 2 ? done : before[i]));
    expect(early).toEqual([{ digests: expected, cells: departing(), tick: 0 }]);
    expect(departing()).not.toEqual(packedBefore);
    expect(set.departing(1, 0)).toEqual(packedBefore);
  });

  test('packs only where an exchange is due', async () => {
    const set = await initialized({ of: { ...topology, ticksPerExchange: 2 } });
    await set.pack();
    const packed = [set.departing(1, 2).slice()];
    for (let i = 0; i < 2; i++) {
      await set.step(1, nothing);
      packed.push(set.departing(1, 2).slice());
    }
    expect(packed[1]).toEqual(packed[0]);
    expect(packed[2]).not.toEqual(packed[0]);
  });

  test('fills margins with what arrived', async () => {
    const [one, other] = [await initialized(), await initialized()];
    await one.pack();
    other.arriving(1, 1).fill(3, HALO_HEADER_BYTES);
    for (const set of [one, other]) await set.step(1, nothing);
    expect(digestsOf(one)).toEqual(digestsOf(other));
    for (const set of [one, other]) await set.step(1, nothing);
    expect(digestsOf(one)).not.toEqual(digestsOf(other));
  });

  test('takes several ticks as several steps do', async () => {
    const of = topologyOf({ width, height, shardSize, owners: owners.map(() => 0) });
    const [atOnce, oneByOne] = [
      await initialized({ of: { ...of, ticksPerExchange: 4 } }),
      await initialized({ of: { ...of, ticksPerExchange: 4 } }),
    ];
    await atOnce.step(3, nothing);
    for (let i = 0; i < 3; i++) await oneByOne.step(1, nothing);
    expect([atOnce.tick, oneByOne.tick]).toEqual([3, 3]);
    expect(digestsOf(atOnce)).toEqual(digestsOf(oneByOne));
  });

  test('goes no further than to the next exchange, or to the next tick with events', async () => {
    const event = drawEvent('extraFood', () => 1, spec);
    const set = await initialized({
      of: { ...topology, ticksPerExchange: 4 },
      events: [{ sequence: 1, tick: 2, event }],
    });
    const ahead: number[] = [];
    while (set.tick < 4) {
      ahead.push(set.ticksAhead);
      await set.step(set.ticksAhead, nothing);
    }
    expect(ahead).toEqual([2, 2]);
    await expect(set.step(5, nothing)).rejects.toThrow('5 ticks in a step, at most 4 from 4');
  });

  test('meets random events one after the other, however many ticks an exchange is for', async () => {
    // Seed 1 has random events in ticks 1380 and 1381, within one exchange.
    const size = { width: 64, height: 64, shardSize: 64 };
    const small = { ...spec, ...size, randomEvents: true };
    const world = new SingleWorld(small);
    while (world.tick < 1400) world.step();
    for (const ticksPerExchange of [2, 4]) {
      const of = topologyOf({ ...size, owners: [0], ticksPerExchange });
      const engine = new WasmEngine(kernelModule);
      const parts = { clock: new VirtualClock(), engine, signal: new AbortController().signal };
      const set = (await ShardSet.allocate(of, 0, small, parts)) as ShardSet;
      await set.initialize();
      while (set.tick < 1400) await set.step(set.ticksAhead, nothing);
      expect((await set.measure(true))?.digest).toBe(formatDigest(world.digest()));
    }
  });

  test('counts as begun while it is under way, with all its ticks', async () => {
    const set = await initialized({ of: { ...topology, ticksPerExchange: 2 } });
    const begun = [set.ticksBegun];
    await set.step(2, () => begun.push(set.ticksBegun));
    begun.push(set.ticksBegun);
    expect(begun).toEqual([0, 2, 2]);
  });

  test('counts as begun for good where it was cut short', async () => {
    const stop = new AbortController();
    const set = await initialized({
      of: { ...topology, ticksPerExchange: 2 },
      signal: stop.signal,
    });
    expect(await set.step(2, () => stop.abort())).toBe(false);
    expect([set.tick, set.ticksBegun]).toEqual([0, 2]);
  });

  test('tells of nothing where there are no neighbours', async () => {
    const of = topologyOf({ width, height, shardSize, owners: owners.map(() => 0) });
    const set = await initialized({ of });
    let isTold = false;
    await set.step(1, () => {
      isTold = true;
    });
    expect([set.tick, isTold]).toEqual([1, false]);
  });
});

test('messages of two exchanges, each with room for its header, stand apart', async () => {
  const set = await initialized({ of: { ...topology, ticksPerExchange: 2 } });
  const places = [0, 2].flatMap((tick) => [set.departing(1, tick), set.arriving(1, tick)]);
  expect(set.peers).toEqual([1]);
  places.forEach((place, i) => {
    place.fill(i + 1);
  });
  expect(places.map((place) => new Set(place).size)).toEqual([1, 1, 1, 1]);
  expect([4, 6].map((tick) => set.departing(1, tick)[0])).toEqual([1, 3]);
});
