import fc from 'fast-check';

/** Headers are where lengths and versions stand: half of all places are there. */
const HEAD_BYTES = 96;

/** A place in bytes of any length, to be taken modulo that. */
export const place: fc.Arbitrary<number> = fc.oneof(
  fc.nat(HEAD_BYTES - 1),
  fc.nat(0xffff),
  // The end, where indexes and totals stand.
  fc.nat(HEAD_BYTES).map((back) => -1 - back),
);

export const placeIn = (at: number, length: number): number =>
  length === 0 ? 0 : ((at % length) + length) % length;
