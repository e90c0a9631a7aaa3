import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { shardSetSize, stagingOf } from '../../../services/backend/shards/shard-blocks.ts';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';
import type { Manifest } from '../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import { packCells, unpackCells } from '../../../services/world/cells/packed-cells.ts';
import {
  drawEvent,
  type EventKind,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';
import { bandsIn, manifestOf, publish, type Written } from '../../support/checkpoints.ts';
import { Cluster, type ClusterOptions, INSTANCE, KERNEL, SPEC } from './harness.ts';

const TICK = 137;
const event = (sequence: number, tick: number, kind: EventKind): InjectedEvent => ({
  ...{ sequence, tick },
  event: drawEvent(kind, (j) => mix(100 * sequence + j), SPEC),
});
/** Before the checkpoint, in its tick, in the next one, and later. */
const EVENTS = [
  event(1, 20, 'extraFood'),
  event(2, 30, 'createCreature'),
  event(3, 60, 'newTopography'),
  event(4, 80, 'extraFood'),
  event(5, 90, 'ruleChange'),
  event(6, TICK, 'createCreature'),
  event(7, TICK, 'extraFood'),
  event(8, TICK + 1, 'extinction'),
  event(9, TICK + 1, 'newTopography'),
  event(10, TICK + 2, 'extraFood'),
];

/** The digests of the world in one piece. */
const expected = new Map<number, string>();
beforeAll(() => {
  const world = new SingleWorld(SPEC, { events: EVENTS });
  for (;;) {
    if (world.tick % 100 === 0 || world.tick === TICK) {
      expected.set(world.tick, formatDigest(world.digest()));
    }
    if (world.tick === 200) break;
    world.step();
  }
});

const all: Cluster[] = [];
afterEach(async () => {
  await Promise.all(all.splice(0).map((cluster) => cluster.close()));
});

let snapshots = new MemorySnapshotStore();

function clusterOf(options: ClusterOptions = {}): Cluster {
  const cluster = new Cluster({ snapshots, ...options });
  cluster.events = EVENTS;
  all.push(cluster);
  return cluster;
}

/** Runs a new world through the tick of a checkpoint, and answers what its backends have written. */
async function written(options: ClusterOptions = {}): Promise<[Cluster, Written[]]> {
  const cluster = clusterOf(options);
  await cluster.start();
  cluster.checkpointTick = TICK;
  await cluster.runTo(TICK + 3);
  return [cluster, await reportsOf(cluster, TICK + 3)];
}

const reportsOf = async (cluster: Cluster, horizon: number): Promise<Written[]> =>
  (await cluster.heartbeat(horizon)).map(({ checkpoint }) => checkpoint as Written);

/** A second topology on the same backends, or another cluster's first. */
const next = { generation: 1, epoch: 2, topologyVersion: 2 };

describe(`with the kernel ${KERNEL} a checkpoint`, () => {
  let manifest: Manifest;
  let origin: Awaited<ReturnType<typeof publish>>;
  let bands: Map<string, string>;
  const store = new MemorySnapshotStore();
  beforeAll(async () => {
    snapshots = store;
    const [cluster, parts] = await written();
    expect(parts.map(({ state }) => state)).toEqual(cluster.members.map(() => 'written'));
    manifest = manifestOf(cluster.topology(), parts, 5);
    origin = await publish(snapshots, manifest);
    bands = await bandsIn(snapshots, manifest);
  });

  test('has the digest of its state', () => {
    expect(manifest.digest).toBe(expected.get(TICK));
  });

  test.each([
    { backends: 4, ticksPerExchange: 1 },
    { backends: 3, ticksPerExchange: 2 },
    { backends: 1, ticksPerExchange: 4 },
  ])(
    'starts a world that goes on as one piece does: $backends backends, k = $ticksPerExchange',
    async (options) => {
      const cluster = clusterOf({ ...options, origin, snapshots: store });
      cluster.fence = next;
      await cluster.start();
      await cluster.runTo(200);
      expect(cluster.digestAt(200)).toBe(expected.get(200));
    },
  );

  test.each<[string, ClusterOptions]>([
    ['partition', { backends: 3 }],
    ['cut among threads', { backends: 1, threads: 4 }],
    ['exchange', { backends: 2, ticksPerExchange: 4 }],
    ['kernel', { backends: 2, kernel: KERNEL === 'wasm' ? 'reference' : 'wasm' }],
    ['packing', { backends: 2, packing: { pack: packCells, unpack: unpackCells } }],
    ['number of rounds', { backends: 2, memoryLimitBytes: 0 }],
  ])('is the same bytes whatever the %s', async (_name, options) => {
    snapshots = new MemorySnapshotStore();
    const { memoryLimitBytes } = options;
    // The least that is allowed leaves room for one slot.
    const limits =
      memoryLimitBytes === undefined ? {} : { memoryLimitBytes: leastBytes(options.backends ?? 1) };
    const [cluster, parts] = await written({ ...options, ...limits });
    const again = manifestOf(cluster.topology(), parts, 5);
    expect(again.digest).toBe(manifest.digest);
    expect(again.origin).toEqual(manifest.origin);
    await publish(snapshots, again);
    expect(await bandsIn(snapshots, again)).toEqual(bands);
  });
});

/** What a backend needs at least, with its checkpoints, where the shards are spread evenly. */
function leastBytes(backends: number): number {
  const cluster = new Cluster({ backends });
  const bounds = { memoryLimitBytes: 0 };
  const needs = cluster.members.map((_, index) => {
    const staging = stagingOf(cluster.topology(), index, bounds);
    return shardSetSize(cluster.topology(), index, 1, staging).bytes;
  });
  return Math.max(...needs);
}

describe('a checkpoint of a world that waits', () => {
  test('at its horizon is written at once', async () => {
    snapshots = new MemorySnapshotStore();
    const cluster = clusterOf();
    await cluster.start();
    await cluster.runTo(40);
    cluster.checkpointTick = 40;
    await cluster.heartbeat(40);
    await cluster.settle();
    const parts = await reportsOf(cluster, 40);
    expect(parts.map(({ state, tick }) => [state, tick])).toEqual(Array(4).fill(['written', 40]));
  });
});

describe('a store that is in trouble', () => {
  /** A store of which one method is another. */
  const storeWith = (methods: Partial<SnapshotStore>): SnapshotStore => {
    const memory = new MemorySnapshotStore();
    return new Proxy(memory, {
      get: (_, name) => {
        const member = Reflect.get(methods, name) ?? Reflect.get(memory, name, memory);
        return typeof member === 'function' ? member.bind(memory) : member;
      },
    });
  };

  test.each<[string, Partial<SnapshotStore>, state: string]>([
    ['hangs', { putIfAbsent: () => new Promise(() => {}) }, 'pending'],
    [
      'is away',
      { putIfAbsent: () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'it is away')) },
      'failed',
    ],
    [
      'has another object there',
      { putIfAbsent: async () => false, getRange: async (_k, _o, bytes) => new Uint8Array(bytes) },
      'failed',
    ],
  ])('that %s stops no tick', async (_name, methods, state) => {
    const [cluster, reports] = await written({ snapshots: storeWith(methods) });
    expect(reports.map((report) => report.state)).toEqual(cluster.members.map(() => state));
    await cluster.runTo(200);
    expect(cluster.digestAt(200)).toBe(expected.get(200));
  });

  test('that stored a part whose answer was lost has the part', async () => {
    const memory = new MemorySnapshotStore();
    const lossy = storeWith({
      putIfAbsent: async (key, bytes) => {
        await memory.putIfAbsent(key, bytes);
        return false;
      },
      getRange: (...range) => memory.getRange(...range),
    });
    const [cluster, reports] = await written({ snapshots: lossy });
    expect(reports.map(({ state }) => state)).toEqual(cluster.members.map(() => 'written'));
  });

  test('gets nothing more of a topology that is dropped while a part of it is written', async () => {
    const memory = new MemorySnapshotStore();
    const keys: string[] = [];
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = storeWith({
      putIfAbsent: async (key, bytes) => {
        keys.push(key);
        await gate;
        return memory.putIfAbsent(key, bytes);
      },
    });
    const [cluster] = await written({ backends: 1, snapshots: slow });
    cluster.fence = next;
    cluster.checkpointTick = undefined;
    await cluster.start();
    go();
    await cluster.runTo(100);
    expect(keys).toHaveLength(1);
    expect(cluster.digestAt(100)).toBe(expected.get(100));
    const [report] = await reportsOf(cluster, 100);
    expect(report).toBeUndefined();
  });
});

