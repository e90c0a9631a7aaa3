import {
  ACTION_RING,
  BLANK_RANK,
  BLOCK_COLOUR,
  BLOCK_FOOD,
  BLOCK_STRIDE,
  DIRECTION_VECTORS,
  INTENT_RING,
  KIN_RING,
  MAY_BITS,
  RANK_RING,
  SPAN,
} from '../memory-layout';
import { pickVector, withDirection } from './pick';
import { firstCell, ringRow } from './scratch';

/*
 * Neighbours are loaded from a pointer one cell to the west, with offsets of 0, 1 and 2 cells: an
 * offset is part of the load instruction, while an addition would be one more.
 */

/** Which of 16 cells have the given colours. */
// @ts-ignore: decorator
@inline
function haveColour(
  west: usize,
  cells: usize,
  own0: v128,
  own1: v128,
  own2: v128,
  own3: v128,
): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(
      i32x4.eq(v128.load(west + 4 * cells), own0),
      i32x4.eq(v128.load(west + 4 * cells, 16), own1),
    ),
    i16x8.narrow_i32x4_s(
      i32x4.eq(v128.load(west + 4 * cells, 32), own2),
      i32x4.eq(v128.load(west + 4 * cells, 48), own3),
    ),
  );
}

/** Which of 16 cells have more food. */
// @ts-ignore: decorator
@inline
function haveMoreFood(west: usize, cells: usize, own0: v128, own1: v128): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.gt_s(v128.load(west + 2 * cells), own0),
    i16x8.gt_s(v128.load(west + 2 * cells, 16), own1),
  );
}

/** Directions in which a blank cell lies. */
// @ts-ignore: decorator
@inline
function blankNeighbours(scratch: usize, above: usize, here: usize, below: usize): v128 {
  const blank = v128.load(scratch, BLANK_RANK);
  let mask = i8x16.eq(v128.load(above, 2), blank);
  mask = withDirection(mask, i8x16.eq(v128.load(below), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(above), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(below, 2), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(above, 1), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(below, 1), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(here), blank));
  mask = withDirection(mask, i8x16.eq(v128.load(here, 2), blank));
  return i8x16.sub(i32x4.splat(0), mask);
}

/** Directions whose cell is blank or holds a larger creature. */
// @ts-ignore: decorator
@inline
function noVictims(above: usize, here: usize, below: usize): v128 {
  const own = v128.load(here, 1);
  let mask = i8x16.gt_s(v128.load(above, 2), own);
  mask = withDirection(mask, i8x16.gt_s(v128.load(below), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(above), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(below, 2), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(above, 1), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(below, 1), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(here), own));
  mask = withDirection(mask, i8x16.gt_s(v128.load(here, 2), own));
  return i8x16.sub(i32x4.splat(0), mask);
}

/**
 * Directions in which a cell has the same colour, among the four that lead ahead: E, S, SE and SW. The
 * other four are the same pairs of cells, seen from the other side.
 */
// @ts-ignore: decorator
@inline
function kinAhead(here: usize, below: usize): v128 {
  const a = v128.load(here, 4);
  const b = v128.load(here, 20);
  const c = v128.load(here, 36);
  const d = v128.load(here, 52);
  let mask = haveColour(below, 0, a, b, c, d);
  mask = withDirection(i8x16.add(mask, mask), haveColour(below, 2, a, b, c, d));
  mask = withDirection(i8x16.add(mask, mask), haveColour(below, 1, a, b, c, d));
  mask = withDirection(i8x16.add(mask, mask), haveColour(here, 2, a, b, c, d));
  return i8x16.sub(i32x4.splat(0), mask);
}

/** Directions W, N, NW and NE in which a cell has the same colour: each bit is twice its opposite. */
// @ts-ignore: decorator
@inline
function kinBehind(scratch: usize, kinOfWest: v128, kinAbove: usize): v128 {
  const east = v128.load(scratch, DIRECTION_VECTORS);
  const south = v128.load(scratch, DIRECTION_VECTORS + 32);
  const southEast = v128.load(scratch, DIRECTION_VECTORS + 64);
  const southWest = v128.load(scratch, DIRECTION_VECTORS + 96);
  const opposite = v128.or(
    v128.or(v128.and(kinOfWest, east), v128.and(v128.load(kinAbove, 1), south)),
    v128.or(v128.and(v128.load(kinAbove), southEast), v128.and(v128.load(kinAbove, 2), southWest)),
  );
  return i8x16.add(opposite, opposite);
}

