import { batch, signal } from '@preact/signals';
import type { Cells } from '../../api/world-client.ts';
import { fetchCells } from '../../api/world-client.ts';
import { colony, worldSpec } from '../../state/colony.ts';
import { Poller } from '../../state/poller.ts';
import { selectedCell, shownTick } from '../../state/selection.ts';
import { follow } from '../../state/url-state.ts';
import { around, type Cell, cellAt, indexOf } from '../cells/cells.ts';
import { type Followed, findFollowed, followedFrom, reachToAsk } from '../cells/following.ts';
import { lookAt } from './seen.ts';

/** How often the cell that is inspected is looked at, in milliseconds. */
const EVERY_MS = { free: 200, paid: 1000 };
/** A creature that moves is looked for more often: the further it may be, the more cells are to be searched. */
const FOLLOWING_EVERY_MS = 120;
const RETRY_MS = 1000;
/** A square of 63 × 63 cells is the largest of one answer. */
const REACH_MAX = 31;
/** Cells further than needed, for the ticks that pass until the next answer. */
const REACH_MORE = 4;
/** A creature that crosses from one backend's cells to another's may be in neither of an answer of two ticks. */
const MISSES_MAX = 2;

/** The cell that is inspected, as it was at a tick. */
export const inspected = signal<{ cell: Cell; tick: number; maxTick: number } | undefined>(
  undefined,
);
/** Why there is nothing newer of it; undefined: nothing is wrong. */
export const inspectionTrouble = signal<string | undefined>(undefined);
/** What became of the creature that is followed, or was last. */
export const followNews = signal<string>('');

export function clearSelection(): void {
  follow.value = false;
  followNews.value = '';
  selectedCell.value = undefined;
}

const ticks = new Intl.NumberFormat('en');

/** Keeps the cell that is selected known, and goes after the creature that is followed. */
export class Inspection {
  readonly #poller: Poller;
  readonly #isPaid: boolean;
  #followed: Followed | undefined;
  #seenAtMs = 0;
  #misses = 0;
  /** How far it was found that it may have come, in cells. */
  #reachNeeded = 0;
  #fails = false;

  constructor(isPaid: boolean) {
    this.#isPaid = isPaid;
    this.#poller = new Poller(
      () => this.#look(),
      () => this.#restMs(),
    );
    void this.#poller.run();
  }

  /** Another cell is selected, or following begins or ends. */
  ask(): void {
    if (!follow.peek()) this.#followed = undefined;
    this.#poller.wake();
  }

  stop(): void {
    this.#poller.stop();
  }

  #restMs(): number {
    if (this.#fails) return RETRY_MS;
    if (this.#followed !== undefined && (this.#followed.traits & 2) !== 0)
      return FOLLOWING_EVERY_MS;
    return this.#isPaid ? EVERY_MS.paid : EVERY_MS.free;
  }

  async #look(): Promise<void> {
    // What lives now is not seen beneath the past.
    if (shownTick.peek() !== undefined) return;
    const [selected, world] = [selectedCell.peek(), worldSpec.peek()];
    if (selected === undefined || world === undefined) {
      inspected.value = undefined;
      this.#followed = undefined;
      return;
    }
    const isElsewhere = this.#followed?.x !== selected.x || this.#followed.y !== selected.y;
    if (isElsewhere || !follow.peek()) this.#followed = undefined;
    const reach = this.#followed === undefined ? 0 : this.#reachToAsk(this.#followed);
    try {
      const cells = await fetchCells(around(selected, world, reach));
      this.#fails = false;
      inspectionTrouble.value = undefined;
      if (selectedCell.peek() !== selected) return;
      if (cells.colonyInstanceId !== colony.peek()?.colonyInstanceId) return;
      if (this.#followed !== undefined && follow.peek()) this.#goAfter(this.#followed, cells);
      else this.#take(selected, cells);
    } catch (error) {
      this.#fails = true;
      inspectionTrouble.value = error instanceof Error ? error.message : String(error);
    }
  }

  #reachToAsk(followed: Followed): number {
    const perSecond = colony.peek()?.ticksPerSecond.achieved ?? 0;
    const reach = reachToAsk(followed, perSecond, performance.now() - this.#seenAtMs, REACH_MAX);
    return Math.min(REACH_MAX, Math.max(reach, this.#reachNeeded));
  }

  #take(selected: { x: number; y: number }, cells: Cells): void {
    const world = worldSpec.peek();
    const index = world && indexOf(cells, world, selected);
    if (world === undefined || index === undefined) return;
    const cell = cellAt(cells, world, index);
    inspected.value = { cell, tick: cells.tick, maxTick: cells.maxTick };
    if (!follow.peek()) return;
    this.#followed = followedFrom(cells, cell);
    this.#seenAtMs = performance.now();
    this.#misses = 0;
    this.#reachNeeded = 0;
    followNews.value = '';
    if (this.#followed === undefined) this.#end('Nobody lives in this cell to be followed.');
    else lookAt(cell);
  }

  #goAfter(followed: Followed, cells: Cells): void {
    const world = worldSpec.peek();
    if (world === undefined) return;
    const sighting = findFollowed(followed, cells, world);
    if (sighting.kind === 'seen') {
      const { creature, cell, twins } = sighting;
      this.#followed = creature;
      this.#seenAtMs = performance.now();
      this.#misses = 0;
      this.#reachNeeded = 0;
      batch(() => {
        inspected.value = { cell, tick: cells.tick, maxTick: cells.maxTick };
        followNews.value =
          twins === 0 ? '' : `One of ${twins + 1} alike nearby: it may be another of them.`;
        const before = selectedCell.peek();
        if (before?.x === cell.x && before.y === cell.y) return;
        selectedCell.value = { x: cell.x, y: cell.y };
        lookAt(cell);
      });
      return;
    }
    if (sighting.kind === 'unknown') return;
    this.#misses++;
    if (sighting.kind === 'lost') {
      // More ticks were done than was thought: it is looked for once more, as far as it may be.
      this.#reachNeeded = sighting.ticks + REACH_MORE;
      if (sighting.ticks <= REACH_MAX && this.#misses < MISSES_MAX) {
        this.#poller.wake();
        return;
      }
      this.#end(
        `Lost sight of the creature that was followed after tick ${ticks.format(sighting.afterTick)}: in ${ticks.format(sighting.ticks)} ticks it may have gone further than was looked.`,
      );
    } else if (this.#misses >= MISSES_MAX) {
      const { afterTick, byTick } = sighting;
      this.#end(
        `The creature that was followed died between tick ${ticks.format(afterTick)} and tick ${ticks.format(byTick)}. At a slower pace one sees more of a life.`,
      );
    }
  }

  #end(news: string): void {
    batch(() => {
      follow.value = false;
      followNews.value = news;
    });
    this.#followed = undefined;
  }
}
