import type { CellBlock } from '../cells/cell-block.ts';
import { CHANGE_NAMES, type Changes, COUNTER, EMPTY_CHANGES } from '../cells/change-counters.ts';

export { CHANGE_NAMES, type Changes, COUNTER, EMPTY_CHANGES } from '../cells/change-counters.ts';

/**
 * Counts a change in a cell of a block, unless the cell lies in the margin: it is then counted by the
 * block that has it in its interior.
 *
 * @param change one of `COUNTER`.
 * @param i index of the cell in which it happens.
 */
export function countChange(block: CellBlock, change: number, i: number): void {
  const { halo, width, height, stride, changes } = block;
  const row = ((i / stride) | 0) - halo;
  const column = (i % stride) - halo;
  const isInterior = row >= 0 && row < height && column >= 0 && column < width;
  if (isInterior) changes[change] = changes[change]! + 1;
}

/** What happened in a block's interior since this was called last, or since the block was created. */
export function takeChanges({ changes }: CellBlock): Changes {
  const taken = { ...EMPTY_CHANGES };
  for (const name of CHANGE_NAMES) taken[name] = changes[COUNTER[name]]!;
  changes.fill(0);
  return taken;
}

/** The changes of two disjoint parts of a world together, or of one part in two spans of time. */
export function mergeChanges(a: Changes, b: Changes): Changes {
  const merged = { ...EMPTY_CHANGES };
  for (const name of CHANGE_NAMES) merged[name] = a[name] + b[name];
  return merged;
}

/** By how many creatures a population grew. */
export function growthOf(changes: Changes): number {
  const { births, created } = changes;
  const { deathsStarved, deathsAccident, deathsKilled, deathsExtinct, deathsOverwritten } = changes;
  const deaths = deathsStarved + deathsAccident + deathsKilled + deathsExtinct + deathsOverwritten;
  return births + created - deaths;
}
