import { computed, signal } from '@preact/signals';
import { CELLS_READ_MAX } from '../../../../protocol/wire/cells-codec.ts';
import { Refusal } from '../../api/request.ts';
import { type Cells, fetchCells } from '../../api/world-client.ts';
import { colony, tickSeen, worldSpec } from '../../state/colony.ts';
import { failed, understood, worked } from '../../state/connection.ts';
import { Poller } from '../../state/poller.ts';
import { shownTick } from '../../state/selection.ts';
import { type Camera, type Screen, upperLeft, type World, wrapped } from '../view/camera.ts';
import type { ByteMeter } from './byte-meter.ts';
import { lastPicture, pictureRate, pictureTrouble, somethingChanged } from './pictures.ts';
import { camera, screen } from './seen.ts';

/** CSS pixels of a cell from which its creature is drawn with its traits. */
const DETAILED_SCALE = 16;
/** Cells beyond the edges of the screen, so that they are there when it is moved. */
const MARGIN = 2;
const EVERY_LEAST_MS = 66;
const STANDING_MS = 500;
const RETRY_MS = 1000;
/** What a cell takes in a compressed answer, roughly. */
const CELL_BYTES = 9;

/** The newest answer for the cells that are seen, while they are seen one by one. */
export const detailedCells = signal<Cells | undefined>(undefined);

/**
 * The cells to draw one by one; undefined where they are too small, or too many for one answer. Pure.
 */
export function detailedRectangle(
  seen: Camera,
  world: World,
  size: Screen,
): { x: number; y: number; width: number; height: number } | undefined {
  if (seen.scale < DETAILED_SCALE) return undefined;
  const { left, top } = upperLeft(seen, size);
  const axis = (start: number, lengthPx: number, side: number, margin: number) => {
    const first = Math.floor(start) - margin;
    const end = Math.ceil(start + lengthPx / seen.scale) + margin;
    return { first: wrapped(first, side), count: Math.min(side, end - first) };
  };
  for (let margin = MARGIN; margin >= 0; margin--) {
    const across = axis(left, size.width, world.width, margin);
    const down = axis(top, size.height, world.height, margin);
    if (across.count * down.count > CELLS_READ_MAX) continue;
    return { x: across.first, y: down.first, width: across.count, height: down.count };
  }
  return undefined;
}

/** Names the cells that are seen one by one: another name, other cells; '' where none are. */
export const seenCellsName = computed(() => {
  const [seen, world, size] = [camera.value, worldSpec.value, screen.value];
  if (seen === undefined || world === undefined || size === undefined) return '';
  const rectangle = detailedRectangle(seen, world, size);
  return rectangle && JSON.stringify([colony.value?.colonyInstanceId, rectangle]);
});

/** Keeps the single cells that are seen new. */
export class CellsFeed {
  readonly #meter: ByteMeter;
  readonly #poller: Poller;
  #fails = false;
  #stands = false;
  #isAskedFor = true;

  constructor(meter: ByteMeter) {
    this.#meter = meter;
    this.#poller = new Poller(
      () => this.#look(),
      () => this.#restMs(),
    );
    void this.#poller.run();
  }

  /** Other cells are seen than before. */
  ask(): void {
    this.#isAskedFor = true;
    this.#poller.wake();
  }

  stop(): void {
    this.#poller.stop();
    understood('cells');
    detailedCells.value = undefined;
  }

  #restMs(): number {
    if (this.#fails) return RETRY_MS;
    if (shownTick.peek() !== undefined) return STANDING_MS;
    const rate = pictureRate.peek();
    if (this.#stands || rate === 'off' || detailedCells.peek() === undefined) return STANDING_MS;
    if (typeof rate === 'number') return 1000 / rate;
    return Math.max(EVERY_LEAST_MS, this.#meter.waitMs(bytesOf(detailedCells.peek()), false));
  }

  async #look(): Promise<void> {
    // What lives now is not seen beneath the past.
    if (shownTick.peek() !== undefined) return;
    const isAskedFor = this.#isAskedFor;
    if (!isAskedFor && pictureRate.peek() === 'off') return;
    const [seen, world, size] = [camera.peek(), worldSpec.peek(), screen.peek()];
    if (seen === undefined || world === undefined || size === undefined) return;
    const wanted = detailedRectangle(seen, world, size);
    if (wanted === undefined) {
      detailedCells.value = undefined;
      understood('cells');
      return;
    }
    if (pictureRate.peek() === 'auto' && this.#meter.waitMs(bytesOf(wanted), isAskedFor) > 0)
      return;
    this.#isAskedFor = false;
    try {
      const cells = await fetchCells(wanted);
      this.#fails = false;
      worked('cells');
      if (cells.colonyInstanceId !== colony.peek()?.colonyInstanceId) return;
      this.#stands = isSame(detailedCells.peek(), cells);
      pictureTrouble.value = undefined;
      lastPicture.value = { atMs: performance.now(), expectedWithinMs: this.#restMs() };
      tickSeen(cells.tick);
      if (this.#stands) return;
      detailedCells.value = cells;
      somethingChanged();
    } catch (error) {
      this.#fails = true;
      pictureTrouble.value = error instanceof Error ? error.message : String(error);
      if (!(error instanceof Refusal)) failed(error, 'cells');
    }
  }
}

/** Whether they are the same cells at the same tick, so that they look alike too. */
const isSame = (a: Cells | undefined, b: Cells): boolean =>
  a?.colonyInstanceId === b.colonyInstanceId &&
  a.tick === b.tick &&
  a.x === b.x &&
  a.y === b.y &&
  a.width === b.width &&
  a.height === b.height;

const bytesOf = (cells: { width: number; height: number } | undefined): number =>
  (cells?.width ?? 0) * (cells?.height ?? 0) * CELL_BYTES;
