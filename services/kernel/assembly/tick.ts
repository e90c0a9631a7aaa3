import {
  BLOCK_ROWS,
  BLOCK_STRIDE,
  INTENT_RING,
  NEXT_SCRATCH,
  RESOLVED,
  RING_ROWS,
} from '../memory-layout';
import { commitRow } from './commit';
import { findKin, intendRow } from './intend';
import { liveRow } from './live';
import { setKeys } from './random';
import { resolveRow } from './resolve';
import { ringRow, setRules } from './scratch';

/** Nobody of a row aims at anything. */
function clearRow(ring: usize, stride: usize, row: i32): void {
  const start = ringRow(ring, stride, row);
  memory.fill(start, 0, stride);
}

/** The bytes between the rows of a ring: neighbours that are not there. */
function clearGaps(ring: usize, stride: usize): void {
  for (let row = 0; row <= RING_ROWS; row++) {
    v128.store(ring + <usize>row * (stride + 16), i32x4.splat(0));
  }
}

/** Rows that a wave is behind the one before: what lies there that one has done with. */
const LAG: i32 = 4;
/** Cells at the edge that a tick leaves undone, for want of neighbours. */
const RADIUS: i32 = 3;

/**
 * One step of a wave, which takes rows `first` to `last` one state further. Row by row, all phases in
 * one sweep: A has to be one row ahead of B, B one ahead of C, and D changes cells one row around its
 * own, which B must have read.
 *
 *     row    j     j−1      j−2       j−3
 *     phase  live  intend   resolve   commit
 *
 * The outermost rows intend nothing, for they lack neighbours, and nor does who would stand beside a
 * row. So every claimant is a cell of the wave, and phase D writes nowhere else.
 */
function advance(block: usize, scratch: usize, row: i32, first: i32, last: i32, birth: u32): void {
  if (row < first || row > last + 2) return;
  if (row <= last) liveRow(block, scratch, row);
  if (row === first) {
    findKin(block, scratch, row);
    store<u32>(scratch, 0, RESOLVED);
    return;
  }
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const intents = <usize>load<u32>(scratch, INTENT_RING);
  if (row - 1 > first && row - 1 < last) intendRow(block, scratch, row - 1);
  else if (row - 1 === first || row - 1 === last) clearRow(intents, stride, row - 1);
  const events = load<u32>(scratch, RESOLVED);
  store<u32>(
    scratch,
    row - 2 > first && row - 2 < last ? resolveRow(block, scratch, row - 2) : 0,
    RESOLVED,
  );
  commitRow(block, scratch, row - 3, events, birth);
}

/**
 * Takes a block from state t to state t + ticks: `tickBlock` of services/world/tick.ts, so many times.
 * Each tick is a wave over the rows, a few rows behind the one before and one RADIUS less at the
 * edges, so that a cell is fetched once for all of them. The waves' scratches are chained.
 */
export function tick(block: usize, scratch: usize, seed: u32, tick: u32, ticks: i32): void {
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const last = <i32>load<u32>(block, BLOCK_ROWS) - 1;
  const firstScratch = scratch;
  for (let wave = 0; wave < ticks; wave++) {
    setRules(scratch, firstScratch);
    setKeys(block, scratch, seed, tick + wave);
    clearGaps(<usize>load<u32>(scratch, INTENT_RING), stride);
    scratch = <usize>load<u32>(scratch, NEXT_SCRATCH);
  }
  const steps = last + 3 + LAG * (ticks - 1);
  for (let step = 0; step < steps; step++) {
    scratch = firstScratch;
    for (let wave = 0; wave < ticks; wave++) {
      const edge = RADIUS * wave;
      advance(block, scratch, step - LAG * wave, edge, last - edge, (tick + wave) & 0xffff);
      scratch = <usize>load<u32>(scratch, NEXT_SCRATCH);
    }
  }
}
