import {
  BLOCK_BIRTH,
  BLOCK_COLOUR,
  BLOCK_COLUMN_X,
  BLOCK_EXTRA_FOOD,
  BLOCK_FOOD,
  BLOCK_HALO,
  BLOCK_HEALTH,
  BLOCK_HEIGHT,
  BLOCK_LINEAGE,
  BLOCK_ROW_Y,
  BLOCK_SIZE,
  BLOCK_STRIDE,
  BLOCK_TRAITS,
  BLOCK_WIDTH,
  TAIL_MASKS,
} from '../memory-layout';
import { mixVector } from './random';

const FIRST_LANE: u32 = 0x243f6a88;
const SECOND_LANE: u32 = 0x85a308d3;

/** The four bytes at an address as four words. */
// @ts-ignore: decorator
@inline
function bytesAsWords(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(address)));
}

/** The four 16-bit values at an address as four words. */
// @ts-ignore: decorator
@inline
function halvesAsWords(address: usize): v128 {
  return v128.load16x4_u(address);
}

// @ts-ignore: decorator
@inline
function absorb(lane: v128, word: v128): v128 {
  return mixVector(v128.xor(lane, word));
}

/** `digestOf` of services/world/measuring/digest.ts, four cells at a time. */
export function digest(block: usize, scratch: usize): u64 {
  const stride = <usize>load<u32>(block, BLOCK_STRIDE);
  const width = <usize>load<u32>(block, BLOCK_WIDTH);
  const height = <usize>load<u32>(block, BLOCK_HEIGHT);
  const halo = <usize>load<u32>(block, BLOCK_HALO);
  const columnX = <usize>load<u32>(block, BLOCK_COLUMN_X);
  const rowY = <usize>load<u32>(block, BLOCK_ROW_Y);
  const food = <usize>load<u32>(block, BLOCK_FOOD);
  const extraFood = <usize>load<u32>(block, BLOCK_EXTRA_FOOD);
  const size = <usize>load<u32>(block, BLOCK_SIZE);
  const traits = <usize>load<u32>(block, BLOCK_TRAITS);
  const health = <usize>load<u32>(block, BLOCK_HEALTH);
  const birth = <usize>load<u32>(block, BLOCK_BIRTH);
  const colour = <usize>load<u32>(block, BLOCK_COLOUR);
  const lineage = <usize>load<u32>(block, BLOCK_LINEAGE);
  const zero = i32x4.splat(0);
  const lowWords = i64x2.splat(0xffffffff);
  // The digest has only the lower 32 bits of the first lanes' sum.
  let firstSum = zero;
  let secondSum = zero;

  for (let row = halo; row < halo + height; row++) {
    const y = i32x4.splat(load<u32>(rowY + (row << 2)));
    const start = row * stride + halo;
    for (let column: usize = 0; column < width; column += 4) {
      const cell = start + column;
      const x = v128.load(columnX + ((halo + column) << 2));
      const sizes = bytesAsWords(size + cell);
      const land = v128.or(
        v128.or(halvesAsWords(food + (cell << 1)), i32x4.shl(bytesAsWords(extraFood + cell), 16)),
        i32x4.shl(sizes, 24),
      );
      let first = absorb(absorb(absorb(i32x4.splat(FIRST_LANE), x), y), land);
      let second = absorb(absorb(absorb(i32x4.splat(SECOND_LANE), x), y), land);

      if (v128.any_true(sizes)) {
        const look = v128.or(
          v128.load(colour + (cell << 2)),
          i32x4.shl(bytesAsWords(traits + cell), 24),
        );
        const ancestor = v128.load(lineage + (cell << 2));
        const life = v128.or(
          halvesAsWords(health + (cell << 1)),
          i32x4.shl(halvesAsWords(birth + (cell << 1)), 16),
        );
        const blank = i32x4.eq(sizes, zero);
        const firstAlive = absorb(absorb(absorb(first, look), ancestor), life);
        const secondAlive = absorb(absorb(absorb(second, look), ancestor), life);
        first = v128.bitselect(first, firstAlive, blank);
        second = v128.bitselect(second, secondAlive, blank);
      }
      if (width - column < 4) {
        const tail = v128.load(scratch + 16 - ((width - column) << 2), TAIL_MASKS);
        first = v128.and(first, tail);
        second = v128.and(second, tail);
      }
      firstSum = i32x4.add(firstSum, first);
      secondSum = i64x2.add(
        secondSum,
        i64x2.add(v128.and(second, lowWords), i64x2.shr_u(second, 32)),
      );
    }
  }
  const firstTotal =
    i32x4.extract_lane(firstSum, 0) +
    i32x4.extract_lane(firstSum, 1) +
    i32x4.extract_lane(firstSum, 2) +
    i32x4.extract_lane(firstSum, 3);
  const secondTotal = i64x2.extract_lane(secondSum, 0) + i64x2.extract_lane(secondSum, 1);
  return ((<u64>(<u32>firstTotal)) << 32) + <u64>secondTotal;
}
