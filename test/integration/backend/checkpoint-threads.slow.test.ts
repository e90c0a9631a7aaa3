import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreFrom } from '../../../services/backend/checkpoints/restore.ts';
import { ThreadWriter } from '../../../services/backend/checkpoints/thread-writer.ts';
import { packingOf } from '../../../services/backend/checkpoints/writer-thread.ts';
import type { HaloTransport } from '../../../services/backend/halos/halo-transport.ts';
import { HostedTopology } from '../../../services/backend/hosting/hosted-topology.ts';
import { shardSetSize, stagingOf } from '../../../services/backend/shards/shard-blocks.ts';
import { Grant } from '../../../services/backend/ticking/grant.ts';
import { createEngine, type KernelName } from '../../../services/kernel/create-engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { createCompression } from '../../../services/platform/snapshots/compression.ts';
import {
  createSnapshotStore,
  type SnapshotStoreConfig,
} from '../../../services/platform/snapshots/create-snapshot-store.ts';
import type { Topology } from '../../../services/protocol/layout/topology.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { bundle } from '../../support/bundle.ts';
import { manifestOf, publish, type Written } from '../../support/checkpoints.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { topologyOf } from '../../unit/backend/topology-fixture.ts';
import { expectedDigest } from './harness.ts';

const checkpointWorker = await bundle('services/backend/checkpoint.worker.ts');

/** Threads work on real time; here there is one backend, which needs no others. */
const spec = { ...DEFAULT_WORLD_SPEC, width: 128, height: 96, shardSize: 32, seed: 3 };
const topology = topologyOf({
  ...{ width: spec.width, height: spec.height, shardSize: 32 },
  owners: Array<number>(12).fill(0),
});
const clock = new SystemClock();
const settled = Promise.resolve();
const POLL = { timeout: 60_000, interval: 5 };

let folder: string;
let store: SnapshotStoreConfig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  store = { kind: 'files', root: folder };
});

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true });
});

interface Options {
  of?: Topology;
  kernel?: KernelName;
  workerFile?: string | URL;
  memoryLimitBytes?: number;
}

function host({
  of = topology,
  kernel = 'wasm',
  workerFile = checkpointWorker,
  memoryLimitBytes = 2 ** 40,
}: Options = {}) {
  const log = new MemoryLog();
  const grant = new Grant();
  const module = kernelModule;
  const threads = 2;
  const writer = new ThreadWriter({ data: { store, module }, clock, workerFile });
  const memory = new KernelMemory();
  const hosted = new HostedTopology(of, 0, spec, grant, {
    ...{ clock, log, haloTransport: {} as HaloTransport, memoryLimitBytes },
    threads: kernel === 'wasm' ? threads : 1,
    checkpoints: { writer, colonyName: 'test' },
    originCells: restoreFrom({
      ...{ store: createSnapshotStore(store), compression: createCompression(), clock },
      packing: () => packingOf(module),
    }),
    createEngine: () => createEngine(kernel, { module, threads, workerFile: kernelWorker, memory }),
  });
  endings.push(async () => {
    await hosted.drop();
    await writer.close();
  });
  let heartbeats = 0;
  /** What a heartbeat does. */
  const beat = (horizon: number, checkpointTick?: number) => {
    const number = ++heartbeats;
    if (checkpointTick !== undefined) {
      const begun = hosted.shards?.ticksBegun ?? hosted.tick;
      hosted.checkpointing.ask({ tick: checkpointTick, epoch: 1, number }, begun);
    }
    grant.apply({ epoch: 1, number, horizon, ticksPerSecond: null }, 0);
    hosted.wake();
  };
  const start = async () => {
    await hosted.initializeShards(settled);
    hosted.startTicking();
  };
  const stateOfCheckpoint = () => hosted.checkpointing.report?.state;
  return { hosted, beat, start, log, stateOfCheckpoint };
}

