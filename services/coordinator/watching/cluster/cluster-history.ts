import { BACKEND_COLUMNS, type BackendColumn } from '../../../protocol/api/backend-columns.ts';
import type { Phase } from '../../../protocol/api/public-api.ts';

/** What is remembered of one moment. NaN: not known. */
export interface Point {
  readonly elapsedMs: number;
  readonly phase: Phase;
  readonly tick: number;
  readonly ticksPerSecond: number;
  /** Ids of the backends, in the order of their values. */
  readonly ids: readonly string[];
  /** The columns of each backend, one backend after the other. */
  readonly values: Float32Array;
}

/** Points are kept as they came for five minutes, */
const FINE_POINTS = 150;
/** … then so many become one, */
const THINNED = 10;
/** … and are kept for the rest of half an hour. */
const COARSE_POINTS = 75;

const WIDTH = BACKEND_COLUMNS.length;

/** What is known of a backend at one moment; what is left out is not known. */
export type BackendValues = Partial<Record<BackendColumn, number | null>>;

/** The values of backends as a point keeps them: 32 bytes each. */
export function packValues(backends: readonly BackendValues[]): Float32Array {
  const values = new Float32Array(backends.length * WIDTH).fill(Number.NaN);
  for (const [i, backend] of backends.entries()) {
    for (const [c, name] of BACKEND_COLUMNS.entries()) values[i * WIDTH + c] = backend[name] ?? NaN;
  }
  return values;
}

/**
 * The last half an hour, if a point is added every two seconds; the older, the coarser. Bounded: of 1,024 backends
 * it is 8 MB.
 */
export class ClusterHistory {
  readonly #coarse: Point[] = [];
  readonly #fine: Point[] = [];

  /** Points come in the order of time. */
  add(point: Point): void {
    const ids = this.newest?.ids ?? [];
    const isAlike = ids.length === point.ids.length && ids.every((id, i) => id === point.ids[i]);
    this.#fine.push(isAlike ? { ...point, ids } : point);
    if (this.#fine.length < FINE_POINTS + THINNED) return;
    this.#coarse.push(meanOf(this.#fine.splice(0, THINNED)));
    if (this.#coarse.length > COARSE_POINTS) this.#coarse.shift();
  }

  get newest(): Point | undefined {
    return this.#fine.at(-1);
  }

  /** The points after a moment, oldest first. */
  after(elapsedMs: number): Point[] {
    return [...this.#coarse, ...this.#fine].filter((point) => point.elapsedMs > elapsedMs);
  }
}

/** The last point, with means of what was known at any of them. */
function meanOf(points: readonly Point[]): Point {
  const last = points.at(-1);
  if (last === undefined) throw new Error('a mean of nothing');
  const mean = (read: (point: Point) => number): number => {
    const known = points.map(read).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const values = last.values.map((_, index) => {
    const id = last.ids[Math.floor(index / WIDTH)] ?? '';
    return mean((point) => valueAt(point, id, index % WIDTH));
  });
  return { ...last, ticksPerSecond: mean((point) => point.ticksPerSecond), values };
}

/** The place of each id in a list, which points that are alike share: of many backends a search takes seconds. */
const placesByIds = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function placesOf(ids: readonly string[]): ReadonlyMap<string, number> {
  const known = placesByIds.get(ids);
  if (known !== undefined) return known;
  const places = new Map(ids.map((id, place) => [id, place]));
  placesByIds.set(ids, places);
  return places;
}

/** NaN if it is not known, or there was no such backend. */
function valueAt({ ids, values }: Point, id: string, column: number): number {
  const place = placesOf(ids).get(id);
  return place === undefined ? Number.NaN : (values[place * WIDTH + column] ?? Number.NaN);
}

/** The columns of one backend over some points. */
export function columnsOf(
  points: readonly Point[],
  id: string,
): Record<BackendColumn, (number | null)[]> {
  const columns = BACKEND_COLUMNS.map(
    (name, c) => [name, points.map((point) => numberOrNull(valueAt(point, id, c)))] as const,
  );
  return Object.fromEntries(columns) as Record<BackendColumn, (number | null)[]>;
}

/** As JSON has it, to three decimals. */
export const numberOrNull = (value: number): number | null =>
  Number.isNaN(value) ? null : Math.round(value * 1000) / 1000;
