import { SORT_KEYS } from '../../protocol/common/names.ts';
import { type SeriesItem, seriesItemSchema } from '../../protocol/series/table.ts';
import type { StoreClient } from '../store/store-client.ts';
import { EmbeddedSeries } from './embedded-series.ts';
import type { SeriesLog } from './series-log.ts';

/** Rows as texts of the embedded store. */
export class EmbeddedSeriesLog implements SeriesLog {
  readonly #series: EmbeddedSeries<SeriesItem>;
  readonly #table: string;

  constructor(client: StoreClient, table: string) {
    this.#series = new EmbeddedSeries(client, seriesItemSchema, `item of ${table}`);
    this.#table = table;
  }

  append(colonyInstanceId: string, { tick, columns }: SeriesItem): Promise<SeriesItem> {
    const sortKey = SORT_KEYS.rowsItem(this.#table, colonyInstanceId, tick);
    return this.#series.append(sortKey, { tick, columns });
  }

  list(
    colonyInstanceId: string,
    { fromTick = 0, limit = Number.POSITIVE_INFINITY }: { fromTick?: number; limit?: number } = {},
  ): Promise<SeriesItem[]> {
    const sortKeyOf = ({ tick }: { tick: number }) =>
      SORT_KEYS.rowsItem(this.#table, colonyInstanceId, tick);
    const from = sortKeyOf({ tick: fromTick });
    const prefix = SORT_KEYS.rows(this.#table, colonyInstanceId);
    return this.#series.list(prefix, from, sortKeyOf, limit);
  }

  last(colonyInstanceId: string): Promise<SeriesItem | undefined> {
    return this.#series.last(SORT_KEYS.rows(this.#table, colonyInstanceId));
  }

  remove(colonyInstanceId: string, ticks: readonly number[]): Promise<void> {
    return this.#series.remove(
      ticks.map((tick) => SORT_KEYS.rowsItem(this.#table, colonyInstanceId, tick)),
    );
  }
}