/** The digest of the state of tick 200 that a topology reaches. */
async function digestAt200({ hosted, beat }: ReturnType<typeof host>): Promise<string | undefined> {
  beat(200);
  await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(200);
  return hosted.samples.samples.at(-1)?.digest;
}

/** Room for the shards and for one slot: twelve rounds. */
const tight = shardSetSize(
  topology,
  0,
  2,
  stagingOf(topology, 0, { threads: 2, memoryLimitBytes: 0 }),
);

test.each<[string, Options]>([
  ['threads, all at once', {}],
  ['threads, round after round', { memoryLimitBytes: tight.bytes }],
  ['the readable kernel', { kernel: 'reference' }],
])('a thread writes what %s copied out, while the world ticks on', async (_name, options) => {
  const first = host(options);
  await first.start();
  first.beat(150, 50);
  await expect.poll(first.stateOfCheckpoint, POLL).toBe('written');
  await expect.poll(() => first.hosted.tick, POLL).toBe(150);
  const report = first.hosted.checkpointing.report as Written;
  const origin = await publish(createSnapshotStore(store), manifestOf(topology, [report]));

  const second = host({ of: { ...topology, topologyVersion: 2, ticksPerExchange: 4, origin } });
  await second.start();
  expect(second.hosted.tick).toBe(50);
  expect(await digestAt200(second)).toBe(expectedDigest(200, spec));
  expect(await digestAt200(first)).toBe(expectedDigest(200, spec));
});

describe('ticking goes on', () => {
  test.each<[string, string | URL, RegExp]>([
    [
      'cannot be started',
      new URL('data:text/javascript,throw new Error("it broke")'),
      /the thread for checkpoints failed: it broke/,
    ],
    [
      'ends',
      new URL('data:text/javascript,process.exit(3)'),
      /the thread for checkpoints ended, with code 3/,
    ],
  ])('when the thread for checkpoints %s', async (_name, workerFile, reason) => {
    const one = host({ workerFile });
    await one.start();
    one.beat(150, 50);
    await expect.poll(one.stateOfCheckpoint, POLL).toBe('failed');
    expect(one.hosted.checkpointing.report).toMatchObject({
      reason: expect.stringMatching(reason),
    });
    expect(await digestAt200(one)).toBe(expectedDigest(200, spec));
  });

  test('when the folder cannot be written', async () => {
    const file = join(folder, 'no folder');
    writeFileSync(file, '');
    store = { kind: 'files', root: file };
    const one = host();
    await one.start();
    one.beat(150, 50);
    await expect.poll(one.stateOfCheckpoint, POLL).toBe('failed');
    expect(one.hosted.checkpointing.report).toMatchObject({
      reason: expect.stringContaining('STORE_UNAVAILABLE: '),
    });
    expect(await digestAt200(one)).toBe(expectedDigest(200, spec));
  });

  test('while the thread for checkpoints hangs, which is ended once it is in the way of the next topology', async () => {
    const hanging = new URL('data:text/javascript,for (;;);');
    const one = host({ workerFile: hanging });
    await one.start();
    one.beat(60, 50);
    await expect.poll(() => one.hosted.tick, POLL).toBe(60);
    expect(one.stateOfCheckpoint()).toBe('pending');
    // It would never let go of the cells that are the next topology's memory.
    await one.hosted.drop();
  });

  test('while it is in a system call that does not return, and the next topology is taken all the same', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const opening = `import { openSync } from 'node:fs'; openSync(${JSON.stringify(pipe)}, 'r');`;
    const one = host({ workerFile: new URL(`data:text/javascript,${opening}`) });
    // Without this the process could not end.
    endings.push(async () => closeSync(openSync(pipe, 'r+')));
    await one.start();
    one.beat(60, 50);
    await expect.poll(() => one.hosted.tick, POLL).toBe(60);
    await one.hosted.drop();
    const next = host({ of: { ...topology, topologyVersion: 2 } });
    await next.start();
    expect(await digestAt200(next)).toBe(expectedDigest(200, spec));
  });
});
