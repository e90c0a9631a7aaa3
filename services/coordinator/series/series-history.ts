import type { Clock } from '../../platform/runtime/clock.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Row, SeriesAnswer } from '../../protocol/series/table.ts';
import type { TableName } from '../../protocol/series/tables.ts';
import type { FreshRecord } from '../term/fresh-record.ts';
import { type Asked, TableReader } from './table-reader.ts';
import type { TableStores } from './table-stores.ts';

export interface SeriesHistoryOptions {
  tables: TableStores;
  clock: Clock;
  record: Pick<FreshRecord, 'readOrKnown'>;
  /** The rows of the colony that is driven here that are not stored yet; undefined where none is driven. */
  waiting: (table: TableName) => { colonyInstanceId: string; rows: readonly Row[] } | undefined;
}

/** What was measured of the present colony, from its first tick to its newest. */
export class SeriesHistory {
  readonly #options: SeriesHistoryOptions;
  readonly #readers = new Map<TableName, TableReader>();

  constructor(options: SeriesHistoryOptions) {
    this.#options = options;
  }

  /**
   * @throws COLONY_NOT_STARTED if there is no colony, BAD_REQUEST if the range ends before it begins, SERIES_BUSY if
   * too many wait, STORE_UNAVAILABLE
   */
  async read(name: TableName, asked: Asked): Promise<SeriesAnswer> {
    const { from = 0, to = Number.POSITIVE_INFINITY } = asked;
    if (from > to) throw new ColonyError('BAD_REQUEST', `from ${from} is above to ${to}`);
    const { record } = await this.#options.record.readOrKnown();
    const { colonyInstanceId, status } = record;
    if (colonyInstanceId === undefined) {
      throw new ColonyError('COLONY_NOT_STARTED', `there are no ${name}: the colony is ${status}`);
    }
    // Before the stores are looked at: what waits now is there or will be.
    const waiting = this.#options.waiting(name);
    const isOfThis = waiting?.colonyInstanceId === colonyInstanceId;
    const answer = await this.#reader(name, colonyInstanceId).read(
      asked,
      isOfThis ? waiting.rows : [],
    );
    return { colonyInstanceId, table: this.#options.tables[name].table, ...answer };
  }

  #reader(name: TableName, colonyInstanceId: string): TableReader {
    const known = this.#readers.get(name);
    if (known?.colonyInstanceId === colonyInstanceId) return known;
    const { clock } = this.#options;
    const store = this.#options.tables[name];
    const reader = new TableReader({ store, clock, colonyInstanceId });
    this.#readers.set(name, reader);
    return reader;
  }
}