describe('a checkpoint that cannot be read is refused, and says why:', () => {
  let manifest: Manifest;
  let objects: [key: string, bytes: Uint8Array][];
  beforeAll(async () => {
    snapshots = new MemorySnapshotStore();
    const [cluster, parts] = await written({ backends: 2 });
    manifest = manifestOf(cluster.topology(), parts, 5);
    const infos = await snapshots.list('');
    objects = await Promise.all(
      infos.map(async ({ key }): Promise<[string, Uint8Array]> => {
        return [key, (await snapshots.get(key, 2 ** 30)) as Uint8Array];
      }),
    );
  });

  const flipped = (bytes: Uint8Array, at: number) =>
    bytes.map((byte, i) => (i === at ? byte ^ 16 : byte));

  /** How the first backend answers when it is to start from objects that were changed. */
  async function restored(
    change: (bytes: Uint8Array) => Uint8Array | undefined,
    manifestChange: Partial<Manifest> = {},
  ): Promise<unknown> {
    const store = new MemorySnapshotStore();
    for (const [index, [key, bytes]] of objects.entries()) {
      const stored = index === 0 ? change(bytes) : bytes;
      if (stored !== undefined) await store.putIfAbsent(key, stored);
    }
    const origin = await publish(store, { ...manifest, ...manifestChange });
    const cluster = clusterOf({ snapshots: store, backends: 1, origin });
    cluster.fence = next;
    return cluster.start().catch((error: unknown) => error);
  }
  const same = (bytes: Uint8Array) => bytes;

  test.each<[string, (bytes: Uint8Array) => Uint8Array | undefined, says: RegExp]>([
    ['an object is missing', () => undefined, /it is not there/],
    ['an object is cut', (bytes) => bytes.subarray(0, -1), /bytes of/],
    ['a cell is another', (bytes) => flipped(bytes, 200), /shard 0, rows 0 to 31\): .*damaged/],
    ['the header is damaged', (bytes) => flipped(bytes, 45), /SHA-256/],
    ['the index is damaged', (bytes) => flipped(bytes, bytes.length - 1), /index is damaged/],
    ['it is no such object', (bytes) => flipped(bytes, 0), /the magic number/],
  ])('%s', async (_name, change, says) => {
    const error = await restored(change);
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    expect(String(error)).toMatch(says);
    expect(String(error)).toMatch(/of b0 \(shards? 0/);
  });

  test.each<[string, Partial<Manifest>, says: RegExp]>([
    ['another instance', { colonyInstanceId: 'x' }, /its colonyInstanceId is x/],
    ['another engine version', { engineVersion: 99 }, /it is of engine version 99/],
    ['another format', { formatVersion: 9 as 1 }, /it has the format 9, this build reads/],
  ])('it is of %s', async (_name, change, says) => {
    const error = await restored(same, change);
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    expect(String(error)).toMatch(says);
  });

  test('a part is not in the manifest', async () => {
    const error = await restored(same, { parts: manifest.parts.slice(0, 1) });
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    expect(String(error)).toMatch(/none of its objects has all of shard 6/);
  });

  test('a part is there twice', async () => {
    const [first] = manifest.parts;
    const error = await restored(same, { parts: [...manifest.parts, first!] });
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    expect(String(error)).toMatch(/another object has this band too/);
  });
});

