import { beforeEach, describe, expect, test } from 'vitest';
import { HostedTopology } from '../../../../services/backend/hosting/hosted-topology.ts';
import { Grant } from '../../../../services/backend/ticking/grant.ts';
import type { Engine } from '../../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../../services/kernel/kernel-memory.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../../services/kernel/wasm-engine.ts';
import { digestOf } from '../../../../services/world/measuring/digest.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { kernelModule } from '../../../support/kernel/kernel.ts';
import { noPeers } from '../halos/no-peers.ts';
import { topologyOf } from '../topology-fixture.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 128, height: 128, shardSize: 32 };
const owners = Array<number>(16).fill(0);
const settled = Promise.resolve();

let clock: VirtualClock;
let log: MemoryLog;
let grant: Grant;
let hosted: HostedTopology;
beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  grant = new Grant();
  hosted = host(() => new ReferenceEngine());
});

function host(createEngine: () => Engine, threads = 1): HostedTopology {
  const parts = { clock, log, haloTransport: noPeers, createEngine, threads };
  return new HostedTopology(
    topologyOf({ width: spec.width, height: spec.height, shardSize: 32, owners }),
    0,
    spec,
    grant,
    parts,
  );
}

const digests = () => hosted.shards?.blocks.map(digestOf);
let grants = 0;
const grantTo = (horizon: number) => {
  grant.apply({ epoch: 1, number: ++grants, horizon, ticksPerSecond: null }, 0);
  hosted.wake();
};

describe('HostedTopology', () => {
  test('goes from Initializing through Ready to AtHorizon', async () => {
    expect(hosted.state).toBe('Initializing');
    await hosted.initializeShards(settled);
    expect(hosted.state).toBe('Ready');
    hosted.startTicking();
    await clock.advance(100);
    expect(hosted.state).toBe('AtHorizon');
  });

  test('cannot tick before its shards are initialised', () => {
    expect(() => hosted.startTicking()).toThrow('cannot tick while bare');
  });

  test('waits with initialising for the end of what was before', async () => {
    let end = () => {};
    const before = new Promise<void>((resolve) => {
      end = resolve;
    });
    const initializing = hosted.initializeShards(before);
    await clock.advance(1_000);
    expect(hosted.shards).toBeUndefined();
    end();
    await initializing;
    expect(hosted.shards?.size).toBe(16);
  });

  test('answers other work while it initialises: no more than a block without a pause', async () => {
    hosted = host(() => new ReferenceEngine(), 8);
    let turns = 0;
    let isOver = false;
    const others = (async () => {
      while (!isOver) {
        await clock.yieldToIo();
        turns++;
      }
    })();
    await hosted.initializeShards(settled);
    expect(hosted.shards?.blocks.length).toBeGreaterThan(3);
    expect(turns).toBeGreaterThan(3);
    isOver = true;
    await others;
  });

  test('once dropped in the middle of a tick, it writes nothing any more', async () => {
    await hosted.initializeShards(settled);
    hosted.startTicking();
    grantTo(1000);
    while (hosted.shards?.tick !== 3) await clock.yieldToIo();
    await hosted.drop();
    const before = digests();
    grantTo(2000);
    await clock.advance(10_000);
    expect(digests()).toEqual(before);
  });

  test('dropped while it is being initialised, it never has shards', async () => {
    const initializing = hosted.initializeShards(settled);
    await hosted.drop();
    await initializing;
    expect(hosted.shards).toBeUndefined();
  });

  test('shards that cannot be allocated are an error that can be tried again', async () => {
    const original = clock.yieldToIo;
    clock.yieldToIo = () => Promise.reject(new RangeError('Array buffer allocation failed'));
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    expect(hosted.failure).toContain('Array buffer allocation failed');
    expect(log.messages('error')).toEqual(['The shards cannot be initialized.']);
    clock.yieldToIo = original;
    await hosted.initializeShards(settled);
    expect(hosted.state).toBe('Ready');
    expect(hosted.failure).toBeUndefined();
  });
});

describe('the memory of topologies', () => {
  let memory: KernelMemory;
  const onKernel = () => host(() => new WasmEngine(kernelModule, { memory }));
  beforeEach(() => {
    memory = new KernelMemory();
  });

  test('is that of the one before, whether that was dropped while it was initialised or ticked', async () => {
    await hosted.initializeShards(settled);
    const genesis = digests();
    let dropped = settled;
    let residentBytes = 0;
    for (let round = 0; round < 20; round++) {
      hosted = onKernel();
      const initializing = hosted.initializeShards(dropped);
      if (round % 3 !== 1) {
        await initializing;
        expect(digests()).toEqual(genesis);
        residentBytes ||= memory.buffer.byteLength;
      }
      if (round % 3 === 2) {
        hosted.startTicking();
        grantTo(1000 * round);
        while ((hosted.shards?.tick ?? 0) < 3) await clock.yieldToIo();
      }
      dropped = hosted.drop();
    }
    await dropped;
    expect(memory.buffer.byteLength).toBe(residentBytes);
  });

  test('is given back when they cannot be initialised', async () => {
    hosted = onKernel();
    const original = clock.yieldToIo;
    clock.yieldToIo = () => Promise.reject(new RangeError('Array buffer allocation failed'));
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    clock.yieldToIo = original;
    await hosted.initializeShards(settled);
    expect(hosted.state).toBe('Ready');
  });
});
