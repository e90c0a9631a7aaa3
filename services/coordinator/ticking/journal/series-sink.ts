import { endsItem } from '../../../protocol/series/levels.ts';
import type { Row, Table } from '../../../protocol/series/table.ts';
import type { Entries, JournalEntry, JournalSink } from './journal-sink.ts';

/** Where the rows of a table are made durable. */
export interface RowStore {
  readonly table: Table;
  /** The tick of the newest row that is stored, and with it all before it; -1 for none. */
  storedThroughTick(colonyInstanceId: string): Promise<number>;
  /** Stores rows, at least one; those that are there already stay as they are. */
  append(colonyInstanceId: string, rows: readonly Row[]): Promise<void>;
}

export interface SeriesSinkOptions {
  store: RowStore;
  colonyInstanceId: string;
  /** The row of an entry; undefined if it has none. */
  rowOf: (entry: JournalEntry) => Row | undefined;
  /** Rows up to this tick were stored before the world came here; -1 for none. */
  afterTick: number;
}

/**
 * Makes rows of a table durable, an item at a time. Until an item is full its rows are in the leader's memory and the
 * backends' buffers: whoever leads next is given them again.
 */
export class SeriesSink implements JournalSink {
  readonly #options: SeriesSinkOptions;
  #storedThroughTick: number | undefined;
  #waiting: readonly Row[] = [];

  constructor(options: SeriesSinkOptions) {
    this.#options = options;
  }

  /** The rows that are not stored yet, in order of ticks. */
  get waiting(): readonly Row[] {
    return this.#waiting;
  }

  async accept(entries: Entries, wantedThroughTick: number): Promise<number> {
    const { store, colonyInstanceId, rowOf, afterTick } = this.#options;
    this.#storedThroughTick ??= await store.storedThroughTick(colonyInstanceId);
    // A replay gives rows again.
    const before = Math.max(this.#storedThroughTick, afterTick);
    const rows = entries.flatMap((entry) => rowOf(entry) ?? []).filter(({ tick }) => tick > before);
    this.#waiting = rows;
    const full = rows.findIndex(({ tick }) => endsItem(store.table, tick));
    const last = full < 0 ? rows.findLastIndex(({ tick }) => tick <= wantedThroughTick) : full;
    const lastRow = rows[last];
    if (lastRow === undefined) return rows[0] ? rows[0].tick - 1 : (entries.at(-1)?.tick ?? -1);
    await store.append(colonyInstanceId, rows.slice(0, last + 1));
    this.#storedThroughTick = lastRow.tick;
    this.#waiting = rows.slice(last + 1);
    return lastRow.tick;
  }
}
