import { type CellBlock, createCellBlock } from '../world/cells/cell-block.ts';
import { assertCopy, type CellCopy, copyCells } from '../world/cells/cell-copy.ts';
import {
  type CellParcel,
  parcelBytes,
  type RasterPlan,
  viewParcel,
} from '../world/cells/cell-parcel.ts';
import { digestOf } from '../world/measuring/digest.ts';
import { PlainSampler } from '../world/measuring/plain-sampler.ts';
import { statisticsOf } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import { createTickScratch, type TickScratch, tickBlock } from '../world/tick/tick.ts';
import type { Engine } from './engine.ts';
import { InlinePool } from './inline-pool.ts';
import type { PoolPlan, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/** Runs services/world itself: the readable specification, slower, but needing no compiler. */
export class ReferenceEngine implements Engine {
  readonly name = 'reference';
  #scratch: TickScratch = createTickScratch(0);

  createBlock = createCellBlock;
  digestOf = digestOf;
  statisticsOf = statisticsOf;

  tick(block: CellBlock, rules: Rules, seed: number, tick: number, ticks = 1): void {
    const { stride, rows } = block;
    const side = Math.max(stride, rows);
    if (stride * rows > this.#scratch.cells || side > this.#scratch.columnKeys.length) {
      this.#scratch = createTickScratch(stride * rows, side);
    }
    for (let i = 0; i < ticks; i++) tickBlock(block, this.#scratch, rules, seed, tick + i);
  }

  createSampler(): PlainSampler {
    return new PlainSampler();
  }

  createPool(plan: PoolPlan, options: WorkerPoolOptions): WorkerPool {
    return new InlinePool(this, plan, options);
  }

  /** Frees nothing: its blocks are ordinary objects, left to the garbage collector. */
  close(): void {}

  createParcel(plans: readonly RasterPlan[], headerBytes = 0): CellParcel {
    return viewParcel(new ArrayBuffer(headerBytes + parcelBytes(plans)), 0, plans, headerBytes);
  }

  prepareCopies(copies: readonly CellCopy[]): () => void {
    copies.forEach(assertCopy);
    return () => copies.forEach(copyCells);
  }
}
