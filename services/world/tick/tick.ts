import { columnKey, columnTickKey, rowKey, rowTickKey } from '../arithmetic/randomness.ts';
import { type CellBlock, wrap } from '../cells/cell-block.ts';
import type { Rules } from '../spec/rules.ts';
import { STEP_X, STEP_Y } from './directions.ts';
import { commit } from './phase-commit.ts';
import { intend } from './phase-intend.ts';
import { live } from './phase-live.ts';
import { resolve } from './phase-resolve.ts';
import type { TickScratch } from './tick-scratch.ts';

export { createTickScratch, type TickScratch } from './tick-scratch.ts';

/** Margin cells used up per tick: nothing reaches further. A halo of 3·k cells carries k ticks. */
export const RADIUS = 3;

const offsets = new Int32Array(8);

/**
 * Takes a block from state t to state t + 1, in place, nothing allocated. The whole block is
 * computed, margin included; afterwards the outermost 3 rings that were still valid are not any
 * more. So from a margin of 3·k valid cells, the interior is right after k calls, whatever the
 * world's size and whatever stood beyond.
 *
 * @param scratch at least as large as the block; may be shared by blocks ticked one after another.
 * @param tick t, the number of the state the block is in.
 */
export function tickBlock(
  block: CellBlock,
  scratch: TickScratch,
  rules: Rules,
  seed: number,
  tick: number,
): void {
  const { stride, rows } = block;
  const cells = stride * rows;
  if (cells > scratch.cells || Math.max(stride, rows) > scratch.columnKeys.length) {
    throw new RangeError(`a block of ${stride}x${rows} cells, scratch for ${scratch.cells}`);
  }
  setKeys(block, scratch, seed, tick);
  for (let position = 0; position < 8; position++) {
    offsets[position] = STEP_X[position]! + STEP_Y[position]! * stride;
  }
  scratch.claim.fill(0, 0, cells);

  const candidateCount = live(block, scratch, rules);
  const targetCount = intend(block, scratch, offsets, candidateCount);
  resolve(block, scratch, targetCount);
  commit(block, scratch, offsets, rules, tick, targetCount);
}

/** X[x] and Y[y] for every column and row of the block, by global coordinates. */
function setKeys(block: CellBlock, scratch: TickScratch, seed: number, tick: number): void {
  const { x, y, halo, worldWidth, worldHeight, stride, rows } = block;
  const ofColumns = columnTickKey(seed, tick);
  const ofRows = rowTickKey(ofColumns);
  for (let column = 0; column < stride; column++) {
    scratch.columnKeys[column] = columnKey(ofColumns, wrap(x + column - halo, worldWidth));
  }
  for (let row = 0; row < rows; row++) {
    scratch.rowKeys[row] = rowKey(ofRows, wrap(y + row - halo, worldHeight));
  }
}
