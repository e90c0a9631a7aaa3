/**
 * Counter-based randomness: every draw is a pure function of (seed, tick, x, y), so that it is the
 * same in whichever shard a cell is computed, and however often.
 */

/** Odd multipliers that spread consecutive counters over 32 bits. */
export const SPREAD_X = 0x9e3779b9;
export const SPREAD_Y = 0xc2b2ae35;
export const SPREAD_N = 0x85ebca6b;
/** Separates two streams that are drawn from one key. */
export const SECOND_STREAM = 0x5bd1e995;

/**
 * A 32-bit finaliser; a bijection.
 *
 * @param z any integer; taken modulo 2^32.
 * @returns a signed 32-bit integer (`>>> 0` for the unsigned one).
 * @see lowbias32 by Chris Wellons, https://nullprogram.com/blog/2018/07/31/
 */
export function mix(z: number): number {
  z ^= z >>> 16;
  z = Math.imul(z, 0x7feb352d);
  z ^= z >>> 15;
  z = Math.imul(z, 0x846ca68b);
  return z ^ (z >>> 16);
}

/** An integer from 0 to n − 1 (1 ≤ n ≤ 65536) out of the upper half of a 32-bit draw. */
export function below(n: number, draw: number): number {
  return ((draw >>> 16) * n) >>> 16;
}

/** The key of a tick's columns. */
export function columnTickKey(seed: number, tick: number): number {
  return mix(seed ^ Math.imul(tick + 1, SPREAD_N));
}

/** The key of a tick's rows, out of the key of its columns. */
export function rowTickKey(columnTickKey: number): number {
  return mix(columnTickKey ^ SECOND_STREAM);
}

/** X[x]: the key of a column (global x) in a tick. */
export function columnKey(columnTickKey: number, x: number): number {
  return mix((columnTickKey + Math.imul(x, SPREAD_X)) | 0);
}

/** Y[y]: the key of a row (global y) in a tick. */
export function rowKey(rowTickKey: number, y: number): number {
  return mix((rowTickKey + Math.imul(y, SPREAD_Y)) | 0);
}

/**
 * The draw of one cell in one tick: two 16-bit lanes, u in the upper half and w in the lower.
 * 16-bit arithmetic because a vectorised kernel does eight cells of it at a time.
 */
export function cellDraw(columnKey: number, rowKey: number): number {
  let u = (columnKey + rowKey) & 0xffff;
  let w = (columnKey ^ rowKey) >>> 16;
  u ^= u >>> 7;
  u = Math.imul(u, 0xa2d3) & 0xffff;
  w = (w + u) & 0xffff;
  w ^= w >>> 7;
  w = Math.imul(w, 0x9e6d) & 0xffff;
  u = ((u ^ (w >>> 8)) + w) & 0xffff;
  return (u << 16) | w;
}

/** The 32-bit draw that shapes the mutation of a child born in a cell. */
export function mutationDraw(columnKey: number, rowKey: number): number {
  return mix((columnKey + rowKey) ^ 0xa511e9b3);
}

/** ⌊65536 / n⌋, at most 65535, as the share of 16-bit draws that a chance of "1 in n" takes. */
export function chanceOf65536(n: number): number {
  return n === 0 ? 0 : Math.min(65535, Math.floor(65536 / n));
}

/** ⌊256 / n⌋ as the share of 8-bit draws that a chance of "1 in n" takes. */
export function chanceOf256(n: number): number {
  return n === 0 ? 0 : Math.floor(256 / n);
}
