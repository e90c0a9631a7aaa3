import { ofLastTerrain } from './of-last-terrain.ts';
import { type SegmentVisitor, type TerrainSpec, walkRivers } from './rivers.ts';

/** Side of a bucket in cells: about what a shard asks for. */
const BUCKET_SIDE = 256;

/**
 * All rivers of a terrain, walked once, their segments sorted into buckets by where they start:
 * what a rectangle asks for costs by its own size, not by the world's. 12 bytes per segment.
 */
class RiverMap {
  readonly #bucketColumns: number;
  /** Where the segments of each bucket begin, and behind the last one the end. */
  readonly #first: Uint32Array;
  readonly #starts: Int32Array;
  readonly #steps: Int16Array;

  constructor(terrain: TerrainSpec) {
    this.#bucketColumns = Math.ceil(terrain.width / BUCKET_SIDE);
    const buckets = this.#bucketColumns * Math.ceil(terrain.height / BUCKET_SIDE);
    const first = new Uint32Array(buckets + 1);
    walkRivers(terrain, (x, y) => {
      first[this.#bucketOf(x, y) + 1]!++;
    });
    for (let bucket = 0; bucket < buckets; bucket++) first[bucket + 1]! += first[bucket]!;
    const next = first.slice();
    this.#first = first;
    this.#starts = new Int32Array(2 * first[buckets]!);
    this.#steps = new Int16Array(2 * first[buckets]!);
    walkRivers(terrain, (x, y, stepX, stepY) => {
      const i = 2 * next[this.#bucketOf(x, y)]!++;
      this.#starts[i] = x;
      this.#starts[i + 1] = y;
      this.#steps[i] = stepX;
      this.#steps[i + 1] = stepY;
    });
  }

  /** The segments of all buckets that touch a range of starts, which lies within the world. */
  visit(left: number, top: number, right: number, bottom: number, visit: SegmentVisitor): void {
    const lastColumn = Math.floor(right / BUCKET_SIDE);
    const lastRow = Math.floor(bottom / BUCKET_SIDE);
    for (let row = Math.floor(top / BUCKET_SIDE); row <= lastRow; row++) {
      const start = row * this.#bucketColumns;
      const from = this.#first[start + Math.floor(left / BUCKET_SIDE)]!;
      const end = this.#first[start + lastColumn + 1]!;
      for (let i = 2 * from; i < 2 * end; i += 2) {
        visit(this.#starts[i]!, this.#starts[i + 1]!, this.#steps[i]!, this.#steps[i + 1]!);
      }
    }
  }

  #bucketOf(x: number, y: number): number {
    return Math.floor(y / BUCKET_SIDE) * this.#bucketColumns + Math.floor(x / BUCKET_SIDE);
  }
}

const riverMapOf = ofLastTerrain((terrain) => new RiverMap(terrain));

/**
 * Visits every image on the unrolled torus of every segment that starts with x in [lowX, highX)
 * and y in [lowY, highY); a few that start elsewhere may be visited too.
 */
export function visitSegmentsNear(
  terrain: TerrainSpec,
  [lowX, highX]: readonly [number, number],
  [lowY, highY]: readonly [number, number],
  visit: SegmentVisitor,
): void {
  const { width, height } = terrain;
  const rivers = riverMapOf(terrain);
  for (let y0 = Math.floor(lowY / height) * height; y0 < highY; y0 += height) {
    const top = Math.max(0, lowY - y0);
    const bottom = Math.min(height, highY - y0) - 1;
    for (let x0 = Math.floor(lowX / width) * width; x0 < highX; x0 += width) {
      const left = Math.max(0, lowX - x0);
      const right = Math.min(width, highX - x0) - 1;
      rivers.visit(left, top, right, bottom, (x, y, stepX, stepY) => {
        visit(x0 + x, y0 + y, stepX, stepY);
      });
    }
  }
}
