import { isLess } from '../arithmetic/branchless.ts';
import type { CellBlock } from '../cells/cell-block.ts';
import { PICK, positionOf } from './directions.ts';
import {
  ACTION_BREED,
  ACTION_KILL,
  ACTION_MOVE,
  ACTION_PICK,
  type TickScratch,
} from './tick-scratch.ts';

/** 1 if a creature of this size and colour can kill that one, else 0: by their sign bits. */
function isPrey(size: number, colour: number, otherSize: number, otherColour: number): number {
  const isAlive = -otherSize;
  const isNotLarger = ~(size - otherSize);
  const isForeign = -(colour ^ otherColour);
  return (isAlive & isNotLarger & isForeign) >>> 31;
}

/**
 * Phase B: each candidate claims one neighbour: prey, else a blank cell for a child, else a blank
 * cell with more food to move to. Changes no cell.
 *
 * @param offsets index steps to the neighbours by bit position.
 * @returns how many targets (claimed cells) were listed.
 */
export function intend(
  block: CellBlock,
  scratch: TickScratch,
  offsets: Int32Array,
  candidateCount: number,
): number {
  const { stride, food, size, colour } = block;
  const { action, claim, candidates, targets } = scratch;
  let targetCount = 0;

  for (let k = 0; k < candidateCount; k++) {
    const i = candidates[k]!;
    const above = i - stride;
    const below = i + stride;
    const may = action[i]!;
    const e = size[i + 1]!;
    const w = size[i - 1]!;
    const s = size[below]!;
    const n = size[above]!;
    const se = size[below + 1]!;
    const nw = size[above - 1]!;
    const sw = size[below - 1]!;
    const ne = size[above + 1]!;
    let mask = 0;

    if ((may & ACTION_KILL) !== 0) {
      const own = size[i]!;
      const mark = colour[i]! | 0;
      mask =
        isPrey(own, mark, e, colour[i + 1]!) |
        (isPrey(own, mark, w, colour[i - 1]!) << 1) |
        (isPrey(own, mark, s, colour[below]!) << 2) |
        (isPrey(own, mark, n, colour[above]!) << 3) |
        (isPrey(own, mark, se, colour[below + 1]!) << 4) |
        (isPrey(own, mark, nw, colour[above - 1]!) << 5) |
        (isPrey(own, mark, sw, colour[below - 1]!) << 6) |
        (isPrey(own, mark, ne, colour[above + 1]!) << 7);
    }
    if (mask === 0) {
      if ((may & (ACTION_BREED | ACTION_MOVE)) === 0) continue;
      mask =
        isLess(e, 1) |
        (isLess(w, 1) << 1) |
        (isLess(s, 1) << 2) |
        (isLess(n, 1) << 3) |
        (isLess(se, 1) << 4) |
        (isLess(nw, 1) << 5) |
        (isLess(sw, 1) << 6) |
        (isLess(ne, 1) << 7);
      if (mask !== 0 && (may & ACTION_BREED) === 0) {
        const here = food[i]!;
        mask &=
          isLess(here, food[i + 1]!) |
          (isLess(here, food[i - 1]!) << 1) |
          (isLess(here, food[below]!) << 2) |
          (isLess(here, food[above]!) << 3) |
          (isLess(here, food[below + 1]!) << 4) |
          (isLess(here, food[above - 1]!) << 5) |
          (isLess(here, food[below - 1]!) << 6) |
          (isLess(here, food[above + 1]!) << 7);
      }
      if (mask === 0) continue;
    }

    const direction = PICK[(mask << 3) | (may & ACTION_PICK)]!;
    const target = i + offsets[positionOf(direction)]!;
    const claims = claim[target]!;
    if (claims === 0) targets[targetCount++] = target;
    claim[target] = claims | direction;
  }
  return targetCount;
}
