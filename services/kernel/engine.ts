import type { BlockExtent, CellBlock } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import type { CellParcel, RasterPlan } from '../world/cells/cell-parcel.ts';
import type { Statistics } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import type { PoolPlan, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/**
 * What runs the ticks of a process's blocks. Its blocks are blocks of services/world, and everything
 * there (genesis, copies, layers, digest) works on them too; they live until the engine is closed.
 *
 * What is done at every tick or exchange is prepared once: the rectangles are checked and written
 * down, and running them checks nothing any more.
 */
export interface Engine {
  readonly name: 'reference' | 'wasm';

  /**
   * An empty block: no food, no terrain, no creatures. Its rows may be longer than width + 2 · halo.
   *
   * @throws RangeError if it cannot be held.
   */
  createBlock(extent: BlockExtent): CellBlock;

  /**
   * Room for a parcel where its blocks are, all zero.
   *
   * @param headerBytes room before it, a multiple of 4. @default 0
   * @throws RangeError if it cannot be held.
   */
  createParcel(plans: readonly RasterPlan[], headerBytes?: number): CellParcel;

  /**
   * Takes a block of this engine from state t to state t + ticks; see `tickBlock` of services/world.
   * Each tick leaves a margin that is RADIUS cells narrower.
   *
   * @param ticks under the same rules. @default 1
   */
  tick(block: CellBlock, rules: Rules, seed: number, tick: number, ticks?: number): void;

  /** Creates the worker pool for some of its blocks. */
  createPool(plan: PoolPlan, options: WorkerPoolOptions): WorkerPool;

  /**
   * Gives back what its blocks took, which another engine may then have. All that it created is
   * closed, and its blocks are no longer in use. Closing it twice does nothing.
   */
  close(): void;

  /** See `digestOf` of services/world. */
  digestOf(block: CellBlock): bigint;

  /** See `statisticsOf` of services/world. */
  statisticsOf(block: CellBlock, tick: number): Statistics;

  /**
   * Prepares copies of cells among blocks and parcels of this engine.
   *
   * @returns runs them in their order.
   * @throws RangeError if a rectangle leaves its block.
   */
  prepareCopies(copies: readonly CellCopy[]): () => void;
}
