import type { Clock } from '../../platform/runtime/clock.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { coarser, everyTicks, segmentTicks } from '../../protocol/series/levels.ts';
import { type Incomplete, type Row, toRows } from '../../protocol/series/table.ts';
import { BoundedCalls, PATIENCE_MS } from './bounded-calls.ts';
import { Faults } from './faults.ts';
import { KnownSegments } from './known-segments.ts';
import {
  isReachMissing,
  type Kept,
  levelFor,
  type Range,
  reachOf,
  rowsWithin,
} from './levels-kept.ts';
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
  /** Why some of the rows that are stored may be missing. @default none is */
  incomplete?: Incomplete;
}

/** What is known while an answer is made: the rows of level 0 that are in no segment, and the segments. */
interface Known {
  tail: readonly Row[];
  kept: Kept;
}

/** An answer that is made. */
interface Making {
  readonly faults: Faults;
  /** Until then, by the clock, it waits for stores. */
  readonly byMs: number;
}

/** Those who ask wait for each other; no more than so many. */
const WAITING_MAX = 32;

/**
 * Answers ranges of one table of one colony instance, from what is stored and what its leader knows. A row of a level
 * is in a segment of it, or is made of rows of the level below:
 *
 *     level 2   ├─ segments ─┤
 *     level 1                ├─ segments ─┤
 *     level 0                             ├─ segments ─┤ items │ not stored yet
 *
 * What a store does not tell in time, or has not any more, is left out, and the answer says so: the newest rows are
 * known here anyway.
 */
