import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import type {
  OriginCells,
  OriginRequest,
} from '../../../services/backend/checkpoints/origin-cells.ts';
import type {
  HaloSubscriber,
  HaloTransport,
} from '../../../services/backend/halos/halo-transport.ts';
import { HostedTopology } from '../../../services/backend/hosting/hosted-topology.ts';
import { Grant } from '../../../services/backend/ticking/grant.ts';
import { HeldEvents } from '../../../services/backend/ticking/held-events.ts';
import { createEngine } from '../../../services/kernel/create-engine.ts';
import type { Engine } from '../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import type { Topology } from '../../../services/protocol/layout/topology.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { addDigests, digestOf, formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { originCellsOf, stateOf } from '../../support/world-states.ts';
import { topologyOf } from '../../unit/backend/topology-fixture.ts';
import { expectedDigest } from './harness.ts';

/** Threads work on real time, and here there is one backend, which needs no others. */
const spec = { ...DEFAULT_WORLD_SPEC, width: 128, height: 96, shardSize: 32, seed: 3 };
const topology = topologyOf({
  width: spec.width,
  height: spec.height,
  shardSize: 32,
  owners: Array<number>(12).fill(0),
});
const clock = new SystemClock();
const settled = Promise.resolve();
const POLL = { timeout: 60_000, interval: 5 };

const all: HostedTopology[] = [];
afterEach(async () => {
  await Promise.all(all.splice(0).map((hosted) => hosted.drop()));
});

interface HostOptions {
  of?: Topology;
  ownIndex?: number;
  haloTransport?: HaloTransport;
  threads?: number;
  workerFile?: string | URL;
  k?: number;
  memory?: KernelMemory;
  originCells?: OriginCells;
}

function host(options: HostOptions = {}) {
  const { threads = 2, workerFile = kernelWorker, k = 1, memory = new KernelMemory() } = options;
  const { of = topology, ownIndex = 0, haloTransport = {} as HaloTransport, originCells } = options;
  const log = new MemoryLog();
  const grant = new Grant();
  const events = new HeldEvents();
  let engine: WeakRef<Engine> | undefined;
  const hosted = new HostedTopology(
    { ...of, ticksPerExchange: k },
    ownIndex,
    spec,
    grant,
    {
      clock,
      log,
      haloTransport,
      threads,
      ...(originCells && { originCells }),
      createEngine: () => {
        const made = createEngine('wasm', { module: kernelModule, threads, workerFile, memory });
        engine = new WeakRef(made);
        return made;
      },
    },
    events,
  );
  all.push(hosted);
  let grants = 0;
  const grantTo = (horizon: number) => {
    grant.apply({ epoch: 1, number: ++grants, horizon, ticksPerSecond: null }, 0);
    hosted.wake();
  };
  return { hosted, log, grantTo, events, engine: () => engine };
}

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [2, 4],
])(
  'on %i threads, %i ticks per exchange, the digests are those of one piece',
  async (threads, k) => {
    const { hosted, grantTo } = host({ threads, k });
    await hosted.initializeShards(settled);
    expect(hosted.initializedShards).toBe(12);
    hosted.startTicking();
    grantTo(200);
    await expect.poll(() => hosted.shards?.tick, POLL).toBe(200);
    await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(200);
    const digests = hosted.samples.samples.flatMap(({ digest }) => digest ?? []);
    expect(digests).toEqual([0, 100, 200].map((tick) => expectedDigest(tick, spec)));
  },
);

/** Two backends that hand their halos to each other. */
function hostPair(k: number) {
  const of = topologyOf({
    ...{ width: spec.width, height: spec.height, shardSize: 32 },
    owners: Array.from({ length: 12 }, (_, shard) => (shard < 5 ? 0 : 1)),
  });
  const pair: ReturnType<typeof host>[] = [];
  const subscribers = new Map<string, HaloSubscriber>();
  for (const ownIndex of [0, 1]) {
    const other = () => pair[1 - ownIndex]?.hosted.exchange;
    const haloTransport: HaloTransport = {
      subscribe: (_peer, subscriber) => {
        subscribers.set(`boot-${ownIndex}`, subscriber);
        const nothing = () => undefined;
        return { missed: nothing, reset: nothing, close: nothing };
      },
      send: (bootId, message) => {
        const sent = message.slice();
        setImmediate(() => subscribers.get(bootId)?.accept(sent));
      },
      makeRoom: () => undefined,
      abandon: () => undefined,
      pull: async (_peer, tick) => other()?.find(`boot-${ownIndex}`, tick) as Uint8Array,
    };
    pair.push(host({ of, ownIndex, haloTransport, k }));
  }
  return pair;
}

