import {
  type DecodedTiles,
  type EarlierTiles,
  earlierTiles,
} from '../../../../protocol/wire/tile-codec.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import type { TileRectangle } from '../view/cover.ts';

/** A tile as the page holds it. Its pixels are never written to: newer ones come in another array. */
export interface Tile {
  layer: Layer;
  zoom: number;
  x: number;
  y: number;
  /** Pixels a side, fewer than 256 at the edges of the world. */
  width: number;
  height: number;
  pixels: Uint8Array;
  /** The least and the greatest tick that it shows. */
  minTick: number;
  maxTick: number;
}

/** Pixels that are kept: the screen many times over, a small part of what a page may take. */
const KEPT_MAX_BYTES = 96 * 1024 * 1024;
/** Answers that the next one may be told against: one for each part of a picture, of two layers. */
const ANSWERS_MAX = 8;

export const tileKey = (layer: Layer, zoom: number, x: number, y: number): string =>
  `${layer}/${zoom}/${x}/${y}`;

/** The tiles that have come and are worth keeping, those looked at last longest. */
export class TileStore {
  /** Least recently used first. */
  readonly #tiles = new Map<string, Tile>();
  #answers: DecodedTiles[] = [];
  #bytes = 0;
  readonly #keptMaxBytes: number;

  constructor(keptMaxBytes = KEPT_MAX_BYTES) {
    this.#keptMaxBytes = keptMaxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Another world, or none. */
  clear(): void {
    this.#tiles.clear();
    this.#answers = [];
    this.#bytes = 0;
  }

  /** @returns whether any tile looks different now. */
  take(answer: DecodedTiles): boolean {
    const { layer, zoom, minTick, maxTick } = answer;
    let isDifferent = false;
    for (const { x, y, width, height, pixels } of answer.tiles) {
      const key = tileKey(layer, zoom, x, y);
      const before = this.#tiles.get(key);
      if (before?.pixels !== pixels) isDifferent = true;
      this.#bytes += pixels.length - (before?.pixels.length ?? 0);
      this.#tiles.delete(key);
      this.#tiles.set(key, { layer, zoom, x, y, width, height, pixels, minTick, maxTick });
    }
    this.#answers = [answer, ...this.#answers].slice(0, ANSWERS_MAX);
    this.#evict();
    return isDifferent;
  }

  get(layer: Layer, zoom: number, x: number, y: number): Tile | undefined {
    const key = tileKey(layer, zoom, x, y);
    const tile = this.#tiles.get(key);
    if (tile !== undefined) {
      this.#tiles.delete(key);
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  has(layer: Layer, zoom: number, x: number, y: number): boolean {
    return this.#tiles.has(tileKey(layer, zoom, x, y));
  }

  /** The answer that has most of these tiles, the newest of several: what comes is told against it. */
  earlierFor(layer: Layer, wanted: TileRectangle): EarlierTiles | undefined {
    let best: DecodedTiles | undefined;
    let most = 0;
    for (const answer of this.#answers) {
      if (answer.layer !== layer || answer.zoom !== wanted.zoom) continue;
      const shared = sharedTiles(answer, wanted);
      if (shared > most) [best, most] = [answer, shared];
    }
    return best && earlierTiles(best);
  }

  /** The server has forgotten what it said, or this page has misunderstood it: the next answers are whole. */
  forgetAnswers(): void {
    this.#answers = [];
  }

  #evict(): void {
    for (const [key, tile] of this.#tiles) {
      if (this.#bytes <= this.#keptMaxBytes) return;
      this.#tiles.delete(key);
      this.#bytes -= tile.pixels.length;
    }
  }
}

type Range = Omit<TileRectangle, 'zoom'>;

function sharedTiles(a: Range, b: Range): number {
  const across = Math.min(a.x + a.columns, b.x + b.columns) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.rows, b.y + b.rows) - Math.max(a.y, b.y);
  return Math.max(0, across) * Math.max(0, down);
}
