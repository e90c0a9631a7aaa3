import type { BlockExtent, CellBlock } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import type { CellParcel, RasterPlan } from '../world/cells/cell-parcel.ts';
import type { SquareSampler } from '../world/measuring/square-sampler.ts';
import type { Statistics } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import type { PoolPlan, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/**
 * Owns the blocks of a process and runs their ticks. They are blocks of services/world, so everything
 * there (genesis, copies, layers, digest) works on them too; they live until the engine is closed.
 *
 * Work that repeats at every tick or exchange is prepared once: preparing checks the rectangles and
 * stores them, and running them checks nothing.
 */
export interface Engine {
  readonly name: 'reference' | 'wasm';

  /**
   * Creates an empty block: no food, no terrain, no creatures. Rows may be longer than width + 2 · halo.
   *
   * @throws RangeError if there is no room for it.
   */
  createBlock(extent: BlockExtent): CellBlock;

  /**
   * Allocates a parcel in the same memory as the blocks, all zero.
   *
   * @param headerBytes room in front of it, a multiple of 4. @default 0
   * @throws RangeError if there is no room for it.
   */
  createParcel(plans: readonly RasterPlan[], headerBytes?: number): CellParcel;

  /**
   * Advances a block of this engine from state t to state t + ticks; see `tickBlock` of
   * services/world. Each tick narrows the valid margin by RADIUS cells.
   *
   * @param ticks under the same rules. @default 1
   */
  tick(block: CellBlock, rules: Rules, seed: number, tick: number, ticks?: number): void;

  /** Creates the worker pool for some of its blocks. */
  createPool(plan: PoolPlan, options: WorkerPoolOptions): WorkerPool;

  /**
   * Closes everything that it created and frees its memory for another engine; its blocks may no
   * longer be used. Closing it twice does nothing.
   */
  close(): void;

  /** See `digestOf` of services/world. */
  digestOf(block: CellBlock): bigint;

  /** See `statisticsOf` of services/world. */
  statisticsOf(block: CellBlock, tick: number): Statistics;

  /** Creates what samples its blocks for pictures, once they are all there. */
  createSampler(): SquareSampler;

  /**
   * Prepares copies of cells among blocks and parcels of this engine.
   *
   * @returns a function that makes the copies, in the order given.
   * @throws RangeError if a rectangle leaves its block.
   */
  prepareCopies(copies: readonly CellCopy[]): () => void;
}
