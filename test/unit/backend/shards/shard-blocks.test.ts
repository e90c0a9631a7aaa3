import { describe, expect, test } from 'vitest';
import { blocksOf, shardSetSize } from '../../../../services/backend/shards/shard-blocks.ts';
import { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { WAVES_MAX } from '../../../../services/kernel/memory-layout.ts';
import { WasmEngine } from '../../../../services/kernel/wasm-engine.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { kernelModule } from '../../../support/kernel/kernel.ts';
import { topologyOf } from '../topology-fixture.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 256, height: 512, shardSize: 64 };
const owners = Array.from({ length: 32 }, (_, shard) => (shard < 20 ? 0 : 1));
const topology = topologyOf({
  width: 256,
  height: 512,
  shardSize: 64,
  owners,
  ticksPerExchange: 2,
});

describe('the blocks of a backend', () => {
  test('have the margin of the topology, and together its cells', () => {
    const blocks = blocksOf(topology, 0, 2);
    expect(blocks).toHaveLength(4);
    expect(new Set(blocks.map(({ halo }) => halo))).toEqual(new Set([6]));
    const cells = blocks.reduce((sum, { width, height }) => sum + width * height, 0);
    expect(cells).toBe(20 * 64 * 64);
  });

  test('take the bytes that they are said to, and no more addresses', async () => {
    const engine = new WasmEngine(kernelModule);
    const { signal } = new AbortController();
    const parts = { clock: new VirtualClock(), engine, signal, threads: 3 };
    await ShardSet.allocate(topology, 0, spec, parts);
    const { bytes, addressBytes } = shardSetSize(topology, 0, 3);
    // Besides: the scratches of a thread, and what is written down of copies.
    for (const [taken, said] of [
      [engine.memory.usedBytes, bytes],
      [engine.memory.endAddress, addressBytes],
    ] as const) {
      expect(taken).toBeGreaterThan(said);
      expect(taken - said).toBeLessThan(WAVES_MAX * 64 * 1024);
    }
  });
});
