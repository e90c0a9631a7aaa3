/** What the tests of a pool share: a world on an engine, and who works on it. */
import { afterEach, expect } from 'vitest';
import type { Engine } from '../../../services/kernel/engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import type { WorkerPool } from '../../../services/kernel/worker-pool.ts';
import type {
  BlockExtent,
  CellBlock,
  CellRaster,
} from '../../../services/world/cells/cell-block.ts';
import { type CellCopy, copyCells } from '../../../services/world/cells/cell-copy.ts';
import { haloPieces } from '../../../services/world/cells/halo-pieces.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import { RADIUS } from '../../../services/world/tick/tick.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { difference } from '../../support/kernel/kernel-worlds.ts';
import { partition, scatter, specOf, wholeBlock } from '../world/worlds.ts';

const created: WorkerPool[] = [];
afterEach(async () => {
  await Promise.all(created.splice(0).map((pool) => pool.close()));
});

/** Has a pool closed at the end of the test. */
export const closeLater = (pool: WorkerPool) => created.push(pool);

export const threadedEngine = (
  threads: number,
  more: { spins?: number; workerFile?: string | URL } = {},
) => new WasmEngine(kernelModule, { workerFile: kernelWorker, ...more, threads });

/** A world on an engine, and who works on it. */
export function createPool(
  engine: Engine,
  spec: WorldSpec,
  extents: readonly BlockExtent[],
  k = 1,
  signal = new AbortController().signal,
  awaited = 0,
) {
  const blocks = extents.map((e) => engine.createBlock({ ...e, halo: RADIUS * k }));
  const border = blocks.slice(0, awaited);
  const turns = [0, 1].map(() => turnOf(engine, blocks, border));
  const pool = engine.createPool(
    { spec, blocks, turns, awaited },
    { signal, yieldToIo: async () => {} },
  );
  closeLater(pool);
  const packed = turns.flatMap((turn) => turn.packed);
  const arrive = (seed: number) => {
    turns.forEach((turn, i) => {
      turn.arrive(seed + i);
    });
  };
  return { blocks, pool, packed, arrive };
}

/** What is copied in one turn: the western margins come from elsewhere. */
function turnOf(engine: Engine, blocks: readonly CellBlock[], border: readonly CellBlock[]) {
  const fills: CellCopy[] = blocks.flatMap((target) =>
    blocks.flatMap((source) =>
      haloPieces(target, source).map((piece) => ({ ...piece, source, target })),
    ),
  );
  const arriving = engine.createParcel(
    blocks.map(({ halo, rows }) => ({ width: halo, height: rows })),
  );
  blocks.forEach((target, i) => {
    const source = arriving.rasters[i] as CellRaster;
    const { width, height } = source;
    const at = { sourceX: 0, sourceY: 0, targetX: -target.halo, targetY: -target.halo };
    fills.push({ source, target, ...at, width, height });
  });
  const arrive = (seed: number) => {
    for (const target of arriving.rasters) {
      const { width, height } = target;
      const source = wholeBlock(width, height, 0);
      scatter(source, seed, DEFAULT_RULES);
      const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0 };
      copyCells({ source, target, ...at, width, height });
    }
  };
  // Others get the whole of each block that they wait for.
  const parcel = engine.createParcel(border);
  const packs = border.map((source, i): CellCopy => {
    const { width, height } = source;
    const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0 };
    return { source, target: parcel.rasters[i] as CellRaster, ...at, width, height };
  });
  return { fills, packs, packed: parcel.rasters, arrive };
}

/** All cells of the first ones are those of the others. */
export function expectSame(some: readonly CellRaster[], others: readonly CellRaster[]): void {
  some.forEach((cells, i) => {
    expect(difference(cells, others[i] as CellRaster)).toBeUndefined();
  });
}

/** A world in nine blocks. */
export const spec = specOf({ width: 96, height: 64, shardSize: 32, seed: 5 });
export const nine = partition(wholeBlock(96, 64, 0), [31, 60], [20, 40], 0);
export const step = (tick: number) => ({ tick, rules: DEFAULT_RULES, fillTurn: 0 });
