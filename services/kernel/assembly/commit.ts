import {
  ACTION_RING,
  BLOCK_BIRTH,
  BLOCK_COLOUR,
  BLOCK_HEALTH,
  BLOCK_LINEAGE,
  BLOCK_SIZE,
  BLOCK_STRIDE,
  BLOCK_TRAITS,
  COLUMN_KEYS,
  GRANT_RING,
  ROW_KEYS,
  SPAN,
  STEPS,
} from '../memory-layout';
import { mix } from './random';
import { claimList, KILLED, killList } from './resolve';
import { COLOUR_SHIFT, firstCell, KILL_GAIN, MAX_HEALTH, MAX_SIZE, ringRow, rule } from './scratch';

/** Action bits of a creature whose child is a mutant, if it has one. */
const MUTANT: u32 = 0x90;

/**
 * For claims in one direction: the step to the claimant, and the address of its action, less the
 * target's column.
 */
// @ts-ignore: decorator
@inline
function setStep(
  scratch: usize,
  stride: usize,
  span: usize,
  row: i32,
  direction: usize,
  stepX: i32,
  stepY: i32,
): void {
  const entry = scratch + (direction << 3);
  const actions = <usize>load<u32>(scratch, ACTION_RING);
  store<i32>(entry, -(stepY * <i32>stride + stepX), STEPS);
  store<usize>(entry, ringRow(actions, span, row - stepY) - stepX, STEPS + 4);
}

function setSteps(scratch: usize, stride: usize, span: usize, row: i32): void {
  setStep(scratch, stride, span, row, 1, 1, 0);
  setStep(scratch, stride, span, row, 2, -1, 0);
  setStep(scratch, stride, span, row, 4, 0, 1);
  setStep(scratch, stride, span, row, 8, 0, -1);
  setStep(scratch, stride, span, row, 16, 1, 1);
  setStep(scratch, stride, span, row, 32, -1, -1);
  setStep(scratch, stride, span, row, 64, -1, 1);
  setStep(scratch, stride, span, row, 128, 1, -1);
}

/** Colour channel plus what a byte of the draw makes of it. */
// @ts-ignore: decorator
@inline
function shiftChannel(channel: u32, byte: u32, shift: i32): u32 {
  const change = (<i32>(byte * (2 * shift + 1)) >> 8) - shift;
  return <u32>min(255, max(0, <i32>channel + change));
}

/** services/world/mutation.ts. */
function mutate(block: usize, scratch: usize, child: usize, draw: u32): void {
  const size = <usize>load<u32>(block, BLOCK_SIZE) + child;
  const traits = <usize>load<u32>(block, BLOCK_TRAITS) + child;
  const colour = <usize>load<u32>(block, BLOCK_COLOUR) + (child << 2);
  const kind = (draw >> 16) & 3;
  if (kind < 2) {
    const old = <u32>load<u8>(size);
    if (kind === 0) {
      if (old < rule(scratch, MAX_SIZE)) store<u8>(size, old + 1);
    } else if (old > 1) {
      store<u8>(size, old - 1);
    }
  } else {
    store<u8>(traits, load<u8>(traits) ^ (kind - 1));
  }
  const shift = <i32>rule(scratch, COLOUR_SHIFT);
  const bytes = mix(draw);
  const old = load<u32>(colour);
  const red = shiftChannel(old >> 16, bytes & 255, shift);
  const green = shiftChannel((old >> 8) & 255, (bytes >> 8) & 255, shift);
  const blue = shiftChannel(old & 255, (bytes >> 16) & 255, shift);
  const shifted = (red << 16) | (green << 8) | blue;
  store<u32>(colour, shifted === old ? old ^ 256 : shifted);
}

