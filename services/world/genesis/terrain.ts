import { integerRoot, quotient } from '../arithmetic/integers.ts';
import { REACH, squaredRiverDistances } from './river-distance.ts';
import type { TerrainSpec } from './rivers.ts';

export type { TerrainSpec } from './rivers.ts';

/** extraFood far from all rivers. */
const LEAST = 5;
/** What extraFood gains on a river. */
const RISE = 45;
const SMOOTHINGS = 4;

/** extraFood before smoothing by ⌊d²⌋: 5 + ⌊45 · (175 − ⌊d⌋)² / 175²⌋. */
const FOOD_BY_SQUARE: Readonly<Uint8Array> = Uint8Array.from(
  { length: REACH * REACH + 1 },
  (_, square) => LEAST + quotient(RISE * (REACH - integerRoot(square)) ** 2, REACH * REACH),
);

/**
 * extraFood of the cells of a rectangle, row after row: a function of the terrain and of each
 * cell's coordinates only, so that any rectangle evaluated alone equals the cut of the whole.
 *
 * Each smoothing pass: ⌊(56 · own + 3 · (sum of the 8 neighbours) + 40) / 80⌋, that is 0.7 own
 * + 0.3 mean, rounded to the nearest integer, halves upwards.
 *
 * @param x,y first cell; may lie outside the world (it is a torus).
 */
export function evaluateTerrain(
  terrain: TerrainSpec,
  x: number,
  y: number,
  width: number,
  height: number,
): Uint8Array {
  // Each pass uses up one ring of the padding; the rings in between hold values that are never read.
  const stride = width + 2 * SMOOTHINGS;
  const rows = height + 2 * SMOOTHINGS;
  const squares = squaredRiverDistances(terrain, x - SMOOTHINGS, y - SMOOTHINGS, stride, rows);
  let food = new Uint8Array(stride * rows);
  for (let i = 0; i < food.length; i++) food[i] = FOOD_BY_SQUARE[squares[i]!]!;

  let smooth = new Uint8Array(stride * rows);
  for (let pass = 0; pass < SMOOTHINGS; pass++) {
    smoothen(food, smooth, stride, rows);
    [food, smooth] = [smooth, food];
  }

  const out = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (row + SMOOTHINGS) * stride + SMOOTHINGS;
    out.set(food.subarray(start, start + width), row * width);
  }
  return out;
}

/** One smoothing pass over all but the outermost ring, which is left as it was. */
function smoothen(from: Uint8Array, to: Uint8Array, stride: number, rows: number): void {
  for (let row = 1; row < rows - 1; row++) {
    const start = row * stride;
    // Sums of three cells, one above the other: left, middle and right of the cell at hand.
    let left = 0;
    let middle = columnSum(from, start, stride);
    let right = columnSum(from, start + 1, stride);
    for (let i = start + 1; i < start + stride - 1; i++) {
      left = middle;
      middle = right;
      right = columnSum(from, i + 1, stride);
      const own = from[i]!;
      const neighbours = left + middle + right - own;
      to[i] = ((56 * own + 3 * neighbours + 40) / 80) | 0;
    }
  }
}

function columnSum(from: Uint8Array, middle: number, stride: number): number {
  return from[middle - stride]! + from[middle]! + from[middle + stride]!;
}
