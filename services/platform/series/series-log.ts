import type { SeriesItem } from '../../protocol/series/table.ts';

/** Rows of one table through time, in items by (instance, tick of the last row): written once each. */
export interface SeriesLog {
  /** Writes an item unless there is one of its tick. Answers the one that is there then. */
  append(colonyInstanceId: string, item: SeriesItem): Promise<SeriesItem>;
  /** Items whose last row is of a tick or later, ascending, at most `limit` if given. */
  list(
    colonyInstanceId: string,
    options?: { fromTick?: number; limit?: number },
  ): Promise<SeriesItem[]>;
  /** The item with the highest tick, if there is any. */
  last(colonyInstanceId: string): Promise<SeriesItem | undefined>;
  /** Removes the items of these ticks: their rows are kept elsewhere. One that is not there is fine. */
  remove(colonyInstanceId: string, ticks: readonly number[]): Promise<void>;
}

/** The logs of the tables of a colony. */
export type SeriesLogs = (table: string) => SeriesLog;
