import {
  BLOCK_CHANGES,
  BLOCK_HALO,
  BLOCK_HEIGHT,
  BLOCK_WIDTH,
  COLUMN_INTERIOR,
  COLUMN_VECTOR_BYTES,
  COLUMN_VECTORS,
  FIRST_COLUMN,
  INTERIOR_LIMIT,
  INTERIOR_OFFSET,
  SPAN,
} from '../memory-layout';

// The counts of services/world/measuring/changes.ts: what happens in the interior of a block.

/** The counters, in the order of `Changes`. */
export const BIRTHS = 0, DEATHS_STARVED = 1, DEATHS_ACCIDENT = 2, DEATHS_KILLED = 3, MOVES = 7,
  MUTATIONS = 8;

/** Counts changes of a row, unless it is of the margin. */
// @ts-ignore: decorator
@inline
export function countInRow(block: usize, row: i32, change: i32, times: u32): void {
  if (<u32>(row - load<i32>(block, BLOCK_HALO)) >= load<u32>(block, BLOCK_HEIGHT)) return;
  const counter = block + (<usize>change << 3);
  store<f64>(counter, load<f64>(counter, BLOCK_CHANGES) + <f64>times, BLOCK_CHANGES);
}

/** Marks the columns of a wave that are of the interior. */
export function setInterior(block: usize, scratch: usize): void {
  const span = load<i32>(scratch, SPAN);
  const margin = load<i32>(block, BLOCK_HALO) - load<i32>(scratch, FIRST_COLUMN);
  const first = min(span, max(0, margin));
  const end = min(span, max(0, margin + load<i32>(block, BLOCK_WIDTH)));
  // A column c is one of them if c − offset < limit: the comparison has a sign.
  v128.store(scratch, i16x8.splat(<i16>(first + 0x8000)), INTERIOR_OFFSET);
  v128.store(scratch, i16x8.splat(<i16>(end - first - 0x8000)), INTERIOR_LIMIT);
  let columns = <usize>load<u32>(scratch, COLUMN_VECTORS);
  for (let column = 0; column < span; column += 16, columns += COLUMN_VECTOR_BYTES) {
    const from = max(first, column) - column;
    const to = min(end, column + 16) - column;
    const isWhole = to - from === 16;
    v128.store(columns, i8x16.splat(isWhole ? -1 : 0), COLUMN_INTERIOR);
    if (!isWhole && from < to) memory.fill(columns + COLUMN_INTERIOR + from, 0xff, to - from);
  }
}

/** Which of the eight columns at an address are of the interior. */
// @ts-ignore: decorator
@inline
export function interiorColumns(scratch: usize, columns: usize): v128 {
  const offset = v128.load(scratch, INTERIOR_OFFSET);
  return i16x8.lt_s(
    i16x8.sub(v128.load(columns), offset),
    v128.load(scratch, INTERIOR_LIMIT),
  );
}

/** How many columns of a list are of the interior. What is behind it is lost. */
export function interiorEntries(scratch: usize, list: usize, end: usize): u32 {
  v128.store(end, i16x8.splat(-1));
  let sum = i32x4.splat(0);
  do {
    sum = i16x8.sub(sum, interiorColumns(scratch, list));
    list += 16;
  } while (list < end);
  return sumOfHalves(sum);
}

/** The sum of the bytes of a vector. */
// @ts-ignore: decorator
@inline
export function sumOfBytes(bytes: v128): u32 {
  return sumOfHalves(i16x8.extadd_pairwise_i8x16_u(bytes));
}

/** The sum of the 16-bit lanes of a vector. */
// @ts-ignore: decorator
@inline
export function sumOfHalves(halves: v128): u32 {
  const words = i32x4.extadd_pairwise_i16x8_u(halves);
  return (
    i32x4.extract_lane(words, 0) +
    i32x4.extract_lane(words, 1) +
    i32x4.extract_lane(words, 2) +
    i32x4.extract_lane(words, 3)
  );
}
