import type { Clock } from '../../platform/runtime/clock.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { coarser, everyTicks, segmentTicks } from '../../protocol/series/levels.ts';
import { type Row, toRows } from '../../protocol/series/table.ts';
import { type Kept, keptOf, levelFor, reachOf, stayingOf } from './levels-kept.ts';
import { SegmentCache } from './segment-cache.ts';
import type { TableStore } from './table-store.ts';

/** What is asked: ticks, both included. */
export interface Asked {
  /** @default 0 */
  from?: number | undefined;
  /** @default the newest row's */
  to?: number | undefined;
  /** At most so many rows. */
  points: number;
}

/** Rows of one level. */
export interface RowsAnswer {
  from: number;
  to: number;
  everyTicks: number;
  rows: readonly Row[];
}

/** Those who ask wait for each other; no more than so many. */
const WAITING_MAX = 32;
/** For so long nobody looks for other segments. */
const LISTED_MS = 10_000;

/**
 * Answers ranges of one table of one colony instance, from what is stored and what its leader knows. A row of a level
 * is in a segment of it, or is made of rows of the level below:
 *
 *     level 2   ├─ segments ─┤
 *     level 1                ├─ segments ─┤
 *     level 0                             ├─ segments ─┤ items │ not stored yet
 */
export class TableReader {
  readonly colonyInstanceId: string;
  readonly #store: TableStore;
  readonly #clock: Clock;
  readonly #cache: SegmentCache | undefined;
  readonly #turns = new SerialQueue();
  /** Rows of level 0 after those in segments, ascending. */
  #tail: Row[] = [];
  #kept: Kept = [];
  #listedMs = Number.NEGATIVE_INFINITY;

  constructor({
    store,
    clock,
    colonyInstanceId,
  }: {
    store: TableStore;
    clock: Clock;
    colonyInstanceId: string;
  }) {
    this.#store = store;
    this.#clock = clock;
    this.colonyInstanceId = colonyInstanceId;
    this.#cache = store.segments && new SegmentCache(store.segments, colonyInstanceId);
  }

  /**
   * @param waiting rows that are not stored yet.
   * @throws SERIES_BUSY if too many wait for their turn, STORE_UNAVAILABLE
   */
  async read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    if (this.#turns.waiting > WAITING_MAX) {
      throw new ColonyError('SERIES_BUSY', `${WAITING_MAX} others wait for theirs`);
    }
    return this.#turns.run(() => this.#read(asked, waiting));
  }

  async #read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    await this.#look();
    try {
      return await this.#answer(asked, waiting);
    } catch (error) {
      // A segment may have left since they were listed.
      this.#listedMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  async #answer(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    const { table } = this.#store;
    const stored = this.#knownThrough;
    const tail = [...this.#tail, ...waiting.filter(({ tick }) => tick > stored)];
    const newest = Math.max(tail.at(-1)?.tick ?? -1, stored, 0);
    const { from = 0, to = newest, points } = asked;
    // Rows may begin later than the world: so much less is to be answered.
    const firsts = [tail[0]?.tick ?? 0, ...this.#kept.flatMap(([first]) => first ?? [])];
    const range = { from: Math.max(from, Math.min(...firsts)), to: Math.min(to, newest), points };
    const level = levelFor(table, this.#kept, range);
    const rows = await this.#rows(level, range.from, range.to, tail);
    return { from, to, everyTicks: everyTicks(table, level), rows };
  }

  get #knownThrough(): number {
    return this.#tail.at(-1)?.tick ?? reachOf(this.#store.table, this.#kept, 0);
  }

  /** Reads what has been stored since the last look. */
  async #look(): Promise<void> {
    const { log, table, segments } = this.#store;
    const known = this.#knownThrough;
    const items = await log.list(this.colonyInstanceId, { fromTick: known + 1 });
    const more = items
      .flatMap(({ columns }) => toRows(table, columns))
      .sort((a, b) => a.tick - b.tick);
    const nowMs = this.#clock.nowMs();
    // What comes after a gap was made a segment meanwhile, and is in no item any more.
    const hasGap = more[0] !== undefined && more[0].tick > Math.max(0, known + table.everyTicks);
    if (segments !== undefined && (hasGap || nowMs - this.#listedMs > LISTED_MS)) {
      // After the items were listed: what is in none of them is in a segment by now.
      const kept = keptOf(table, await segments.list(this.colonyInstanceId));
      this.#kept = stayingOf(table, kept);
      this.#listedMs = nowMs;
    }
    const reach = reachOf(table, this.#kept, 0);
    this.#tail = this.#tail.filter(({ tick }) => tick > reach);
    for (const row of more) if (row.tick > this.#knownThrough) this.#tail.push(row);
  }

  /** The rows of a level from a tick to another, both included. */
  async #rows(level: number, from: number, to: number, tail: readonly Row[]): Promise<Row[]> {
    const { table } = this.#store;
    const isAsked = ({ tick }: Row) => tick >= from && tick <= to;
    const reach = reachOf(table, this.#kept, level);
    const rows: Row[] = [];
    for (const fromTick of this.#kept[level] ?? []) {
      if (fromTick > to || fromTick + segmentTicks(table, level) < from) continue;
      const segment = await this.#cache?.rows({ level, fromTick });
      rows.push(...(segment ?? []).filter(isAsked));
    }
    if (to <= reach) return rows;
    if (level === 0) return [...rows, ...tail.filter(isAsked)];
    const every = everyTicks(table, level);
    const first = Math.ceil(from / every) * every;
    const finerFrom = Math.max(first - every + 1, reach + 1, 0);
    const finer = await this.#rows(level - 1, finerFrom, to, tail);
    return [...rows, ...coarser(table, finer, every).filter(isAsked)];
  }
}