function commitKills(block: usize, scratch: usize, row: i32, from: usize, end: usize): void {
  const span = <usize>load<u32>(scratch, SPAN);
  const first = firstCell(block, scratch, row);
  const size = <usize>load<u32>(block, BLOCK_SIZE);
  const health = <usize>load<u32>(block, BLOCK_HEALTH);
  const grant = ringRow(<usize>load<u32>(scratch, GRANT_RING), span, row);
  const killGain = rule(scratch, KILL_GAIN);
  const maxHealth = rule(scratch, MAX_HEALTH);
  if (from === end) return;
  let entry = from;
  do {
    const column = <usize>load<u16>(entry);
    entry += 2;
    const target = first + column;
    const step = scratch + (<usize>load<u8>(grant + column) << 3);
    store<u8>(size + target, 0);
    if ((load<u8>(load<usize>(step, STEPS + 4) + column) & KILLED) !== 0) continue;
    const gain = (<u32>load<u16>(health + (target << 1)) * killGain) >> 8;
    const claimantHealth = health + ((target + load<i32>(step, STEPS)) << 1);
    store<u16>(claimantHealth, min(<u32>load<u16>(claimantHealth) + gain, maxHealth));
  } while (entry < end);
}

/**
 * Phase D of one row, as services/world/phase-commit.ts has it: the grants of its cells, which
 * change these and those next to them.
 *
 * @param events what `resolveRow` gave for the row.
 */
export function commitRow(block: usize, scratch: usize, row: i32, events: u32, tick: u32): void {
  if (events === 0) return;
  const span = <usize>load<u32>(scratch, SPAN);
  setSteps(scratch, <usize>load<u32>(block, BLOCK_STRIDE), span, row);
  const kills = killList(scratch, span, row);
  commitKills(block, scratch, row, kills, kills + (<usize>(events >> 16) << 1));

  const first = firstCell(block, scratch, row);
  const size = <usize>load<u32>(block, BLOCK_SIZE);
  const traits = <usize>load<u32>(block, BLOCK_TRAITS);
  const health = <usize>load<u32>(block, BLOCK_HEALTH);
  const birth = <usize>load<u32>(block, BLOCK_BIRTH);
  const colour = <usize>load<u32>(block, BLOCK_COLOUR);
  const lineage = <usize>load<u32>(block, BLOCK_LINEAGE);
  const grant = ringRow(<usize>load<u32>(scratch, GRANT_RING), span, row);
  const claims = claimList(scratch, span, row);
  // The kills are done: their list takes the columns of children that mutate.
  let mutant = kills;
  const end = claims + (<usize>(events & 0xffff) << 1);
  if (claims === end) return;
  let entry = claims;
  do {
    const column = <usize>load<u16>(entry);
    entry += 2;
    const target = first + column;
    const step = scratch + (<usize>load<u8>(grant + column) << 3);
    const action = <u32>load<u8>(load<usize>(step, STEPS + 4) + column);
    if ((action & KILLED) !== 0) continue;
    if ((action & MUTANT) === MUTANT) {
      store<u16>(mutant, <u16>column);
      mutant += 2;
    }
    const claimant = target + load<i32>(step, STEPS);
    // Without branches, for either is likely: all ones if it breeds, 0 if it moves away.
    const isKept = 0 - (action >> 7);
    const oldHealth = <u32>load<u16>(health + (claimant << 1));
    const kept = ((oldHealth + 1) >> 1) & isKept;
    store<u16>(health + (target << 1), oldHealth - kept);
    store<u16>(health + (claimant << 1), kept);
    const oldBirth = <u32>load<u16>(birth + (claimant << 1));
    store<u16>(birth + (target << 1), oldBirth ^ ((oldBirth ^ tick) & isKept));
    const oldSize = <u32>load<u8>(size + claimant);
    store<u8>(size + target, oldSize);
    store<u8>(size + claimant, oldSize & isKept);
    store<u8>(traits + target, load<u8>(traits + claimant));
    store<u32>(lineage + (target << 2), load<u32>(lineage + (claimant << 2)));
    store<u32>(colour + (target << 2), load<u32>(colour + (claimant << 2)));
  } while (entry < end);

  const columnKeys = <usize>load<u32>(scratch, COLUMN_KEYS);
  const rowKey = load<u32>(<usize>load<u32>(scratch, ROW_KEYS) + (<usize>row << 2));
  for (let entry = kills; entry < mutant; entry += 2) {
    const column = <usize>load<u16>(entry);
    const keys = rowKey + load<u32>(columnKeys + (column << 2));
    mutate(block, scratch, first + column, mix(keys ^ 0xa511e9b3));
  }
}
