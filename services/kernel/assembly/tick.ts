import {
  BLOCK_ROWS,
  BLOCK_STRIDE,
  INTENT_RING,
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

/**
 * Takes a block from state t to state t + 1: `tickBlock` of services/world/tick.ts. Row by row, all
 * phases in one sweep: A has to be one row ahead of B, B one ahead of C, and D changes cells one row
 * around its own, which B must have read.
 *
 *     row    j     j−1      j−2       j−3
 *     phase  live  intend   resolve   commit
 *
 * The block's outermost rows intend nothing, for they lack neighbours, and nor does who would stand
 * beside a row. So every claimant is a cell of the block, and phase D writes nowhere else.
 */
export function tick(block: usize, scratch: usize, seed: u32, tick: u32): void {
  setRules(scratch);
  setKeys(block, scratch, seed, tick);
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const last = <i32>load<u32>(block, BLOCK_ROWS) - 1;
  const intents = <usize>load<u32>(scratch, INTENT_RING);
  clearGaps(intents, stride);
  clearRow(intents, stride, 0);
  const birth = tick & 0xffff;
  let events: u32 = 0;

  liveRow(block, scratch, 0);
  findKin(block, scratch, 0);
  for (let row = 1; row <= last + 2; row++) {
    if (row <= last) liveRow(block, scratch, row);
    if (row - 1 >= 1 && row - 1 < last) intendRow(block, scratch, row - 1);
    else if (row - 1 === last) clearRow(intents, stride, last);
    const resolved = row - 2 >= 1 && row - 2 < last ? resolveRow(block, scratch, row - 2) : 0;
    if (row - 3 >= 1) commitRow(block, scratch, row - 3, events, birth);
    events = resolved;
  }
}