test('a store that is away while a world is to start from it is told as that', async () => {
  const memory = new MemorySnapshotStore();
  snapshots = memory;
  const [first, parts] = await written({ backends: 1 });
  const origin = await publish(memory, manifestOf(first.topology(), parts, 5));
  memory.get = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'it is away'));
  const cluster = clusterOf({ backends: 1, origin });
  cluster.fence = next;
  await expect(cluster.start()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('a failure that comes after the call was answered is told to the next call', async () => {
  const memory = new MemorySnapshotStore();
  snapshots = memory;
  const [first, parts] = await written({ backends: 1 });
  const origin = await publish(memory, manifestOf(first.topology(), parts, 5));
  const cluster = clusterOf({ backends: 1, origin });
  cluster.fence = next;
  memory.get = async () => {
    await cluster.clock.sleep(7_000);
    throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
  };
  const [member] = cluster.members;
  await member!.ask('initializeColony', { colonyInstanceId: INSTANCE, stored: cluster.stored });
  await member!.ask('initializeTopology', { topology: cluster.topology() });
  const call = async () => {
    const answer = member!.ask('initializeShards', {}).catch((error: unknown) => error);
    await cluster.clock.advance(6_000);
    return answer;
  };
  expect(await call()).toMatchObject({ state: 'Initializing' });
  await cluster.clock.advance(2_000);
  expect(await call()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
