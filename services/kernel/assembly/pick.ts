import { LOWER_HALVES } from '../memory-layout';

/** Appends a direction to the masks of 16 cells: 2 · mask + (0 or −1), the negative of the mask. */
// @ts-ignore: decorator
@inline
export function withDirection(mask: v128, isSet: v128): v128 {
  return i8x16.add(i8x16.add(mask, mask), isSet);
}

/** Keeps one half of the directions: the one the draw names, unless that one is empty. */
// @ts-ignore: decorator
@inline
function chooseHalf(mask: v128, lowerHalf: v128, wantsUpper: v128, zero: v128): v128 {
  const lower = v128.and(mask, lowerHalf);
  const upper = v128.xor(mask, lower);
  const takesUpper = v128.or(
    i8x16.eq(lower, zero),
    v128.andnot(wantsUpper, i8x16.eq(upper, zero)),
  );
  return v128.and(mask, v128.xor(takesUpper, lowerHalf));
}

/** `pick` of services/world/tick/directions.ts for 16 masks, as three choices between halves. */
// @ts-ignore: decorator
@inline
export function pickVector(scratch: usize, mask: v128, action: v128, zero: v128): v128 {
  const bit2 = i8x16.lt_s(i16x8.shl(action, 5), zero);
  mask = chooseHalf(mask, v128.load(scratch, LOWER_HALVES), bit2, zero);
  const bit1 = i8x16.lt_s(i16x8.shl(action, 6), zero);
  mask = chooseHalf(mask, v128.load(scratch, LOWER_HALVES + 16), bit1, zero);
  const bit0 = i8x16.lt_s(i16x8.shl(action, 7), zero);
  return chooseHalf(mask, v128.load(scratch, LOWER_HALVES + 32), bit0, zero);
}
