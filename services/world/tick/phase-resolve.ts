import { cellDraw } from '../arithmetic/randomness.ts';
import type { CellBlock } from '../cells/cell-block.ts';
import { PICK } from './directions.ts';
import type { TickScratch } from './tick-scratch.ts';

/** Phase C: each claimed cell is granted to one of its claimants, by the draw of that cell. */
export function resolve(block: CellBlock, scratch: TickScratch, targetCount: number): void {
  const { stride } = block;
  const { columnKeys, rowKeys, claim, targets } = scratch;
  for (let k = 0; k < targetCount; k++) {
    const target = targets[k]!;
    const claims = claim[target]!;
    if ((claims & (claims - 1)) === 0) continue;
    const row = (target / stride) | 0;
    const draw = cellDraw(columnKeys[target - row * stride]!, rowKeys[row]!);
    claim[target] = PICK[(claims << 3) | (draw & 7)]!;
  }
}
