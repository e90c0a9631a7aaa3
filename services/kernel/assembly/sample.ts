import {
  BLOCK_BIRTH,
  BLOCK_COLOUR,
  BLOCK_EXTRA_FOOD,
  BLOCK_FOOD,
  BLOCK_HEALTH,
  BLOCK_LINEAGE,
  BLOCK_SIZE,
  BLOCK_TRAITS,
  SAMPLE_AGE,
  SAMPLE_CAN_KILL,
  SAMPLE_CAN_MOVE,
  SAMPLE_COLOUR,
  SAMPLE_COST,
  SAMPLE_EXTRA_FOOD,
  SAMPLE_FOOD,
  SAMPLE_HEALTH,
  SAMPLE_LINEAGE,
} from '../memory-layout';

/** Of four cells of a row, a step apart; where fewer are left, the last one again. */
// @ts-ignore: decorator
@inline
function lane(cell: usize, step: usize, left: usize, index: usize): usize {
  return cell + min(index, left - 1) * step;
}

// @ts-ignore: decorator
@inline
function bytesOf(field: usize, cell: usize, step: usize, left: usize): v128 {
  if (step == 1) {
    return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(field + cell)));
  }
  let words = i32x4.splat(load<u8>(field + cell));
  words = i32x4.replace_lane(words, 1, load<u8>(field + lane(cell, step, left, 1)));
  words = i32x4.replace_lane(words, 2, load<u8>(field + lane(cell, step, left, 2)));
  return i32x4.replace_lane(words, 3, load<u8>(field + lane(cell, step, left, 3)));
}

// @ts-ignore: decorator
@inline
function halvesOf(field: usize, cell: usize, step: usize, left: usize): v128 {
  if (step == 1) return v128.load16x4_u(field + (cell << 1));
  let words = i32x4.splat(load<u16>(field + (cell << 1)));
  words = i32x4.replace_lane(words, 1, load<u16>(field + (lane(cell, step, left, 1) << 1)));
  words = i32x4.replace_lane(words, 2, load<u16>(field + (lane(cell, step, left, 2) << 1)));
  return i32x4.replace_lane(words, 3, load<u16>(field + (lane(cell, step, left, 3) << 1)));
}

// @ts-ignore: decorator
@inline
function wordsOf(field: usize, cell: usize, step: usize, left: usize): v128 {
  if (step == 1) return v128.load(field + (cell << 2));
  let words = i32x4.splat(load<u32>(field + (cell << 2)));
  words = i32x4.replace_lane(words, 1, load<u32>(field + (lane(cell, step, left, 1) << 2)));
  words = i32x4.replace_lane(words, 2, load<u32>(field + (lane(cell, step, left, 2) << 2)));
  return i32x4.replace_lane(words, 3, load<u32>(field + (lane(cell, step, left, 3) << 2)));
}

/**
 * `sampleCells` of services/world/measuring/samples.ts, four cells at a time. May write up to three words
 * behind the samples, and read up to three cells behind the row.
 *
 * @param costs of a unit of size, of being able to kill, of being able to move: 16 bits each.
 */
export function sampleCells(
  block: usize,
  layer: u32,
  from: usize,
  step: usize,
  count: usize,
  out: usize,
  tick: u32,
  sizeCost: u32,
  killCost: u32,
  moveCost: u32,
): void {
  const food = <usize>load<u32>(block, BLOCK_FOOD);
  const extraFood = <usize>load<u32>(block, BLOCK_EXTRA_FOOD);
  const size = <usize>load<u32>(block, BLOCK_SIZE);
  const traits = <usize>load<u32>(block, BLOCK_TRAITS);
  const health = <usize>load<u32>(block, BLOCK_HEALTH);
  const birth = <usize>load<u32>(block, BLOCK_BIRTH);
  const colour = <usize>load<u32>(block, BLOCK_COLOUR);
  const lineage = <usize>load<u32>(block, BLOCK_LINEAGE);
  const zero = i32x4.splat(0);
  const one = i32x4.splat(1);
  const low = i32x4.splat(0xffff);
  const opaque = i32x4.splat(0xff000000);
  const now = i32x4.splat(tick);
  for (let i: usize = 0; i < count; i += 4) {
    const cell = from + i * step;
    const left = count - i;
    const at = out + (i << 2);
    if (layer == SAMPLE_FOOD) {
      v128.store(at, i32x4.add(halvesOf(food, cell, step, left), one));
      continue;
    }
    if (layer == SAMPLE_EXTRA_FOOD) {
      v128.store(at, i32x4.add(bytesOf(extraFood, cell, step, left), one));
      continue;
    }
    const sizes = bytesOf(size, cell, step, left);
    const living = i32x4.ne(sizes, zero);
    let value = sizes;
    if (layer == SAMPLE_COLOUR) {
      v128.store(at, v128.and(v128.or(wordsOf(colour, cell, step, left), opaque), living));
      continue;
    }
    if (layer == SAMPLE_LINEAGE) {
      v128.store(at, v128.and(v128.or(wordsOf(lineage, cell, step, left), opaque), living));
      continue;
    }
    if (layer == SAMPLE_HEALTH) {
      value = halvesOf(health, cell, step, left);
    } else if (layer == SAMPLE_AGE) {
      const age = v128.and(i32x4.sub(now, halvesOf(birth, cell, step, left)), low);
      value = i32x4.min_u(i32x4.add(age, one), low);
    } else if (layer == SAMPLE_CAN_KILL) {
      value = i32x4.add(v128.and(bytesOf(traits, cell, step, left), one), one);
    } else if (layer == SAMPLE_CAN_MOVE) {
      const moves = i32x4.shr_u(bytesOf(traits, cell, step, left), 1);
      value = i32x4.add(v128.and(moves, one), one);
    } else if (layer == SAMPLE_COST) {
      const abilities = bytesOf(traits, cell, step, left);
      const kills = v128.and(abilities, one);
      const moves = v128.and(i32x4.shr_u(abilities, 1), one);
      value = i32x4.mul(sizes, i32x4.splat(sizeCost));
      value = i32x4.add(value, i32x4.mul(kills, i32x4.splat(killCost)));
      value = i32x4.add(value, i32x4.mul(moves, i32x4.splat(moveCost)));
      value = v128.and(value, low);
    }
    v128.store(at, v128.and(i32x4.add(value, one), living));
  }
}

