import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { ColonyError } from '../protocol/errors.ts';
import { SORT_KEYS, TABLE_KEYS } from '../protocol/names.ts';
import { type DigestEntry, digestEntrySchema } from '../protocol/sampling.ts';
import type { DigestLog } from './digest-log.ts';
import { storeUnavailable } from './dynamo-client.ts';

/** Ticks are padded to 12 digits in sort keys: this is above all of them. */
const AFTER_LAST_TICK = ':';

/** Digests as items {pk: colonyName, sk: digest#instance#tick}, put only where none is. */
export class DynamoDigestLog implements DigestLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #colonyName: string;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
    this.#colonyName = colonyName;
  }

  async append(colonyInstanceId: string, entry: DigestEntry): Promise<DigestEntry> {
    const key = {
      [TABLE_KEYS.partition]: this.#colonyName,
      [TABLE_KEYS.sort]: SORT_KEYS.digest(colonyInstanceId, entry.tick),
    };
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: { ...key, tick: entry.tick, digest: entry.digest },
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
        }),
      );
      return { ...entry };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeUnavailable(error);
    }
    const input = { TableName: this.#tableName, Key: key, ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(input)).catch((error) => {
      throw storeUnavailable(error);
    });
    return parseItem(Item);
  }

  async list(
    colonyInstanceId: string,
    { fromTick = 0, limit = Number.POSITIVE_INFINITY }: { fromTick?: number; limit?: number } = {},
  ): Promise<DigestEntry[]> {
    const entries: DigestEntry[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const missing = limit - entries.length;
      const { items, next } = await this.#page(colonyInstanceId, fromTick, {
        ...(Number.isFinite(missing) && { Limit: missing }),
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      entries.push(...items);
      startKey = next;
    } while (startKey !== undefined && entries.length < limit);
    return entries;
  }

  async last(colonyInstanceId: string): Promise<DigestEntry | undefined> {
    const { items } = await this.#page(colonyInstanceId, 0, { ScanIndexForward: false, Limit: 1 });
    return items[0];
  }

  async #page(
    colonyInstanceId: string,
    fromTick: number,
    more: Partial<QueryCommandInput>,
  ): Promise<{ items: DigestEntry[]; next: Record<string, unknown> | undefined }> {
    if (more.Limit === 0) return { items: [], next: undefined };
    try {
      const { Items = [], LastEvaluatedKey } = await this.#client.send(
        new QueryCommand({
          TableName: this.#tableName,
          ConsistentRead: true,
          KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition, '#sk': TABLE_KEYS.sort },
          ExpressionAttributeValues: {
            ':pk': this.#colonyName,
            ':from': SORT_KEYS.digest(colonyInstanceId, fromTick),
            ':to': SORT_KEYS.digests(colonyInstanceId) + AFTER_LAST_TICK,
          },
          ...more,
        }),
      );
      return { items: Items.map(parseItem), next: LastEvaluatedKey };
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

function parseItem(item: Record<string, unknown> | undefined): DigestEntry {
  const parsed = digestEntrySchema.safeParse({ tick: item?.['tick'], digest: item?.['digest'] });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ColonyError(
    'STORE_UNAVAILABLE',
    `a stored digest is broken: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}
