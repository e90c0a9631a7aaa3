import {
  ACTION_RING,
  BLANK_RANK,
  BLOCK_EXTRA_FOOD,
  BLOCK_FOOD,
  BLOCK_HEALTH,
  BLOCK_SIZE,
  BLOCK_TRAITS,
  COLUMN_HIGH,
  COLUMN_INTERIOR,
  COLUMN_LOW,
  COLUMN_VECTOR_BYTES,
  COLUMN_VECTORS,
  DIRECTION_VECTORS,
  FIRST_MULTIPLIER,
  RANK_RING,
  ROW_KEYS,
  SECOND_MULTIPLIER,
  SEVENS,
  SPAN,
  TRAIT_COSTS,
} from '../memory-layout';
import { countInRow, DEATHS_ACCIDENT, DEATHS_STARVED, sumOfBytes } from './changes';
import {
  BREED_BASE,
  BREED_PER_SIZE,
  COST_PER_SIZE,
  DEATH_END,
  firstCell,
  EAT_PER_SIZE,
  KILL_END,
  MAX_FOOD,
  MAX_HEALTH,
  MUTATION_END,
  ringRow,
  ruleVector,
} from './scratch';

/** A bit in each byte of a vector. */
// @ts-ignore: decorator
@inline
function bit(scratch: usize, position: i32): v128 {
  return v128.load(scratch + (<usize>position << 4), DIRECTION_VECTORS);
}

/** Deaths are counted in the bytes of a vector, and summed up after so many cells: a byte holds no more. */
const SUMMED_CELLS: usize = 16 * 255;

/**
 * Phase A of one row (services/world/tick/phase-live.ts). Leaves for the later phases:
 *
 * - action: bit 7 ready to breed, 6 tries to kill, 5 can move, 4 would mutate its child (all 0 for a
 *   blank cell); bits 0–2 the cell's draw for `pick`, for blank cells too, since others pick by it.
 * - rank: size − 129 as a signed byte, 127 for a blank cell. So one signed comparison tells whether a
 *   neighbour lives and is not larger, and another whether it is blank.
 */
