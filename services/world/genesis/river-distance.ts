import { integerRoot, quotient } from '../arithmetic/integers.ts';
import { visitSegmentsNear } from './river-map.ts';
import { LONGEST_STEP, type TerrainSpec } from './rivers.ts';

/** From this distance on, rivers do not matter. */
export const REACH = 175;
const REACH_SQUARED = REACH * REACH;
/** Rectangles up to this side are computed cell by cell. */
const LEAF_SIDE = 16;

/**
 * Segments in the plane that the torus is unrolled to, so that distances need no wrapping: a
 * segment stands here once for each of its images near the rectangle asked for.
 */
interface Segments {
  count: number;
  x: Int32Array;
  y: Int32Array;
  stepX: Int32Array;
  stepY: Int32Array;
}

/**
 * For each cell of a rectangle ⌊d²⌋, where d is its exact torus distance to the nearest river;
 * REACH² if that is not within reach. The integer distance ⌊d⌋ is the root of it, rounded down.
 *
 * For a cell P and a segment from A by the step S, with v = P − A and l = S·S, d² is v·v if
 * v·S ≤ 0, |v − S|² if v·S ≥ l, else (v × S)² / l, rounded down. All are integers; the greatest,
 * (v × S)², stays below 2^47 in the largest world, where doubles hold every integer exactly.
 *
 * The rectangle is halved again and again; a half takes along only the segments that can be the
 * nearest for one of its cells, by the triangle inequality round its centre.
 *
 * @param x,y first cell; may lie outside the world (it is a torus).
 */
export function squaredRiverDistances(
  terrain: TerrainSpec,
  x: number,
  y: number,
  width: number,
  height: number,
): Uint16Array {
  const squares = new Uint16Array(width * height).fill(REACH_SQUARED);
  const near = segmentsNear(terrain, x, y, width, height);
  const fill = (left: number, top: number, w: number, h: number, outer: Segments): void => {
    const segments = nearestCandidates(outer, left, top, w, h);
    if (segments.count === 0) return;
    if (w > LEAF_SIDE && w >= h) {
      const half = w >> 1;
      fill(left, top, half, h, segments);
      fill(left + half, top, w - half, h, segments);
    } else if (h > LEAF_SIDE) {
      const half = h >> 1;
      fill(left, top, w, half, segments);
      fill(left, top + half, w, h - half, segments);
    } else {
      fillLeaf(squares, width, left - x, top - y, left, top, w, h, segments);
    }
  };
  fill(x, y, width, height, near);
  return squares;
}

/** ⌊d²⌋ between a cell and a segment. */
function squaredDistance(s: Segments, i: number, px: number, py: number): number {
  const vx = px - s.x[i]!;
  const vy = py - s.y[i]!;
  const stepX = s.stepX[i]!;
  const stepY = s.stepY[i]!;
  const along = vx * stepX + vy * stepY;
  if (along <= 0) return vx * vx + vy * vy;
  const length = stepX * stepX + stepY * stepY;
  if (along >= length) return (vx - stepX) * (vx - stepX) + (vy - stepY) * (vy - stepY);
  const across = vx * stepY - vy * stepX;
  return quotient(across * across, length);
}

/** Computes every cell of a small rectangle: the same formula, with the segment held fixed. */
function fillLeaf(
  squares: Uint16Array,
  stride: number,
  column: number,
  row: number,
  left: number,
  top: number,
  width: number,
  height: number,
  segments: Segments,
): void {
  for (let k = 0; k < segments.count; k++) {
    const stepX = segments.stepX[k]!;
    const stepY = segments.stepY[k]!;
    const length = stepX * stepX + stepY * stepY;
    const startX = left - segments.x[k]!;
    for (let j = 0; j < height; j++) {
      const vy = top + j - segments.y[k]!;
      const first = (row + j) * stride + column;
      let along = startX * stepX + vy * stepY;
      let across = startX * stepY - vy * stepX;
      for (let i = 0; i < width; i++) {
        const vx = startX + i;
        let square = 0;
        if (along <= 0) square = vx * vx + vy * vy;
        else if (along >= length)
          square = (vx - stepX) * (vx - stepX) + (vy - stepY) * (vy - stepY);
        // So near a segment the square is below 2^31: the quotient is one of 32-bit integers.
        else square = ((across * across) / length) | 0;
        if (square < squares[first + i]!) squares[first + i] = square;
        along += stepX;
        across += stepY;
      }
    }
  }
}

/** The segments that may be the nearest one within reach for some cell of a rectangle. */
function nearestCandidates(
  outer: Segments,
  left: number,
  top: number,
  width: number,
  height: number,
): Segments {
  const centreX = left + (width >> 1);
  const centreY = top + (height >> 1);
  const radius = integerRoot((width >> 1) ** 2 + (height >> 1) ** 2) + 1;
  const squares = new Float64Array(outer.count);
  let least = Number.MAX_SAFE_INTEGER;
  for (let k = 0; k < outer.count; k++) {
    const square = squaredDistance(outer, k, centreX, centreY);
    squares[k] = square;
    if (square < least) least = square;
  }
  if (outer.count === 0) return outer;
  // Roots are rounded down, hence + 1.
  const limit = Math.min(integerRoot(least) + 1 + 2 * radius, REACH + radius) + 1;
  const kept = emptySegments(outer.count);
  for (let k = 0; k < outer.count; k++) {
    if (squares[k]! > limit * limit) continue;
    addSegment(kept, outer.x[k]!, outer.y[k]!, outer.stepX[k]!, outer.stepY[k]!);
  }
  return kept;
}

/** All images of all segments whose bounding box comes within reach of a rectangle. */
function segmentsNear(
  terrain: TerrainSpec,
  x: number,
  y: number,
  width: number,
  height: number,
): Segments {
  const near = emptySegments(64);
  const farthest = REACH + LONGEST_STEP;
  const columns = [x - farthest, x + width + farthest] as const;
  const rows = [y - farthest, y + height + farthest] as const;
  visitSegmentsNear(terrain, columns, rows, (startX, startY, stepX, stepY) => {
    const isNear =
      startX + Math.max(0, stepX) > x - REACH &&
      startX + Math.min(0, stepX) < x + width + REACH &&
      startY + Math.max(0, stepY) > y - REACH &&
      startY + Math.min(0, stepY) < y + height + REACH;
    if (isNear) addSegment(near, startX, startY, stepX, stepY);
  });
  return near;
}

function emptySegments(capacity: number): Segments {
  return {
    count: 0,
    x: new Int32Array(capacity),
    y: new Int32Array(capacity),
    stepX: new Int32Array(capacity),
    stepY: new Int32Array(capacity),
  };
}

function addSegment(segments: Segments, x: number, y: number, stepX: number, stepY: number): void {
  if (segments.count === segments.x.length) grow(segments);
  const k = segments.count++;
  segments.x[k] = x;
  segments.y[k] = y;
  segments.stepX[k] = stepX;
  segments.stepY[k] = stepY;
}

function grow(segments: Segments): void {
  for (const name of ['x', 'y', 'stepX', 'stepY'] as const) {
    const longer = new Int32Array(2 * segments[name].length);
    longer.set(segments[name]);
    segments[name] = longer;
  }
}
