import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { coarser, everyTicks } from '../../protocol/series/levels.ts';
import { type Row, toRows } from '../../protocol/series/table.ts';
import { type Kept, levelFor, reachOf } from './levels-kept.ts';
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

/** Answers ranges of one table of one colony instance, from what is stored and what its leader knows. */
export class TableReader {
  readonly colonyInstanceId: string;
  readonly #store: TableStore;
  /** Rows of level 0 that are in no segment, ascending. */
  #tail: Row[] = [];
  #kept: Kept = [];
  readonly #turns = new SerialQueue();

  constructor(store: TableStore, colonyInstanceId: string) {
    this.#store = store;
    this.colonyInstanceId = colonyInstanceId;
  }

  /**
   * @param waiting rows that are not stored yet.
   * @throws SERIES_BUSY if too many wait for their turn.
   */
  read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    if (this.#turns.waiting > WAITING_MAX) {
      throw new ColonyError('SERIES_BUSY', `${WAITING_MAX} others wait for theirs`);
    }
    return this.#turns.run(() => this.#read(asked, waiting));
  }

  async #read(asked: Asked, waiting: readonly Row[]): Promise<RowsAnswer> {
    await this.#look();
    const { table } = this.#store;
    const stored = this.#storedThrough;
    const tail = [...this.#tail, ...waiting.filter(({ tick }) => tick > stored)];
    const newest = Math.max(tail.at(-1)?.tick ?? -1, stored, 0);
    const { from = 0, to = newest, points } = asked;
    const range = { from, to: Math.min(to, newest), points };
    const level = levelFor(table, this.#kept, range);
    const rows = await this.#rows(level, range.from, range.to, tail);
    return { from, to, everyTicks: everyTicks(table, level), rows };
  }

  get #storedThrough(): number {
    return this.#tail.at(-1)?.tick ?? reachOf(this.#store.table, this.#kept, 0);
  }

  /** Reads what has been stored since the last look. */
  async #look(): Promise<void> {
    const { log, table } = this.#store;
    const fromTick = this.#storedThrough + 1;
    for (const { columns } of await log.list(this.colonyInstanceId, { fromTick })) {
      const stored = this.#storedThrough;
      this.#tail.push(...toRows(table, columns).filter(({ tick }) => tick > stored));
    }
  }

  /** The rows of a level from a tick to another, both included. */
  async #rows(level: number, from: number, to: number, tail: readonly Row[]): Promise<Row[]> {
    const { table } = this.#store;
    const isAsked = ({ tick }: Row) => tick >= from && tick <= to;
    if (level === 0) return tail.filter(isAsked);
    const every = everyTicks(table, level);
    const first = Math.ceil(from / every) * every;
    const finer = await this.#rows(level - 1, Math.max(0, first - every + 1), to, tail);
    return coarser(table, finer, every).filter(isAsked);
  }
}
