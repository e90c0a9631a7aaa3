import {
  type CellBlock,
  copyCells,
  createCellBlock,
  packCells,
  unpackCells,
} from '../world/cell-block.ts';
import { digestOf } from '../world/digest.ts';
import type { Rules } from '../world/rules.ts';
import { statisticsOf } from '../world/statistics.ts';
import { createTickScratch, type TickScratch, tickBlock } from '../world/tick.ts';
import type { Engine } from './engine.ts';
import { InlineWorkforce } from './inline-workforce.ts';
import { assertCopies, assertRectangles, type CellCopy, type CellRectangle } from './rectangles.ts';
import type { Workforce, WorkforceOptions, WorkPlan } from './workforce.ts';

/** services/world itself: the readable specification, slower, but with nothing to compile. */
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

  muster(plan: WorkPlan, options: WorkforceOptions): Workforce {
    return new InlineWorkforce(this, plan, options);
  }

  /** Its blocks go when nobody has them any more. */
  close(): void {}

  prepareCopies(copies: readonly CellCopy[]): () => void {
    assertCopies(copies);
    return () => {
      for (const c of copies) {
        const { source, sourceX, sourceY, target, targetX, targetY, width, height } = c;
        copyCells(source, sourceX, sourceY, target, targetX, targetY, width, height);
      }
    };
  }

  preparePack(rectangles: readonly CellRectangle[]) {
    assertRectangles(rectangles);
    return (out: Uint8Array, offset: number) =>
      rectangles.reduce(
        (end, r) => packCells(r.block, r.x, r.y, r.width, r.height, out, end),
        offset,
      );
  }

  prepareUnpack(rectangles: readonly CellRectangle[]) {
    assertRectangles(rectangles);
    return (bytes: Uint8Array, offset: number) =>
      rectangles.reduce(
        (end, r) => unpackCells(r.block, r.x, r.y, r.width, r.height, bytes, end),
        offset,
      );
  }
}
