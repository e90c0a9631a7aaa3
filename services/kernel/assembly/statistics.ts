import {
  BLOCK_BIRTH,
  BLOCK_EXTRA_FOOD,
  BLOCK_FOOD,
  BLOCK_HALO,
  BLOCK_HEALTH,
  BLOCK_HEIGHT,
  BLOCK_SIZE,
  BLOCK_STRIDE,
  BLOCK_TRAITS,
  BLOCK_WIDTH,
  STATISTICS,
  TAIL_MASKS,
} from '../memory-layout';

// @ts-ignore: decorator
@inline
function sumOfWords(words: v128): f64 {
  return (
    <f64>(<u32>i32x4.extract_lane(words, 0)) +
    <f64>(<u32>i32x4.extract_lane(words, 1)) +
    <f64>(<u32>i32x4.extract_lane(words, 2)) +
    <f64>(<u32>i32x4.extract_lane(words, 3))
  );
}

// @ts-ignore: decorator
@inline
function addHalves(sum: v128, halves: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(halves));
}

// @ts-ignore: decorator
@inline
function addBytes(sum: v128, bytes: v128): v128 {
  return addHalves(sum, i16x8.extadd_pairwise_i8x16_u(bytes));
}

/**
 * `statisticsOf` of services/world/measuring/statistics.ts: writes food, extraFood, population,
 * canKill, canMove, canKillAndMove, size, health, ageTicks to the scratch as f64; all are exact.
 */
export function statistics(block: usize, scratch: usize, tick: u32): void {
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const width = <usize>load<u32>(block, BLOCK_WIDTH);
  const height = <usize>load<u32>(block, BLOCK_HEIGHT);
  const halo = <usize>load<u32>(block, BLOCK_HALO);
  const now = i16x8.splat(<i16>tick);
  const zero = i32x4.splat(0);
  let food: f64 = 0;
  let extraFood: f64 = 0;
  let population: u32 = 0;
  let canKill: u32 = 0;
  let canMove: u32 = 0;
  let canBoth: u32 = 0;
  let size: f64 = 0;
  let health: f64 = 0;
  let age: f64 = 0;

  for (let row = halo; row < halo + height; row++) {
    const start = row * stride + halo;
    // A row has at most 2^16 cells, so no lane overflows within it.
    let foods = zero;
    let extraFoods = zero;
    let sizes = zero;
    let healths = zero;
    let ages = zero;
    for (let column: usize = 0; column < width; column += 16) {
      const cell = start + column;
      let mask = i8x16.splat(-1);
      if (width - column < 16) mask = v128.load(scratch + 16 - (width - column), TAIL_MASKS);
      const mask0 = i16x8.extend_low_i8x16_s(mask);
      const mask1 = i16x8.extend_high_i8x16_s(mask);
      const foodAt = <usize>load<u32>(block, BLOCK_FOOD) + (cell << 1);
      foods = addHalves(foods, v128.and(v128.load(foodAt), mask0));
      foods = addHalves(foods, v128.and(v128.load(foodAt, 16), mask1));
      const extraFoodAt = <usize>load<u32>(block, BLOCK_EXTRA_FOOD) + cell;
      extraFoods = addBytes(extraFoods, v128.and(v128.load(extraFoodAt), mask));

      const sizesHere = v128.and(v128.load(<usize>load<u32>(block, BLOCK_SIZE) + cell), mask);
      if (!v128.any_true(sizesHere)) continue;
      sizes = addBytes(sizes, sizesHere);
      const blank = i8x16.eq(sizesHere, zero);
      const blank0 = i16x8.extend_low_i8x16_s(blank);
      const blank1 = i16x8.extend_high_i8x16_s(blank);
      const abilities = v128.load(<usize>load<u32>(block, BLOCK_TRAITS) + cell);
      const living = i8x16.bitmask(blank) ^ 0xffff;
      const killers = i8x16.bitmask(i16x8.shl(abilities, 7)) & living;
      const movers = i8x16.bitmask(i16x8.shl(abilities, 6)) & living;
      population += popcnt(living);
      canKill += popcnt(killers);
      canMove += popcnt(movers);
      canBoth += popcnt(killers & movers);
      const healthAt = <usize>load<u32>(block, BLOCK_HEALTH) + (cell << 1);
      healths = addHalves(healths, v128.andnot(v128.load(healthAt), blank0));
      healths = addHalves(healths, v128.andnot(v128.load(healthAt, 16), blank1));
      const birthAt = <usize>load<u32>(block, BLOCK_BIRTH) + (cell << 1);
      ages = addHalves(ages, v128.andnot(i16x8.sub(now, v128.load(birthAt)), blank0));
      ages = addHalves(ages, v128.andnot(i16x8.sub(now, v128.load(birthAt, 16)), blank1));
    }
    food += sumOfWords(foods);
    extraFood += sumOfWords(extraFoods);
    size += sumOfWords(sizes);
    health += sumOfWords(healths);
    age += sumOfWords(ages);
  }
  store<f64>(scratch, food, STATISTICS);
  store<f64>(scratch, extraFood, STATISTICS + 8);
  store<f64>(scratch, <f64>population, STATISTICS + 16);
  store<f64>(scratch, <f64>canKill, STATISTICS + 24);
  store<f64>(scratch, <f64>canMove, STATISTICS + 32);
  store<f64>(scratch, <f64>canBoth, STATISTICS + 40);
  store<f64>(scratch, size, STATISTICS + 48);
  store<f64>(scratch, health, STATISTICS + 56);
  store<f64>(scratch, age, STATISTICS + 64);
}