/** One that counts; beneath it the sum of 16 values of 16 bits. */
const COUNTED: i32 = 1 << 20;

// @ts-ignore: decorator
@inline
function packed(samples: v128): v128 {
  const counts = i32x4.ne(samples, i32x4.splat(0));
  return v128.and(i32x4.add(samples, i32x4.splat(COUNTED - 1)), counts);
}

// @ts-ignore: decorator
@inline
function evens(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function odds(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 1, 3, 5, 7);
}

/** The sums of pairs. */
// @ts-ignore: decorator
@inline
function pairs(a: v128, b: v128): v128 {
  return i32x4.add(evens(a, b), odds(a, b));
}

/** Four means, halves rounded up, 0 of none. Exact: quotients are below 2^17 and 1/32 apart at the least. */
// @ts-ignore: decorator
@inline
function meansOf(sums: v128): v128 {
  const count = i32x4.shr_u(sums, 20);
  const sum = v128.and(sums, i32x4.splat(COUNTED - 1));
  const twice = i32x4.add(i32x4.shl(sum, 1), count);
  const quotient = f32x4.div(
    f32x4.convert_i32x4_s(twice),
    f32x4.convert_i32x4_s(i32x4.shl(count, 1)),
  );
  return i32x4.trunc_sat_f32x4_s(quotient);
}

/**
 * `drawMeans` of services/world/measuring/plain-sampler.ts, four pixels at a time. May write up to three words
 * behind the pixels, and read up to twelve samples behind the last.
 */
export function drawMeans(
  samples: usize,
  out: usize,
  rows: u32,
  columns: usize,
  side: usize,
  pixels: usize,
): void {
  const rowBytes = columns << 2;
  for (let pixel: usize = 0; pixel < pixels; pixel += 4) {
    const first = samples + ((pixel * side) << 2);
    let sums = i32x4.splat(0);
    for (let row: u32 = 0, at = first; row < rows; row++, at += rowBytes) {
      const a = packed(v128.load(at));
      if (side == 1) {
        sums = i32x4.add(sums, a);
      } else if (side == 2) {
        sums = i32x4.add(sums, pairs(a, packed(v128.load(at, 16))));
      } else {
        const ab = pairs(a, packed(v128.load(at, 16)));
        const cd = pairs(packed(v128.load(at, 32)), packed(v128.load(at, 48)));
        sums = i32x4.add(sums, pairs(ab, cd));
      }
    }
    v128.store(out + (pixel << 2), meansOf(sums));
  }
}

/** How many of the others are the same; -1 of none. */
// @ts-ignore: decorator
@inline
function alike(one: v128, a: v128, b: v128, c: v128): v128 {
  const same = i32x4.add(i32x4.add(i32x4.eq(one, a), i32x4.eq(one, b)), i32x4.eq(one, c));
  return v128.or(i32x4.neg(same), i32x4.eq(one, i32x4.splat(0)));
}

/** Where the second is more frequent, or as frequent and less. */
// @ts-ignore: decorator
@inline
function isBetter(mode: v128, most: v128, other: v128, count: v128): v128 {
  return v128.or(
    i32x4.gt_s(count, most),
    v128.and(i32x4.eq(count, most), i32x4.lt_u(other, mode)),
  );
}

/** `drawModes` of services/world/measuring/plain-sampler.ts, like `drawMeans`; squares have 1 or 2 samples a side. */
export function drawModes(
  samples: usize,
  out: usize,
  rows: u32,
  columns: usize,
  side: usize,
  pixels: usize,
): void {
  const rowBytes = columns << 2;
  for (let pixel: usize = 0; pixel < pixels; pixel += 4) {
    const at = samples + ((pixel * side) << 2);
    if (side == 1) {
      v128.store(out + (pixel << 2), v128.load(at));
      continue;
    }
    const a = evens(v128.load(at), v128.load(at, 16));
    const b = odds(v128.load(at), v128.load(at, 16));
    let c = i32x4.splat(0);
    let d = c;
    if (rows == 2) {
      const below = at + rowBytes;
      c = evens(v128.load(below), v128.load(below, 16));
      d = odds(v128.load(below), v128.load(below, 16));
    }
    let mode = a;
    let most = alike(a, b, c, d);
    const ofB = alike(b, a, c, d);
    const useB = isBetter(mode, most, b, ofB);
    mode = v128.bitselect(b, mode, useB);
    most = v128.bitselect(ofB, most, useB);
    const ofC = alike(c, a, b, d);
    const useC = isBetter(mode, most, c, ofC);
    mode = v128.bitselect(c, mode, useC);
    most = v128.bitselect(ofC, most, useC);
    const useD = isBetter(mode, most, d, alike(d, a, b, c));
    v128.store(out + (pixel << 2), v128.bitselect(d, mode, useD));
  }
}