export function liveRow(block: usize, scratch: usize, row: i32): void {
  const span = <usize>load<u32>(scratch, SPAN);
  const first = firstCell(block, scratch, row);
  let food = <usize>load<u32>(block, BLOCK_FOOD) + (first << 1);
  let health = <usize>load<u32>(block, BLOCK_HEALTH) + (first << 1);
  let extraFood = <usize>load<u32>(block, BLOCK_EXTRA_FOOD) + first;
  let traits = <usize>load<u32>(block, BLOCK_TRAITS) + first;
  let size = <usize>load<u32>(block, BLOCK_SIZE) + first;
  let action = ringRow(<usize>load<u32>(scratch, ACTION_RING), span, row);
  let rank = ringRow(<usize>load<u32>(scratch, RANK_RING), span, row);
  let columns = <usize>load<u32>(scratch, COLUMN_VECTORS);
  const rowKey = load<u32>(<usize>load<u32>(scratch, ROW_KEYS) + (<usize>row << 2));
  const rowLow = i16x8.splat(<i16>rowKey);
  const rowHigh = i16x8.splat(<i16>(rowKey >> 16));
  const zero = i32x4.splat(0);
  const maxFood = ruleVector(scratch, MAX_FOOD);

  const end = size + span;
  let deaths: u32 = 0;
  let starvations: u32 = 0;
  do {
    const summed = min(end, size + SUMMED_CELLS);
    // Of each cell's place in a vector: less by 1 with every death.
    let died = zero;
    let starved = zero;
    do {
      const sizes = v128.load(size);
      const growth = v128.load(extraFood);
      // Variables that end in 0 hold cells 0–7 of the vector, those that end in 1 cells 8–15.
      const grown0 = i16x8.min_u(
        i16x8.add(v128.load(food), i16x8.extend_low_i8x16_u(growth)),
        maxFood,
      );
      const grown1 = i16x8.min_u(
        i16x8.add(v128.load(food, 16), i16x8.extend_high_i8x16_u(growth)),
        maxFood,
      );

      let u0 = i16x8.add(v128.load(columns, COLUMN_LOW), rowLow);
      let u1 = i16x8.add(v128.load(columns, COLUMN_LOW + 16), rowLow);
      let w0 = v128.xor(v128.load(columns, COLUMN_HIGH), rowHigh);
      let w1 = v128.xor(v128.load(columns, COLUMN_HIGH + 16), rowHigh);
      const firstMultiplier = v128.load(scratch, FIRST_MULTIPLIER);
      u0 = i16x8.mul(v128.xor(u0, i16x8.shr_u(u0, 7)), firstMultiplier);
      u1 = i16x8.mul(v128.xor(u1, i16x8.shr_u(u1, 7)), firstMultiplier);
      w0 = i16x8.add(w0, u0);
      w1 = i16x8.add(w1, u1);
      const secondMultiplier = v128.load(scratch, SECOND_MULTIPLIER);
      w0 = i16x8.mul(v128.xor(w0, i16x8.shr_u(w0, 7)), secondMultiplier);
      w1 = i16x8.mul(v128.xor(w1, i16x8.shr_u(w1, 7)), secondMultiplier);
      const sevens = v128.load(scratch, SEVENS);
      const picks = i8x16.narrow_i16x8_u(v128.and(w0, sevens), v128.and(w1, sevens));

      if (!v128.any_true(sizes)) {
        v128.store(food, grown0);
        v128.store(food, grown1, 16);
        v128.store(action, picks);
        v128.store(rank, v128.load(scratch, BLANK_RANK));
      } else {
        const size0 = i16x8.extend_low_i8x16_u(sizes);
        const size1 = i16x8.extend_high_i8x16_u(sizes);
        const eatPerSize = ruleVector(scratch, EAT_PER_SIZE);
        const eaten0 = i16x8.min_u(i16x8.mul(size0, eatPerSize), grown0);
        const eaten1 = i16x8.min_u(i16x8.mul(size1, eatPerSize), grown1);
        v128.store(food, i16x8.sub(grown0, eaten0));
        v128.store(food, i16x8.sub(grown1, eaten1), 16);

        const abilities = v128.load(traits);
        const traitCosts = i8x16.swizzle(v128.load(scratch, TRAIT_COSTS), abilities);
        const costPerSize = ruleVector(scratch, COST_PER_SIZE);
        const cost0 = i16x8.add(i16x8.mul(size0, costPerSize), i16x8.extend_low_i8x16_u(traitCosts));
        const cost1 = i16x8.add(i16x8.mul(size1, costPerSize), i16x8.extend_high_i8x16_u(traitCosts));
        const maxHealth = ruleVector(scratch, MAX_HEALTH);
        // Saturating: 0 is dead, and what would be negative is 0.
        const health0 = i16x8.sub_sat_u(
          i16x8.min_u(i16x8.add_sat_u(v128.load(health), eaten0), maxHealth),
          cost0,
        );
        const health1 = i16x8.sub_sat_u(
          i16x8.min_u(i16x8.add_sat_u(v128.load(health, 16), eaten1), maxHealth),
          cost1,
        );
        v128.store(health, health0);
        v128.store(health, health1, 16);

        const breedPerSize = ruleVector(scratch, BREED_PER_SIZE);
        const breedBase = ruleVector(scratch, BREED_BASE);
        const ready = i8x16.narrow_i16x8_s(
          i16x8.ge_u(health0, i16x8.add_sat_u(i16x8.mul(size0, breedPerSize), breedBase)),
          i16x8.ge_u(health1, i16x8.add_sat_u(i16x8.mul(size1, breedPerSize), breedBase)),
        );
        const byte0 = i16x8.shr_u(w0, 8);
        const byte1 = i16x8.shr_u(w1, 8);
        u0 = i16x8.add(v128.xor(u0, byte0), w0);
        u1 = i16x8.add(v128.xor(u1, byte1), w1);
        const deathEnd = ruleVector(scratch, DEATH_END);
        const starving = i8x16.narrow_i16x8_s(i16x8.eq(health0, zero), i16x8.eq(health1, zero));
        const spared = i8x16.narrow_i16x8_s(i16x8.ge_u(u0, deathEnd), i16x8.ge_u(u1, deathEnd));
        const living = v128.and(sizes, v128.andnot(spared, starving));
        v128.store(size, living);
        const dying = v128.andnot(v128.load(columns, COLUMN_INTERIOR), i8x16.eq(living, sizes));
        died = i8x16.add(died, dying);
        starved = i8x16.add(starved, v128.and(dying, starving));
        // size − 129 and size + 127 are the same byte.
        v128.store(rank, i8x16.add(living, v128.load(scratch, BLANK_RANK)));

        const mutationEnd = ruleVector(scratch, MUTATION_END);
        const unmutated = i8x16.narrow_i16x8_s(
          i16x8.ge_u(u0, mutationEnd),
          i16x8.ge_u(u1, mutationEnd),
        );
        const killEnd = ruleVector(scratch, KILL_END);
        const killDraw = i8x16.narrow_i16x8_s(i16x8.lt_s(byte0, killEnd), i16x8.lt_s(byte1, killEnd));
        // The bits of the traits come where those of the actions are.
        const kills = v128.and(v128.and(i16x8.shl(abilities, 6), killDraw), bit(scratch, 6));
        const moves = v128.and(i16x8.shl(abilities, 4), bit(scratch, 5));
        const breeds = v128.and(ready, bit(scratch, 7));
        const mutates = v128.andnot(bit(scratch, 4), unmutated);
        const may = v128.or(v128.or(breeds, kills), v128.or(moves, mutates));
        v128.store(action, v128.or(v128.andnot(may, i8x16.eq(living, zero)), picks));
      }
      size += 16;
      food += 32;
      health += 32;
      extraFood += 16;
      traits += 16;
      action += 16;
      rank += 16;
      columns += COLUMN_VECTOR_BYTES;
    } while (size < summed);
    deaths += sumOfBytes(i8x16.sub(zero, died));
    starvations += sumOfBytes(i8x16.sub(zero, starved));
  } while (size < end);
  countInRow(block, row, DEATHS_STARVED, starvations);
  countInRow(block, row, DEATHS_ACCIDENT, deaths - starvations);
}
