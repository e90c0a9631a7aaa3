import { compileKernel } from '../../scripts/lib/kernel.mjs';
import { loadKernel } from '../../services/kernel/load-kernel.ts';
import { WasmEngine } from '../../services/kernel/wasm-engine.ts';
import { RADIUS } from '../../services/world/tick/tick.ts';
import { LocalColony } from './local-colony.ts';

const SHARD_SIZE = 250;
/** Of a backend that has all shards. */
const HALO = RADIUS;
const SMALL = { width: 1000, height: 1000 };
const LARGE = { width: 4000, height: 2500 };
/** By then nothing of the start is needed any more, and every buffer has been used. */
const SETTLED_TICK = 20;

export interface MemoryResult {
  /** What a backend grows by for each cell more; null where that cannot be known. */
  bytesPerCell: number | null;
  /** Of the kernel's memory alone: packed cells, halos and padding. */
  kernelBytesPerCell: number;
  processBytes: { cells: number; bytes: number | null }[];
}

/** What a cell takes, in the kernel's memory and in the process of a backend. */
export async function benchMemory(): Promise<MemoryResult> {
  const small = await backendBytes(SMALL);
  const large = await backendBytes(LARGE);
  const more = small.bytes === null || large.bytes === null ? null : large.bytes - small.bytes;
  return {
    bytesPerCell: more === null ? null : more / (large.cells - small.cells),
    kernelBytesPerCell: await kernelBytesPerCell(),
    processBytes: [small, large],
  };
}

function backendBytes({ width, height }: typeof SMALL) {
  return LocalColony.run({ backends: 1 }, async (colony) => {
    await colony.start({ width, height, shardSize: SHARD_SIZE, seed: 1 });
    await colony.ticksTo(SETTLED_TICK);
    return { cells: width * height, bytes: colony.backendBytes() };
  });
}

async function kernelBytesPerCell(): Promise<number> {
  const engine = new WasmEngine(loadKernel(await compileKernel(process.cwd())));
  const shards = 40;
  const before = engine.memory.usedBytes;
  for (let shard = 0; shard < shards; shard++) {
    engine.createBlock({
      ...{ x: 0, y: 0, width: SHARD_SIZE, height: SHARD_SIZE, halo: HALO },
      ...{ worldWidth: 2000, worldHeight: 1250 },
    });
  }
  return (engine.memory.usedBytes - before) / (shards * SHARD_SIZE ** 2);
}