/** Finds the kin of a row; `intendRow` of the row below needs those that lie ahead. */
export function findKin(block: usize, scratch: usize, row: i32): void {
  const span = <usize>load<u32>(scratch, SPAN);
  const colourRow = <usize>load<u32>(block, BLOCK_STRIDE) << 2;
  const west = firstCell(block, scratch, row) - 1;
  let colour = <usize>load<u32>(block, BLOCK_COLOUR) + (west << 2);
  let kin = ringRow(<usize>load<u32>(scratch, KIN_RING), span, row);
  const end = kin + span;
  do {
    v128.store(kin, kinAhead(colour, colour + colourRow));
    kin += 16;
    colour += 64;
  } while (kin < end);
}

/** Directions in which there is more food. */
// @ts-ignore: decorator
@inline
function richer(above: usize, here: usize, below: usize): v128 {
  const a = v128.load(here, 2);
  const b = v128.load(here, 18);
  let mask = haveMoreFood(above, 2, a, b);
  mask = withDirection(mask, haveMoreFood(below, 0, a, b));
  mask = withDirection(mask, haveMoreFood(above, 0, a, b));
  mask = withDirection(mask, haveMoreFood(below, 2, a, b));
  mask = withDirection(mask, haveMoreFood(above, 1, a, b));
  mask = withDirection(mask, haveMoreFood(below, 1, a, b));
  mask = withDirection(mask, haveMoreFood(here, 0, a, b));
  mask = withDirection(mask, haveMoreFood(here, 2, a, b));
  return i8x16.sub(i32x4.splat(0), mask);
}

/** Phase B of one row: each creature's claim as one direction bit, 0 if it has none. */
export function intendRow(block: usize, scratch: usize, row: i32): void {
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const span = <usize>load<u32>(scratch, SPAN);
  const west = firstCell(block, scratch, row) - 1;
  let colour = <usize>load<u32>(block, BLOCK_COLOUR) + (west << 2);
  let food = <usize>load<u32>(block, BLOCK_FOOD) + (west << 1);
  const ranks = <usize>load<u32>(scratch, RANK_RING);
  let rank = ringRow(ranks, span, row) - 1;
  const toAbove = ringRow(ranks, span, row - 1) - 1 - rank;
  const toBelow = ringRow(ranks, span, row + 1) - 1 - rank;
  const colourRow = stride << 2;
  const foodRow = stride << 1;
  let action = ringRow(<usize>load<u32>(scratch, ACTION_RING), span, row);
  let intent = ringRow(<usize>load<u32>(scratch, INTENT_RING), span, row);
  const kins = <usize>load<u32>(scratch, KIN_RING);
  let kin = ringRow(kins, span, row) - 1;
  const toKinAbove = ringRow(kins, span, row - 1) - 1 - kin;
  const zero = i32x4.splat(0);
  let lastAhead = zero;

  const end = rank + span;
  do {
    const ahead = kinAhead(colour, colour + colourRow);
    v128.store(kin, ahead, 1);
    const actions = v128.load(action);
    if (!v128.any_true(v128.and(actions, v128.load(scratch, MAY_BITS)))) {
      v128.store(intent, zero);
    } else {
      const above = rank + toAbove;
      const below = rank + toBelow;
      const triesToKill = i8x16.lt_s(i8x16.add(actions, actions), zero);
      let prey = zero;
      if (i8x16.bitmask(triesToKill)) {
        prey = v128.andnot(triesToKill, noVictims(above, rank, below));
        // The vector one cell to the west: most of it is not in the ring yet.
        const ofWest = i8x16.shuffle(lastAhead, ahead,
          15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
        const behind = kinBehind(scratch, ofWest, kin + toKinAbove);
        prey = v128.andnot(prey, v128.or(ahead, behind));
      }
      const ready = i8x16.lt_s(actions, zero);
      const moves = v128.andnot(i8x16.lt_s(i16x8.shl(actions, 2), zero), ready);
      let room = v128.and(
        v128.and(blankNeighbours(scratch, above, rank, below), v128.or(ready, moves)),
        i8x16.eq(prey, zero),
      );
      if (i8x16.bitmask(moves)) {
        room = v128.and(room, v128.or(ready, richer(food - foodRow, food, food + foodRow)));
      }
      v128.store(intent, pickVector(scratch, v128.or(prey, room), actions, zero));
    }
    lastAhead = ahead;
    kin += 16;
    rank += 16;
    colour += 64;
    food += 32;
    action += 16;
    intent += 16;
  } while (rank < end);
}