export class TableReader {
  readonly colonyInstanceId: string;
  readonly #store: TableStore;
  readonly #clock: Clock;
  readonly #segments: KnownSegments | undefined;
  readonly #turns = new SerialQueue();
  readonly #logCalls: BoundedCalls;
  /** Rows of level 0 after those in segments, ascending. */
  #tail: Row[] = [];

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
    this.#logCalls = new BoundedCalls(clock, 'the newest rows');
    const { table, segments } = store;
    this.#segments = segments && new KnownSegments({ table, segments, clock, colonyInstanceId });
  }

  /**
   * @param waiting rows that are not stored yet.
   * @throws SERIES_BUSY if too many wait for their turn, STORE_UNAVAILABLE if no row at all can be known.
   */
  async read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    if (this.#turns.waiting > WAITING_MAX) {
      throw new ColonyError('SERIES_BUSY', `${WAITING_MAX} others wait for theirs`);
    }
    return this.#turns.run(() => this.#read(asked, waiting));
  }

  async #read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    const faults = new Faults();
    const making = { faults, byMs: this.#clock.nowMs() + PATIENCE_MS };
    await faults.catch(this.#lookForItems(making));
    await this.#lookForSegments(asked, making);
    const stored = this.#knownThrough;
    const tail = [...this.#tail, ...waiting.filter(({ tick }) => tick > stored)];
    if (faults.first !== undefined && tail.length === 0 && stored < 0) throw faults.first;
    return this.#answer(asked, { tail, kept: this.#kept }, making);
  }

  async #answer(asked: Asked, known: Known, making: Making): Promise<RowsAnswer> {
    const { table } = this.#store;
    const { tail, kept } = known;
    const newest = Math.max(tail.at(-1)?.tick ?? -1, reachOf(table, kept, 0), 0);
    const { from = 0, to = newest, points } = asked;
    // Rows may begin later than the world: so much less is to be answered.
    const firsts = [tail[0]?.tick ?? 0, ...kept.flatMap(([first]) => first ?? [])];
    const range = { from: Math.max(from, Math.min(...firsts)), to: Math.min(to, newest), points };
    const level = levelFor(table, kept, range);
    const every = everyTicks(table, level);
    const isBetween = range.from <= range.to && rowsWithin(range.from, range.to, every) === 0;
    const rows = isBetween
      ? await this.#nearestRow(level, range, known, making)
      : await this.#rows(level, range.from, range.to, known, making);
    const { incomplete } = making.faults;
    return { from, to, everyTicks: every, rows, ...(incomplete && { incomplete }) };
  }

  get #kept(): Kept {
    return this.#segments?.kept ?? [];
  }

  get #knownThrough(): number {
    return this.#tail.at(-1)?.tick ?? reachOf(this.#store.table, this.#kept, 0);
  }

  /** Reads the items that have been stored since the last look. */
  async #lookForItems({ byMs }: Making): Promise<void> {
    const { log, table } = this.#store;
    const known = this.#knownThrough;
    const items = await this.#logCalls.call(byMs, () =>
      log.list(this.colonyInstanceId, { fromTick: known + 1 }),
    );
    const listed = items
      .flatMap(({ columns }) => toRows(table, columns))
      .sort((a, b) => a.tick - b.tick);
    const more: Row[] = [];
    for (const row of listed) {
      // The item that a former leader wrote late has rows that are there already.
      if (row.tick > (more.at(-1)?.tick ?? known)) more.push(row);
    }
    // What came before a gap was made a segment meanwhile, and is in no item any more.
    const hasGap = more[0] !== undefined && more[0].tick > Math.max(0, known + table.everyTicks);
    if (hasGap) {
      this.#segments?.outdate();
      this.#tail = [];
    }
    this.#tail.push(...more);
  }

  /** After the items were listed: what is in none of them is in a segment by now. */
  async #lookForSegments({ from = 0 }: Asked, { faults, byMs }: Making): Promise<void> {
    const { table } = this.#store;
    const segments = this.#segments;
    if (segments === undefined) return;
    // Who asks for the newest rows alone does not wait for older ones.
    const isNeeded = from < (this.#tail[0]?.tick ?? Number.POSITIVE_INFINITY);
    if (segments.mustBeListed) {
      const { areListed } = segments;
      const listing = segments.list(byMs);
      if (!isNeeded) listing.catch(() => {});
      else await (areListed ? new Faults() : faults).catch(listing);
    }
    const reach = reachOf(table, this.#kept, 0);
    this.#tail = this.#tail.filter(({ tick }) => tick > reach);
    const first = this.#tail[0]?.tick;
    if (isNeeded && first !== undefined && isReachMissing(table, reach, first)) {
      const detail = `the rows before tick ${first} are gone`;
      faults.add(new ColonyError('STORE_UNAVAILABLE', detail));
    }
  }

  /** Of a range that lies between two rows of its level the nearer one; the later one if both are as near. */
  async #nearestRow(
    level: number,
    { from, to }: Range,
    known: Known,
    making: Making,
  ): Promise<Row[]> {
    const every = everyTicks(this.#store.table, level);
    const before = Math.floor(from / every) * every;
    const rows = await this.#rows(level, before, before + every, known, making);
    const distance = ({ tick }: Row) => (tick < from ? from - tick : tick - to);
    return rows.sort((a, b) => distance(a) - distance(b) || b.tick - a.tick).slice(0, 1);
  }

  /** The rows of a level from a tick to another, both included. */
  async #rows(
    level: number,
    from: number,
    to: number,
    known: Known,
    making: Making,
  ): Promise<Row[]> {
    const { table } = this.#store;
    const { tail, kept } = known;
    const isAsked = ({ tick }: Row) => tick >= from && tick <= to;
    const reach = reachOf(table, kept, level);
    const rows: Row[] = [];
    for (const fromTick of kept[level] ?? []) {
      if (fromTick > to || fromTick + segmentTicks(table, level) < from) continue;
      const segment = await this.#segmentRows(level, fromTick, making);
      rows.push(...(segment ?? []).filter(isAsked));
    }
    if (to <= reach) return rows;
    if (level === 0) return [...rows, ...tail.filter(isAsked)];
    const every = everyTicks(table, level);
    const first = Math.ceil(from / every) * every;
    const finerFrom = Math.max(first - every + 1, reach + 1, 0);
    const finer = await this.#rows(level - 1, finerFrom, to, known, making);
    return [...rows, ...coarser(table, finer, every).filter(isAsked)];
  }

  async #segmentRows(level: number, fromTick: number, { faults, byMs }: Making) {
    const segments = this.#segments;
    return segments && faults.catch(segments.rows({ level, fromTick }, byMs));
  }
}
