import type { SeriesLog } from '../../platform/series/series-log.ts';
import { type Row, type Table, toItem } from '../../protocol/series/table.ts';
import type { RowStore } from '../ticking/journal/series-sink.ts';

export interface TableStoreOptions {
  table: Table;
  log: SeriesLog;
}

/** Where the rows of one table are: first as items of the series log. */
export class TableStore implements RowStore {
  readonly #options: TableStoreOptions;

  constructor(options: TableStoreOptions) {
    this.#options = options;
  }

  get table(): Table {
    return this.#options.table;
  }

  get log(): SeriesLog {
    return this.#options.log;
  }

  async storedThroughTick(colonyInstanceId: string): Promise<number> {
    return (await this.#options.log.last(colonyInstanceId))?.tick ?? -1;
  }

  async append(colonyInstanceId: string, rows: readonly Row[]): Promise<void> {
    const { table, log } = this.#options;
    await log.append(colonyInstanceId, toItem(table, rows));
  }
}
