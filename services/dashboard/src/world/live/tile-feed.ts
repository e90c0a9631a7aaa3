import { computed } from '@preact/signals';
import { isOnLoopback } from '../../../../protocol/common/loopback.ts';
import type { DecodedTiles } from '../../../../protocol/wire/tile-codec.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import { Refusal } from '../../api/request.ts';
import { fetchTiles } from '../../api/world-client.ts';
import { colony, tickSeen, worldSpec } from '../../state/colony.ts';
import { failed, worked } from '../../state/connection.ts';
import { Poller } from '../../state/poller.ts';
import { marked, shownTick } from '../../state/selection.ts';
import { layer } from '../../state/url-state.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import {
  overviewZoom,
  rectanglesOf,
  seenTiles,
  type TileRectangle,
  tileZoom,
} from '../view/cover.ts';
import type { ByteMeter } from './byte-meter.ts';
import { detailedCells } from './cells-feed.ts';
import { lastPicture, pictureRate, pictureTrouble, somethingChanged } from './pictures.ts';
import { camera, movingMs, screen } from './seen.ts';

/** No screen shows more, and the colony ticks no faster by default. */
const EVERY_LEAST_MS = 1000 / 40;
/** While the colony stands, or pictures are switched off, it is only looked whether it still does. */
const STANDING_MS = 500;
/** Single cells are drawn over the tiles. */
const COVERED_MS = 1000;
const RETRY_MS = 1000;
/** While the view is moved about: what moves is hard to make out, and a picture takes time of all processes. */
const MOVING_MS = 250;
/** The map of the whole world may be older than the picture. */
const OVERVIEW_EVERY_MS = { free: 2_000, paid: 30_000 };
/** CSS pixels that a pixel of a tile measures at least; where bytes are paid for, rather more pictures than finer ones. */
export const pixelLeast = (): number => (isOnLoopback(location.href) ? 0.9 : 1.3);

/** The layer whose colours tell what is marked. */
export const markLayer = (): Layer | undefined =>
  marked.value && (marked.value.kind === 'species' ? 'colour' : 'lineage');

/** Names the tiles that are seen: another name, other tiles. */
export const seenTilesName = computed(() => {
  const [seen, world, size] = [camera.value, worldSpec.value, screen.value];
  if (seen === undefined || world === undefined || size === undefined) return '';
  const tiles = seenTiles(seen, world, size, tileZoom(seen.scale, pixelLeast()));
  return JSON.stringify([colony.value?.colonyInstanceId, rectanglesOf(tiles)]);
});

type LayerTiles = { layer: Layer } & TileRectangle;

/** Keeps the tiles that are seen new, and an overview of the whole world. */
export class TileFeed {
  readonly #store: TileStore;
  readonly #meter: ByteMeter;
  readonly #isPaid: boolean;
  readonly #poller: Poller;
  #overview = { of: '', atMs: Number.NEGATIVE_INFINITY };
  /** What the last picture showed, and whether it was the same as the one before. */
  #last = { tick: -1, stands: false };
  /** When all tiles that are seen were asked for last. */
  #allAtMs = Number.NEGATIVE_INFINITY;
  #fails = false;
  #isAskedFor = true;