test.each([1, 2, 4])('two backends with threads, %i ticks per exchange, agree', async (k) => {
  const pair = hostPair(k);
  // In the tick of an exchange, in the next one, and in the middle of a step.
  const events = [40, 41, 43].map((tick, i): InjectedEvent => {
    return { sequence: i + 1, tick, event: drawEvent('extraFood', (j) => mix(j + i), spec) };
  });
  for (const { hosted, events: held } of pair) {
    held.take(events, 0);
    await hosted.initializeShards(settled);
    expect(hosted.shards?.blocks.length).toBeGreaterThan(1);
  }
  for (const { hosted, grantTo } of pair) {
    hosted.startTicking();
    grantTo(200);
  }
  const digests = (index: number) =>
    pair[index]?.hosted.samples.samples.flatMap(({ digest }) => digest ?? []) ?? [];
  for (const index of [0, 1]) await expect.poll(() => digests(index).length, POLL).toBe(3);
  const together = digests(0).map((digest, i) => {
    return formatDigest(addDigests(BigInt(`0x${digest}`), BigInt(`0x${digests(1)[i]}`)));
  });
  const world = new SingleWorld(spec, { events });
  const expected: string[] = [];
  for (; world.tick <= 200; world.step()) {
    if (world.tick % 100 === 0) expected.push(formatDigest(world.digest()));
  }
  expect(together).toEqual(expected);
});

test('events happen as in one piece', async () => {
  // At ticks where margins are filled, and between them.
  const events = EVENT_KINDS.map((kind, i): InjectedEvent => {
    return { sequence: i + 1, tick: 40 + i, event: drawEvent(kind, (j) => mix(j + i), spec) };
  });
  const { hosted, grantTo, events: held } = host({ k: 3 });
  held.take(events, 0);
  await hosted.initializeShards(settled);
  hosted.startTicking();
  grantTo(100);
  await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(100);
  const world = new SingleWorld(spec, { events });
  while (world.tick < 100) world.step();
  expect(hosted.samples.samples.at(-1)?.digest).toBe(formatDigest(world.digest()));
});

test('a reader sees all shards in one state, while they tick', async () => {
  const { hosted, grantTo } = host();
  await hosted.initializeShards(settled);
  hosted.startTicking();
  const seen = new Map<number, string>();
  while (seen.size <= 20) {
    await hosted.shards?.read((blocks, { minTick, maxTick }) => {
      expect(minTick).toBe(maxTick);
      const digest = blocks.map(digestOf).reduce(addDigests, 0n);
      seen.set(minTick, formatDigest(digest));
      grantTo(minTick + 5);
    });
    await clock.yieldToIo();
  }
  const world = new SingleWorld(spec);
  for (const [tick, digest] of seen) {
    while (world.tick < tick) world.step();
    expect([tick, formatDigest(world.digest())]).toEqual([tick, digest]);
  }
});

test('once dropped in the middle of a tick, it writes nothing any more', async () => {
  const { hosted, grantTo } = host();
  await hosted.initializeShards(settled);
  const { shards } = hosted;
  hosted.startTicking();
  grantTo(1_000_000);
  await expect.poll(() => shards?.tick, POLL).toBeGreaterThan(10);
  await hosted.drop();
  const after = () => shards?.blocks.map(digestOf);
  const before = after();
  await clock.sleep(50);
  expect(after()).toEqual(before);
});

describe('a thread that breaks', () => {
  /** A thread that does its work, but throws when so many phases have been opened. */
  const breakingAt = (phase: number) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { workerData } from 'node:worker_threads';
        const control = new Int32Array(workerData.control);
        const { add } = Atomics;
        Atomics.add = (words, ...rest) => {
          if (control[0] >= ${phase}) throw new Error('it broke');
          return add(words, ...rest);
        };
        await import(${JSON.stringify(pathToFileURL(kernelWorker).href)});
      `)}`,
    );

  test('while shards are being initialised is an error in words', async () => {
    const workerFile = new URL('data:text/javascript,throw new Error("it broke")');
    const { hosted, log } = host({ workerFile });
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    expect(hosted.failure).toContain('a kernel thread failed: it broke');
    expect(hosted.state).toBe('Initializing');
    expect(log.messages('error')).toEqual(['The shards cannot be initialized.']);
  });

  test('while it ticks makes the backend Failed, in words', async () => {
    const { hosted, log, grantTo } = host({ workerFile: breakingAt(30) });
    await hosted.initializeShards(settled);
    hosted.startTicking();
    grantTo(1000);
    await expect.poll(() => hosted.state, POLL).toBe('Failed');
    expect(hosted.failure).toBe('a kernel thread failed: it broke');
    expect(hosted.isTicking).toBe(false);
    expect(log.messages('error')).toEqual(['Ticking has failed; the shards stand.']);
  });

  test('leaves the process able to hold the next topology', async () => {
    const memory = new KernelMemory();
    const first = host({ workerFile: breakingAt(5), memory });
    await first.hosted.initializeShards(settled);
    first.hosted.startTicking();
    first.grantTo(1000);
    await expect.poll(() => first.hosted.state, POLL).toBe('Failed');
    const next = host({ memory });
    await next.hosted.initializeShards(first.hosted.drop());
    next.hosted.startTicking();
    next.grantTo(20);
    await expect.poll(() => next.hosted.state, POLL).toBe('AtHorizon');
    expect(next.hosted.shards?.tick).toBe(20);
  });
});

