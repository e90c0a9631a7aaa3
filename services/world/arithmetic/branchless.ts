/**
 * Comparisons without a branch, for the hot loops: there either outcome is about as likely, and a
 * processor that guesses wrong loses more time than these cost. For integers whose difference
 * stays within 32 signed bits.
 */

/** 1 if a < b, else 0. */
export function isLess(a: number, b: number): number {
  return (a - b) >>> 31;
}

/** The lesser of a and b. */
export function lesser(a: number, b: number): number {
  const difference = (a - b) | 0;
  return (b + (difference & (difference >> 31))) | 0;
}
