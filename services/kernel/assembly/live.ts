import {
  ACTION_RING,
  BLANK_RANK,
  BLOCK_EXTRA_FOOD,
  BLOCK_FOOD,
  BLOCK_HEALTH,
  BLOCK_SIZE,
  BLOCK_TRAITS,
  COLUMN_KEYS_HIGH,
  COLUMN_KEYS_LOW,
  FIRST_MULTIPLIER,
  RANK_RING,
  ROW_KEYS,
  SECOND_MULTIPLIER,
  SEVENS,
  SPAN,
  TRAIT_COSTS,
} from '../memory-layout';
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
  let low = <usize>load<u32>(scratch, COLUMN_KEYS_LOW);
  const toHigh = <usize>load<u32>(scratch, COLUMN_KEYS_HIGH) - low;
  const rowKey = load<u32>(<usize>load<u32>(scratch, ROW_KEYS) + (<usize>row << 2));
  const rowLow = i16x8.splat(<i16>rowKey);
  const rowHigh = i16x8.splat(<i16>(rowKey >> 16));
  const zero = i32x4.splat(0);
  const maxFood = ruleVector(scratch, MAX_FOOD);

  const end = size + span;
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

    let u0 = i16x8.add(v128.load(low), rowLow);
    let u1 = i16x8.add(v128.load(low, 16), rowLow);
    let w0 = v128.xor(v128.load(low + toHigh), rowHigh);
    let w1 = v128.xor(v128.load(low + toHigh, 16), rowHigh);
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
      const living = v128.and(
        sizes,
        i8x16.narrow_i16x8_s(
          v128.andnot(i16x8.ge_u(u0, deathEnd), i16x8.eq(health0, zero)),
          v128.andnot(i16x8.ge_u(u1, deathEnd), i16x8.eq(health1, zero)),
        ),
      );
      v128.store(size, living);
      // size − 129 and size + 127 are the same byte.
      v128.store(rank, i8x16.add(living, v128.load(scratch, BLANK_RANK)));

      const mutationEnd = ruleVector(scratch, MUTATION_END);
      const unmutated = i8x16.narrow_i16x8_s(
        i16x8.ge_u(u0, mutationEnd),
        i16x8.ge_u(u1, mutationEnd),
      );
      const killEnd = ruleVector(scratch, KILL_END);
      const killDraw = i8x16.narrow_i16x8_s(i16x8.lt_s(byte0, killEnd), i16x8.lt_s(byte1, killEnd));
      // Each step computes bits = 2 · bits + (0 or −1), so the result is the negative of the bits.
      const canKill = i8x16.lt_s(i16x8.shl(abilities, 7), zero);
      const canMove = i8x16.lt_s(i16x8.shl(abilities, 6), zero);
      let bits = i8x16.add(i8x16.add(ready, ready), v128.and(killDraw, canKill));
      bits = i8x16.add(i8x16.add(bits, bits), canMove);
      bits = i8x16.add(i8x16.add(bits, bits), v128.not(unmutated));
      const may = i16x8.shl(i8x16.sub(zero, bits), 4);
      v128.store(action, v128.or(v128.andnot(may, i8x16.eq(living, zero)), picks));
    }
    size += 16;
    food += 32;
    health += 32;
    extraFood += 16;
    traits += 16;
    action += 16;
    rank += 16;
    low += 32;
  } while (size < end);
}
