import { quotient } from '../arithmetic/integers.ts';
import { below, mix, SECOND_STREAM, SPREAD_N, SPREAD_X } from '../arithmetic/randomness.ts';
import { stepEast, stepSouth } from './headings.ts';

/** What a terrain is made from. Number 0 is the first; each new topography counts on. */
export interface TerrainSpec {
  readonly seed: number;
  readonly number: number;
  readonly width: number;
  readonly height: number;
}

/** Called with each segment: its start, wrapped into the world, and the step to its end. */
export type SegmentVisitor = (x: number, y: number, stepX: number, stepY: number) => void;

const TERRAIN_STREAM = 0x7e44a1d3;
/** The area, in cells, for which rivers are given. */
const REFERENCE_AREA = 2_500_000;
const FEWEST_RIVERS = 2;
const SHORTEST_STEP = 20;
/** A segment's length at most, along each axis too. */
export const LONGEST_STEP = 30;
/** A river starts at most this far from straight into the world, of 256 headings. */
const FIRST_TURN = 20;
/** A river turns by at most this after each segment, of 256 headings. */
const TURN = 24;

/**
 * Walks all rivers of a terrain, segment by segment. Each river has draws of its own, numbered
 * from 0: draw(j) = mix(mix(key + river · SPREAD_X) + j · SPREAD_N).
 */
export function walkRivers(terrain: TerrainSpec, visit: SegmentVisitor): void {
  const { width, height } = terrain;
  const key = mix(terrain.seed ^ mix(terrain.number + TERRAIN_STREAM));
  const area = width * height;
  const rivers = riverCount(key, area);
  for (let river = 0; river < rivers; river++) {
    const riverKey = mix((key + Math.imul(river, SPREAD_X)) | 0);
    const draw = (j: number) => mix((riverKey + Math.imul(j, SPREAD_N)) | 0);

    const side = below(4, draw(0));
    let x = side === 0 ? 0 : side === 1 ? width - 1 : below(width, draw(1));
    let y = side === 2 ? 0 : side === 3 ? height - 1 : below(height, draw(1));
    const inward = [0, 128, 64, 192][side]!;
    let heading = inward + below(2 * FIRST_TURN + 1, draw(2)) - FIRST_TURN;
    const segments = 30 + below(16, draw(3)) + 5 * doublings(area);

    for (let segment = 0; segment < segments; segment++) {
      const length = SHORTEST_STEP + below(LONGEST_STEP - SHORTEST_STEP + 1, draw(4 + 2 * segment));
      const stepX = stepEast(heading, length);
      const stepY = stepSouth(heading, length);
      visit(x, y, stepX, stepY);
      x = (x + stepX + 2 * width) % width;
      y = (y + stepY + 2 * height) % height;
      heading += below(2 * TURN + 1, draw(5 + 2 * segment)) - TURN;
    }
  }
}

/** 10 to 20 rivers per reference area, in proportion, rounded to the nearest; at least 2. */
function riverCount(key: number, area: number): number {
  const perReference = 10 + below(11, mix(key ^ SECOND_STREAM));
  const rounded = quotient(2 * perReference * area + REFERENCE_AREA, 2 * REFERENCE_AREA);
  return Math.max(FEWEST_RIVERS, rounded);
}

/** How often the reference area can be doubled without exceeding the area: longer rivers. */
function doublings(area: number): number {
  let count = 0;
  for (let doubled = 2 * REFERENCE_AREA; doubled <= area; doubled *= 2) count++;
  return count;
}
