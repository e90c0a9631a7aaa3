import {
  BLOCK_HALO,
  BLOCK_ROWS,
  BLOCK_STRIDE,
  BLOCK_WIDTH,
  FILL_CURSOR,
  FIRST_COLUMN,
  INTENT_RING,
  NEXT_SCRATCH,
  PACK_CURSOR,
  RESOLVED,
  RING_ROWS,
  SPAN,
} from '../memory-layout';
import { setInterior } from './changes';
import { commitRow } from './commit';
import { copyRow, openCursor } from './copy';
import { findKin, intendRow } from './intend';
import { liveRow } from './live';
import { setKeys } from './random';
import { resolveRow } from './resolve';
import { ringRow, setRules } from './scratch';

/** No creature of a row claims anything. */
function clearRow(scratch: usize, row: i32): void {
  const span = <usize>load<u32>(scratch, SPAN);
  memory.fill(ringRow(<usize>load<u32>(scratch, INTENT_RING), span, row), 0, span);
}

/** Clears the bytes between rows of intents: neighbours that do not exist. */
function clearGaps(scratch: usize): void {
  const ring = <usize>load<u32>(scratch, INTENT_RING);
  const span = <usize>load<u32>(scratch, SPAN);
  for (let row = 0; row <= RING_ROWS; row++) {
    v128.store(ring + <usize>row * (span + 16), i32x4.splat(0));
  }
}

/** How many rows a wave is behind the one before, which is done with those rows. */
const LAG: i32 = 4;
/** Cells at the edge that a tick cannot compute, for want of neighbours. */
const RADIUS: i32 = 3;

/**
 * One step of a wave, which advances rows `first` to `last` by one state. All phases run in one sweep:
 * A must be one row ahead of B, B one ahead of C, and D changes cells of the rows around its own,
 * which B must have read.
 *
 *     row    j     j−1      j−2       j−3
 *     phase  live  intend   resolve   commit
 *
 * The outermost rows claim nothing, because they lack neighbours, and neither do cells beyond the ends
 * of a row. So every claimant is a cell of the wave, and phase D writes nowhere else.
 */
function advance(block: usize, scratch: usize, row: i32, first: i32, last: i32, birth: u32): void {
  if (row < first || row > last + 2 || last < first) return;
  if (row <= last) liveRow(block, scratch, row);
  if (row === first) {
    findKin(block, scratch, row);
    store<u32>(scratch, 0, RESOLVED);
    return;
  }
  if (row - 1 > first && row - 1 < last) intendRow(block, scratch, row - 1);
  else if (row - 1 === first || row - 1 === last) clearRow(scratch, row - 1);
  const events = load<u32>(scratch, RESOLVED);
  const hasClaims = row - 2 > first && row - 2 < last;
  store<u32>(scratch, hasClaims ? resolveRow(scratch, row - 2) : 0, RESOLVED);
  commitRow(block, scratch, row - 3, events, birth);
}

/** Sets up the scratch of a wave, which leaves out the cells that the waves before could not compute. */
function openWave(block: usize, scratch: usize, wave: i32, words: usize, seed: u32, tick: u32): void {
  const columns = <i32>(load<u32>(block, BLOCK_WIDTH) + 2 * load<u32>(block, BLOCK_HALO));
  const stride = <i32>load<u32>(block, BLOCK_STRIDE);
  const edge = RADIUS * wave;
  const span = (max(0, columns - 2 * edge) + 15) & ~15;
  // Never beyond the end of a row: the wave before still needs the start of the next one.
  store<u32>(scratch, min(edge, stride - span), FIRST_COLUMN);
  store<u32>(scratch, span, SPAN);
  setInterior(block, scratch);
  setRules(scratch, words);
  setKeys(block, scratch, seed, tick);
  clearGaps(scratch);
}

/**
 * Advances a block from state t to state t + ticks: `tickBlock` of services/world/tick/tick.ts, so many
 * times. Each tick is a wave over the rows, a few rows behind the one before and RADIUS cells narrower
 * at each edge, so that a cell is fetched once for all of them. The waves' scratches are chained.
 *
 * The copies of `fills` bring cells into rows just before these are read, and those of `packs` take
 * them from rows that are done, both while the rows are in the cache. Both lists are sorted by the
 * first row of this block that they touch.
 */
export function tick(
  block: usize,
  scratch: usize,
  seed: u32,
  tick: u32,
  ticks: i32,
  fills: usize,
  fillCount: u32,
  packs: usize,
  packCount: u32,
): void {
  const last = <i32>load<u32>(block, BLOCK_ROWS) - 1;
  const firstScratch = scratch;
  for (let wave = 0; wave < ticks; wave++) {
    openWave(block, scratch, wave, firstScratch, seed, tick + wave);
    scratch = <usize>load<u32>(scratch, NEXT_SCRATCH);
  }
  openCursor(firstScratch + FILL_CURSOR, fills, fillCount);
  openCursor(firstScratch + PACK_CURSOR, packs, packCount);
  copyRow(firstScratch + FILL_CURSOR, 0);
  // So far behind, a wave is done with the rows.
  const behind = LAG * ticks;
  for (let step = 0; step <= last + behind; step++) {
    // One row more than phase A needs: the first row's kin are in the second.
    copyRow(firstScratch + FILL_CURSOR, step + 1);
    scratch = firstScratch;
    for (let wave = 0; wave < ticks; wave++) {
      const edge = RADIUS * wave;
      advance(block, scratch, step - LAG * wave, edge, last - edge, (tick + wave) & 0xffff);
      scratch = <usize>load<u32>(scratch, NEXT_SCRATCH);
    }
    if (step >= behind) copyRow(firstScratch + PACK_CURSOR, step - behind);
  }
}
