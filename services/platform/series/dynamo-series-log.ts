import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import { type SeriesItem, seriesItemSchema } from '../../protocol/series/table.ts';
import { DynamoSeries } from './dynamo-series.ts';
import type { SeriesLog } from './series-log.ts';

/** Rows as items {pk: colonyName, sk: rows#table#instance#tick}, put only where none is. */
export class DynamoSeriesLog implements SeriesLog {
  readonly #series: DynamoSeries<SeriesItem>;
  readonly #table: string;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string, table: string) {
    const what = `item of ${table}`;
    this.#series = new DynamoSeries({
      ...{ client, tableName, colonyName, schema: seriesItemSchema, what },
    });
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
    const from = SORT_KEYS.rowsItem(this.#table, colonyInstanceId, fromTick);
    return this.#series.list(SORT_KEYS.rows(this.#table, colonyInstanceId), from, limit);
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
