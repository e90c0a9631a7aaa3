import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DigestEntry, digestEntrySchema } from '../../protocol/colony/sampling.ts';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import type { DigestLog } from './digest-log.ts';
import { DynamoSeries } from './dynamo-series.ts';

/** Digests as items {pk: colonyName, sk: digest#instance#tick}, put only where none is. */
export class DynamoDigestLog implements DigestLog {
  readonly #series: DynamoSeries<DigestEntry>;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    const schema = digestEntrySchema;
    this.#series = new DynamoSeries({ client, tableName, colonyName, schema, what: 'digest' });
  }

  append(colonyInstanceId: string, { tick, digest }: DigestEntry): Promise<DigestEntry> {
    return this.#series.append(SORT_KEYS.digest(colonyInstanceId, tick), { tick, digest });
  }

  list(
    colonyInstanceId: string,
    { fromTick = 0, limit = Number.POSITIVE_INFINITY }: { fromTick?: number; limit?: number } = {},
  ): Promise<DigestEntry[]> {
    const from = SORT_KEYS.digest(colonyInstanceId, fromTick);
    return this.#series.list(SORT_KEYS.digests(colonyInstanceId), from, limit);
  }

  last(colonyInstanceId: string): Promise<DigestEntry | undefined> {
    return this.#series.last(SORT_KEYS.digests(colonyInstanceId));
  }
}