describe('shards that start in a later state, on threads,', () => {
  const world = new SingleWorld(spec);
  for (let i = 0; i < 30; i++) world.step();
  const { origin, cells } = stateOf(world);
  const of = { ...topology, origin };

  test('are told of one by one, and go on as one piece does', async () => {
    let asked: OriginRequest | undefined;
    let arrive = () => {};
    const originCells: OriginCells = (request) =>
      new Promise((resolve) => {
        asked = request;
        arrive = resolve;
      });
    const { hosted, grantTo } = host({ of, originCells });
    const initializing = hosted.initializeShards(settled);
    await expect.poll(() => asked, POLL).toBeDefined();
    expect(hosted.initializedShards).toBe(0);
    asked?.blocks.forEach(cells);
    asked?.onShards(5);
    expect(hosted.initializedShards).toBe(5);
    arrive();
    await initializing;
    expect(hosted.initializedShards).toBe(12);
    hosted.startTicking();
    grantTo(100);
    await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(100);
    expect(hosted.samples.samples.at(-1)?.digest).toBe(expectedDigest(100, spec));
  });

  test('are not initialised where threads cannot start, and may be tried again', async () => {
    const workerFile = new URL('data:text/javascript,throw new Error("it broke")');
    const { hosted } = host({ of, workerFile, originCells: originCellsOf({ cells }) });
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    expect(hosted.state).toBe('Initializing');
    expect(hosted.shards).toBeUndefined();
  });

  test('are given up at once when the topology is dropped while their cells are awaited', async () => {
    let isAwaited = false;
    const originCells: OriginCells = ({ signal }) =>
      new Promise((_resolve, reject) => {
        isAwaited = true;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const { hosted, log } = host({ of, originCells });
    const initializing = hosted.initializeShards(settled);
    await expect.poll(() => isAwaited, POLL).toBe(true);
    await hosted.drop();
    await initializing;
    expect(hosted.shards).toBeUndefined();
    expect(log.messages('error')).toEqual([]);
  });
});

test('topologies that are dropped leave neither threads nor memories behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const tasks = '/proc/self/task';
  const countThreads = () => (existsSync(tasks) ? readdirSync(tasks).length : 0);
  const memory = new KernelMemory();
  let residentBytes = 0;
  const engines: (WeakRef<Engine> | undefined)[] = [];
  let threadsBefore = 0;
  for (let round = 0; round <= 20; round++) {
    if (round === 1) threadsBefore = countThreads();
    const { hosted, grantTo, engine } = host({ threads: 1, memory });
    // Some while they are initialised, some while they tick.
    const initializing = hosted.initializeShards(settled);
    if (round % 3 !== 0) {
      await initializing;
      hosted.startTicking();
      grantTo(10);
      // Not by `expect.poll`, which keeps what it looks at until the test is over.
      while (hosted.state !== 'AtHorizon') await clock.sleep(1);
    }
    await hosted.drop();
    await initializing;
    if (round === 1) residentBytes = memory.buffer.byteLength;
    engines.push(engine());
    all.length = 0;
  }
  // Leaving one each they would be twenty; the runtime may start one or two of its own.
  expect(countThreads()).toBeLessThan(threadsBefore + 5);
  expect(memory.buffer.byteLength).toBe(residentBytes);
  // What the last rounds made may still lie on the stack.
  const alive = () => {
    collect();
    return engines.filter((ref) => ref?.deref() !== undefined).length;
  };
  await expect.poll(alive, POLL).toBeLessThan(5);
});
