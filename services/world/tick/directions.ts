/*
 * The eight neighbours of a cell are one-hot bits of a byte, opposite directions side by side:
 * E 1, W 2, S 4, N 8, SE 16, NW 32, SW 64, NE 128. A set of directions is a mask.
 */

/** Column and row steps by bit position (0 = E … 7 = NE). */
export const STEP_X: readonly number[] = [1, -1, 0, 0, 1, -1, -1, 1];
export const STEP_Y: readonly number[] = [0, 0, 1, -1, 1, -1, 1, -1];

/**
 * Chooses one direction of a mask: permutes the bit positions by XOR with r, takes the lowest set
 * bit, permutes back. That is the same as three choices between halves, each by one bit of r.
 *
 * @param mask a set of directions.
 * @param r 0 to 7.
 * @returns the chosen direction as a one-hot bit; 0 of an empty mask.
 */
export function pick(mask: number, r: number): number {
  for (let position = 0; position < 8; position++) {
    const bit = 1 << (position ^ r);
    if ((mask & bit) !== 0) return bit;
  }
  return 0;
}

/** `pick(mask, r)` at index mask · 8 + r. */
export const PICK: Readonly<Uint8Array> = Uint8Array.from({ length: 2048 }, (_, index) =>
  pick(index >>> 3, index & 7),
);

/** Bit position of a one-hot byte. */
export function positionOf(direction: number): number {
  return 31 - Math.clz32(direction);
}