  constructor(store: TileStore, meter: ByteMeter, isPaid: boolean) {
    this.#store = store;
    this.#meter = meter;
    this.#isPaid = isPaid;
    this.#poller = new Poller(
      () => this.#look(),
      () => this.#restMs(),
    );
    void this.#poller.run();
  }

  /** Other tiles are seen than before: asks for them at once. */
  ask(): void {
    this.#isAskedFor = true;
    this.#poller.wake();
  }

  stop(): void {
    this.#poller.stop();
  }

  #restMs(): number {
    if (this.#fails) return RETRY_MS;
    if (shownTick.peek() !== undefined) return STANDING_MS;
    if (this.#last.stands || pictureRate.peek() === 'off') return STANDING_MS;
    if (detailedCells.peek() !== undefined) return COVERED_MS;
    const rate = pictureRate.peek();
    if (typeof rate === 'number') return 1000 / rate;
    const leastMs = movingMs() > 0 ? MOVING_MS : EVERY_LEAST_MS;
    return Math.max(leastMs, this.#meter.waitMs(this.#meter.pictureBytes, this.#isAskedFor));
  }

  async #look(): Promise<void> {
    // What lives now is not seen beneath the past.
    if (shownTick.peek() !== undefined) return;
    const isAskedFor = this.#isAskedFor;
    if (!isAskedFor && pictureRate.peek() === 'off') return;
    if (pictureRate.peek() === 'auto') {
      if (this.#meter.waitMs(this.#meter.pictureBytes, isAskedFor) > 0) return;
    }
    const ranges = this.#wanted(isAskedFor);
    const overview = this.#dueOverview();
    if (ranges.length === 0 && overview === undefined) return;
    this.#isAskedFor = false;
    try {
      await Promise.all([
        ranges.length > 0 && this.#fetch(ranges, (tick, differs) => this.#took(tick, differs)),
        // It is small: until the first picture is there it stands in for it.
        overview && this.#fetch([overview], (_, differs) => differs && somethingChanged()),
      ]);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Asks for tiles that are drawn together, and keeps them unless another world has come meanwhile. */
  async #fetch(
    ranges: readonly LayerTiles[],
    onTaken: (minTick: number, isDifferent: boolean) => void,
  ): Promise<void> {
    const instance = colony.peek()?.colonyInstanceId;
    const answers = await Promise.all(
      ranges.map((range) => fetchTiles(range, this.#store.earlierFor(range.layer, range))),
    );
    if (instance !== colony.peek()?.colonyInstanceId) return;
    const world = worldSpec.peek();
    const isOther = ({ world: { width, height } }: DecodedTiles) =>
      width !== world?.width || height !== world.height;
    if (answers.some(isOther)) return;
    const changed = answers.map((answer) => this.#store.take(answer));
    onTaken(Math.min(...answers.map(({ minTick }) => minTick)), changed.includes(true));
  }

  #took(tick: number, isDifferent: boolean): void {
    this.#fails = false;
    const stands = !isDifferent && tick === this.#last.tick;
    this.#last = { tick, stands };
    worked('pictures');
    pictureTrouble.value = undefined;
    const expectedWithinMs = Math.max(this.#restMs(), this.#meter.intervalMs());
    lastPicture.value = { atMs: performance.now(), expectedWithinMs };
    tickSeen(tick);
    if (!stands) somethingChanged();
  }

  #failed(error: unknown): void {
    this.#fails = true;
    this.#store.forgetAnswers();
    pictureTrouble.value = error instanceof Error ? error.message : String(error);
    // The colony may be stopping or recovering; its phase says so better.
    if (!(error instanceof Refusal)) failed(error, 'pictures');
    // So does the next view of a leader that is gone: this one may still be of its time.
    else if (error.code !== 'NO_LEADER' && isAlive()) failed(error, 'pictures');
  }

  /**
   * The tiles to ask for next: all that are seen, or, where a person moves about or bytes are dear, first those that
   * are not there yet. None, if all are there and are new enough for what moves.
   */
  #wanted(isAskedFor: boolean): LayerTiles[] {
    const [world, seen, size] = [worldSpec.peek(), camera.peek(), screen.peek()];
    if (world === undefined || seen === undefined || size === undefined) return [];
    const shown = layer.peek();
    const kinds = markLayer();
    const layers = kinds === undefined || kinds === shown ? [shown] : [shown, kinds];
    const zoom = tileZoom(seen.scale, pixelLeast());
    const tiles = seenTiles(seen, world, size, zoom);
    const isMoving = movingMs() > 0;
    const isDear = this.#meter.waitMs(this.#meter.pictureBytes, false) > 0;
    const missing = layers.map((name) =>
      tiles.filter(({ x, y }) => !this.#store.has(name, zoom, x, y)),
    );
    const isPart = isAskedFor && (isDear || isMoving) && missing.some(({ length }) => length > 0);
    const isSoon = isMoving && performance.now() - this.#allAtMs < MOVING_MS;
    if (!isPart && !isSoon) this.#allAtMs = performance.now();
    return layers.flatMap((name, i) => {
      const asked = isPart || isSoon ? (missing[i] ?? []) : tiles;
      return rectanglesOf(asked).map((r) => ({ layer: name, ...r }));
    });
  }

  /** The whole world for the map, unless the picture has it or it is new enough. */
  #dueOverview(): LayerTiles | undefined {
    const [world, seen] = [worldSpec.peek(), camera.peek()];
    if (world === undefined || seen === undefined) return undefined;
    const zoom = overviewZoom(world);
    if (zoom === tileZoom(seen.scale, pixelLeast())) return undefined;
    const shown = layer.peek();
    const of = `${colony.peek()?.colonyInstanceId}/${shown}`;
    const everyMs = this.#isPaid ? OVERVIEW_EVERY_MS.paid : OVERVIEW_EVERY_MS.free;
    const isDue = of !== this.#overview.of || performance.now() - this.#overview.atMs > everyMs;
    if (!isDue) return undefined;
    this.#overview = { of, atMs: performance.now() };
    return { layer: shown, zoom, x: 0, y: 0, columns: 1, rows: 1 };
  }
}

function isAlive(): boolean {
  const phase = colony.peek()?.phase;
  return phase === 'Ticking' || phase === 'Paused';
}
