import {
  ACTION_RING,
  BLOCK_HEALTH,
  BLOCK_PLANES,
  BLOCK_PLANE_CLASS,
  BLOCK_SIZE,
  BLOCK_STRIDE,
  COLUMN_KEYS,
  GRANT_RING,
  PLANE_BIRTH,
  PLANE_CELLS_MIN,
  PLANE_COLOUR,
  PLANE_HEALTH,
  PLANE_LINEAGE,
  PLANE_SIZE,
  PLANE_SLACK_CELLS,
  PLANE_TRAITS,
  ROW_KEYS,
  SPAN,
  STEPS,
} from '../memory-layout';
import {
  BIRTHS,
  countInRow,
  DEATHS_KILLED,
  interiorColumns,
  interiorEntries,
  MOVES,
  MUTATIONS,
  sumOfHalves,
} from './changes';
import { mutate } from './mutation';
import { mix } from './random';
import { claimList, KILLED, killList } from './resolve';
import { firstCell, KILL_GAIN, MAX_HEALTH, ringRow, rule } from './scratch';

/** The action bit of a creature that is ready to breed. */
const BREEDS: u32 = 0x80;
/** The action bits of a creature whose child, if it has one, is a mutant. */
const MUTANT: u32 = 0x90;

/**
 * For claims in one direction: the step to the claimant, and the address of its action minus the
 * column of its target.
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

function commitKills(block: usize, scratch: usize, row: i32, from: usize, end: usize): void {
  const span = <usize>load<u32>(scratch, SPAN);
  const first = firstCell(block, scratch, row);
  const size = <usize>load<u32>(block, BLOCK_SIZE);
  const health = <usize>load<u32>(block, BLOCK_HEALTH);
  const grant = ringRow(<usize>load<u32>(scratch, GRANT_RING), span, row);
  const killGain = rule(scratch, KILL_GAIN);
  const maxHealth = rule(scratch, MAX_HEALTH);
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

/** Cells from plane to plane in class 4 · fours + ones; the sizes of the two types give the digits. */
// @ts-ignore: decorator
@inline
function planeCells<Fours, Ones>(): usize {
  const planeClass = 4 * ctz<usize>(sizeof<Fours>()) + ctz<usize>(sizeof<Ones>());
  return (<usize>PLANE_CELLS_MIN << planeClass) + PLANE_SLACK_CELLS;
}

/**
 * Carries out the claims of a row, and leaves the actions of the claimants where its kills were listed.
 *
 * A claim moves six fields from cell to cell. If the compiler knows the distances between planes, each
 * access is one instruction; otherwise each needs an addition, and more base addresses than there are
 * registers. So this is compiled once for each size of planes. The size is passed as two type
 * parameters (see `planeCells`), because only generics are compiled more than once.
 */
function commitClaims<Fours, Ones>(
  block: usize,
  scratch: usize,
  row: i32,
  claims: usize,
  end: usize,
  tick: u32,
): void {
  const base = <usize>load<u32>(block, BLOCK_PLANES);
  const first = firstCell(block, scratch, row);
  const span = <usize>load<u32>(scratch, SPAN);
  const grant = ringRow(<usize>load<u32>(scratch, GRANT_RING), span, row);
  const toActions = killList(scratch, span, row) - claims;
  let entry = claims;
  do {
    const column = <usize>load<u16>(entry);
    const step = scratch + (<usize>load<u8>(grant + column) << 3);
    const action = <u32>load<u8>(load<usize>(step, STEPS + 4) + column);
    // Births, moves and mutations are told by it afterwards: here registers are short.
    store<u16>(entry + toActions, <u16>action);
    entry += 2;
    if ((action & KILLED) !== 0) continue;
    const target = first + column;
    const claimant = target + load<i32>(step, STEPS);
    const target1 = base + target;
    const target2 = base + (target << 1);
    const target4 = base + (target << 2);
    const claimant1 = base + claimant;
    const claimant2 = base + (claimant << 1);
    const claimant4 = base + (claimant << 2);
    // Without a branch, for both are likely: all ones if it breeds, 0 if it moves away.
    const isKept = 0 - (action >> 7);
    const oldHealth = <u32>load<u16>(claimant2, PLANE_HEALTH * planeCells<Fours, Ones>());
    const kept = ((oldHealth + 1) >> 1) & isKept;
    store<u16>(target2, oldHealth - kept, PLANE_HEALTH * planeCells<Fours, Ones>());
    store<u16>(claimant2, kept, PLANE_HEALTH * planeCells<Fours, Ones>());
    const oldBirth = <u32>load<u16>(claimant2, PLANE_BIRTH * planeCells<Fours, Ones>());
    const newBirth = oldBirth ^ ((oldBirth ^ tick) & isKept);
    store<u16>(target2, newBirth, PLANE_BIRTH * planeCells<Fours, Ones>());
    const oldSize = <u32>load<u8>(claimant1, PLANE_SIZE * planeCells<Fours, Ones>());
    store<u8>(target1, oldSize, PLANE_SIZE * planeCells<Fours, Ones>());
    store<u8>(claimant1, oldSize & isKept, PLANE_SIZE * planeCells<Fours, Ones>());
    const traits = load<u8>(claimant1, PLANE_TRAITS * planeCells<Fours, Ones>());
    store<u8>(target1, traits, PLANE_TRAITS * planeCells<Fours, Ones>());
    const lineage = load<u32>(claimant4, PLANE_LINEAGE * planeCells<Fours, Ones>());
    store<u32>(target4, lineage, PLANE_LINEAGE * planeCells<Fours, Ones>());
    store<u32>(target4, load<u32>(claimant4, PLANE_COLOUR), PLANE_COLOUR);
  } while (entry < end);
}

