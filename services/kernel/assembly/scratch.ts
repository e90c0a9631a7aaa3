import {
  BLANK_RANK,
  BLOCK_STRIDE,
  COMPRESS_TABLE,
  DIRECTION_VECTORS,
  EIGHTS,
  FIRST_COLUMN,
  FIRST_MULTIPLIER,
  LOWER_HALVES,
  MAY_BITS,
  NEXT_SCRATCH,
  RULE_COUNT,
  RULE_VECTORS,
  RULE_WORDS,
  SECOND_MULTIPLIER,
  SEVENS,
  TAIL_MASKS,
  TRAIT_COSTS,
} from '../memory-layout';

/** The rules, in the order in which the engine writes them. */
export const COST_PER_SIZE = 0, EAT_PER_SIZE = 1, COST_IF_CAN_KILL = 2, COST_IF_CAN_MOVE = 3,
  MUTATION_END = 4, DEATH_END = 5, BREED_PER_SIZE = 6, BREED_BASE = 7, KILL_END = 8, KILL_GAIN = 9,
  MAX_FOOD = 10, MAX_HEALTH = 11, MAX_SIZE = 12, COLOUR_SHIFT = 13;

/** A rule as a number. */
// @ts-ignore: decorator
@inline
export function rule(scratch: usize, index: i32): u32 {
  return load<u32>(scratch + (<usize>index << 2), RULE_WORDS);
}

/** A rule in each 16-bit lane. */
// @ts-ignore: decorator
@inline
export function ruleVector(scratch: usize, index: i32): v128 {
  return v128.load(scratch + (<usize>index << 4), RULE_VECTORS);
}

/** Address of the first cell of a wave in a row. */
// @ts-ignore: decorator
@inline
export function firstCell(block: usize, scratch: usize, row: i32): usize {
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  return <usize>row * stride + <usize>load<u32>(scratch, FIRST_COLUMN);
}

/** Address of a row of a ring; 16 unused bytes lie before and behind it. */
// @ts-ignore: decorator
@inline
export function ringRow(ring: usize, span: usize, row: i32): usize {
  return ring + 16 + <usize>(row & 7) * (span + 16);
}

/** Writes the constants into all scratches of a thread. */
export function fillScratch(scratch: usize): void {
  fillTable(<usize>load<u32>(scratch, COMPRESS_TABLE));
  for (; scratch !== 0; scratch = <usize>load<u32>(scratch, NEXT_SCRATCH)) fillVectors(scratch);
}

function fillVectors(scratch: usize): void {
  for (let i = 0; i < 8; i++) {
    v128.store(scratch + (<usize>i << 4), i8x16.splat(<i8>(<i32>1 << i)), DIRECTION_VECTORS);
  }
  v128.store(scratch, i8x16.splat(0x0f), LOWER_HALVES);
  v128.store(scratch, i8x16.splat(0x33), LOWER_HALVES + 16);
  v128.store(scratch, i8x16.splat(0x55), LOWER_HALVES + 32);
  v128.store(scratch, i8x16.splat(-32), MAY_BITS);
  v128.store(scratch, i8x16.splat(127), BLANK_RANK);
  v128.store(scratch, i16x8.splat(7), SEVENS);
  v128.store(scratch, i16x8.splat(8), EIGHTS);
  v128.store(scratch, i16x8.splat(<i16>0xa2d3), FIRST_MULTIPLIER);
  v128.store(scratch, i16x8.splat(<i16>0x9e6d), SECOND_MULTIPLIER);
  v128.store(scratch, i8x16.splat(-1), TAIL_MASKS);
  v128.store(scratch, i8x16.splat(0), TAIL_MASKS + 16);
}

/** The positions of the set bits of each byte. */
function fillTable(table: usize): void {
  for (let mask: u32 = 0; mask < 256; mask++) {
    let entry = table + (<usize>mask << 4);
    for (let position: u32 = 0; position < 8; position++) {
      if (((mask >> position) & 1) === 0) continue;
      store<u16>(entry, <u16>position);
      entry += 2;
    }
  }
}

/** Copies the rules of another scratch, or its own, and spreads them over lanes. */
export function setRules(scratch: usize, words: usize): void {
  for (let i = 0; i < RULE_COUNT; i++) {
    store<u32>(scratch + (<usize>i << 2), rule(words, i), RULE_WORDS);
    v128.store(scratch + (<usize>i << 4), i16x8.splat(<i16>rule(scratch, i)), RULE_VECTORS);
  }
  const mutationEnd = min<u32>(65535, rule(scratch, DEATH_END) + rule(scratch, MUTATION_END));
  v128.store(scratch, i16x8.splat(<i16>mutationEnd), RULE_VECTORS + (MUTATION_END << 4));
  const kill = rule(scratch, COST_IF_CAN_KILL);
  const move = rule(scratch, COST_IF_CAN_MOVE);
  v128.store(scratch, i32x4.splat(0), TRAIT_COSTS);
  store<u8>(scratch, <u8>kill, TRAIT_COSTS + 1);
  store<u8>(scratch, <u8>move, TRAIT_COSTS + 2);
  store<u8>(scratch, <u8>(kill + move), TRAIT_COSTS + 3);
}