/**
 * Counts the births and moves of a row, and mutates the children that are to be mutants.
 *
 * @param actions of the claimants, as `commitClaims` leaves them.
 * @param columns of the cells that they claimed.
 */
function settleClaims(
  block: usize,
  scratch: usize,
  row: i32,
  actions: usize,
  end: usize,
  columns: usize,
): void {
  const zero = i32x4.splat(0);
  const fate = i16x8.splat(<i16>(BREEDS | KILLED));
  const bred = i16x8.splat(<i16>BREEDS);
  const mutantFate = i16x8.splat(<i16>(MUTANT | KILLED));
  const mutant = i16x8.splat(<i16>MUTANT);
  // Behind the list nothing is claimed.
  v128.store(end, i16x8.splat(<i16>KILLED));
  let births = zero;
  let moves = zero;
  let mutations = zero;
  do {
    const eight = v128.load(actions);
    const interior = interiorColumns(scratch, columns);
    const fates = v128.and(eight, fate);
    births = i16x8.sub(births, v128.and(i16x8.eq(fates, bred), interior));
    moves = i16x8.sub(moves, v128.and(i16x8.eq(fates, zero), interior));
    const mutants = i16x8.eq(v128.and(eight, mutantFate), mutant);
    if (i8x16.bitmask(mutants) !== 0) {
      mutations = i16x8.sub(mutations, v128.and(mutants, interior));
      mutateAll(block, scratch, row, columns, i16x8.bitmask(mutants));
    }
    actions += 16;
    columns += 16;
  } while (actions < end);
  countInRow(block, row, BIRTHS, sumOfHalves(births));
  countInRow(block, row, MOVES, sumOfHalves(moves));
  countInRow(block, row, MUTATIONS, sumOfHalves(mutations));
}

/** Mutates the children of some of eight columns. */
function mutateAll(block: usize, scratch: usize, row: i32, columns: usize, which: i32): void {
  const first = firstCell(block, scratch, row);
  const columnKeys = <usize>load<u32>(scratch, COLUMN_KEYS);
  const rowKey = load<u32>(<usize>load<u32>(scratch, ROW_KEYS) + (<usize>row << 2));
  for (; which !== 0; which &= which - 1) {
    const column = <usize>load<u16>(columns + (<usize>ctz(which) << 1));
    const keys = rowKey + load<u32>(columnKeys + (column << 2));
    mutate(block, scratch, first + column, mix(keys ^ 0xa511e9b3));
  }
}

/** Calls the `commitClaims` compiled for the planes of a block. */
function commitClaimsOf(
  block: usize,
  scratch: usize,
  row: i32,
  claims: usize,
  end: usize,
  tick: u32,
): void {
  switch (load<u32>(block, BLOCK_PLANE_CLASS)) {
    case 0: return commitClaims<i8, i8>(block, scratch, row, claims, end, tick);
    case 1: return commitClaims<i8, i16>(block, scratch, row, claims, end, tick);
    case 2: return commitClaims<i8, i32>(block, scratch, row, claims, end, tick);
    case 3: return commitClaims<i8, i64>(block, scratch, row, claims, end, tick);
    case 4: return commitClaims<i16, i8>(block, scratch, row, claims, end, tick);
    case 5: return commitClaims<i16, i16>(block, scratch, row, claims, end, tick);
    case 6: return commitClaims<i16, i32>(block, scratch, row, claims, end, tick);
    case 7: return commitClaims<i16, i64>(block, scratch, row, claims, end, tick);
    case 8: return commitClaims<i32, i8>(block, scratch, row, claims, end, tick);
    case 9: return commitClaims<i32, i16>(block, scratch, row, claims, end, tick);
    case 10: return commitClaims<i32, i32>(block, scratch, row, claims, end, tick);
    case 11: return commitClaims<i32, i64>(block, scratch, row, claims, end, tick);
    case 12: return commitClaims<i64, i8>(block, scratch, row, claims, end, tick);
    case 13: return commitClaims<i64, i16>(block, scratch, row, claims, end, tick);
    case 14: return commitClaims<i64, i32>(block, scratch, row, claims, end, tick);
    case 15: return commitClaims<i64, i64>(block, scratch, row, claims, end, tick);
  }
  unreachable();
}

/**
 * Phase D of one row (services/world/tick/phase-commit.ts): carries out the grants of its cells, which
 * changes these cells and their neighbours.
 *
 * @param events the result of `resolveRow` for the row.
 */
export function commitRow(block: usize, scratch: usize, row: i32, events: u32, tick: u32): void {
  if (events === 0) return;
  const span = <usize>load<u32>(scratch, SPAN);
  setSteps(scratch, <usize>load<u32>(block, BLOCK_STRIDE), span, row);
  const kills = killList(scratch, span, row);
  const killsEnd = kills + (<usize>(events >> 16) << 1);
  if (kills !== killsEnd) {
    countInRow(block, row, DEATHS_KILLED, interiorEntries(scratch, kills, killsEnd));
    commitKills(block, scratch, row, kills, killsEnd);
  }
  const claims = claimList(scratch, span, row);
  const end = claims + (<usize>(events & 0xffff) << 1);
  if (claims === end) return;
  commitClaimsOf(block, scratch, row, claims, end, tick);
  settleClaims(block, scratch, row, kills, kills + (end - claims), claims);
}
