import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { ColonyError } from '../../protocol/common/errors.ts';
import { TABLE_KEYS } from '../../protocol/common/names.ts';
import { storeUnavailable } from '../aws/dynamo-client.ts';
import { parseStoredEntry } from './stored-entry.ts';

/** DynamoDB takes no more at a time. */
const REMOVALS_MAX = 25;

/** Numbers are padded to 12 digits in sort keys: this is above all of them. */
const AFTER_LAST_NUMBER = ':';

export interface SeriesOptions<T> {
  client: DynamoDBClient;
  tableName: string;
  colonyName: string;
  /** What an item holds beside its keys. */
  schema: z.ZodType<T>;
  /** For errors, for example `digest`. */
  what: string;
}

/**
 * Numbered items {pk: colonyName, sk: PREFIX + number}, each put only where none is. The number is
 * padded to 12 digits, so that the items of a prefix sort by it.
 */
export class DynamoSeries<T> {
  readonly #options: SeriesOptions<T>;
  readonly #client: DynamoDBDocumentClient;

  constructor(options: SeriesOptions<T>) {
    this.#options = options;
    this.#client = DynamoDBDocumentClient.from(options.client, {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  /** Puts an item unless its key is there; answers the one that is there then. */
  async append(sortKey: string, value: T & Record<string, unknown>): Promise<T> {
    const { tableName: TableName, colonyName } = this.#options;
    const key = { [TABLE_KEYS.partition]: colonyName, [TABLE_KEYS.sort]: sortKey };
    try {
      await this.#client.send(
        new PutCommand({
          TableName,
          Item: { ...key, ...value },
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
        }),
      );
      return { ...value };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeUnavailable(error);
    }
    const input = { TableName, Key: key, ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(input)).catch((error) => {
      throw storeUnavailable(error);
    });
    return this.#parse(Item);
  }

  /** The items of a prefix from a sort key on, ascending, at most `limit`. */
  async list(prefix: string, fromSortKey: string, limit: number): Promise<T[]> {
    const found: T[] = [];
    let startKey: Record<string, unknown> | undefined;
    do {
      const missing = limit - found.length;
      const { items, next } = await this.#page(prefix, fromSortKey, {
        ...(Number.isFinite(missing) && { Limit: missing }),
        ExclusiveStartKey: startKey,
      });
      found.push(...items);
      startKey = next;
    } while (startKey !== undefined);
    return found;
  }

  /** The item of a prefix with the highest number, if there is any. */
  async last(prefix: string): Promise<T | undefined> {
    const { items } = await this.#page(prefix, prefix, { ScanIndexForward: false, Limit: 1 });
    return items[0];
  }

  /** Removes items; one that is not there is fine. */
  async remove(sortKeys: readonly string[]): Promise<void> {
    const { tableName, colonyName } = this.#options;
    for (let at = 0; at < sortKeys.length; at += REMOVALS_MAX) {
      const removals = sortKeys.slice(at, at + REMOVALS_MAX).map((sortKey) => ({
        DeleteRequest: {
          Key: { [TABLE_KEYS.partition]: colonyName, [TABLE_KEYS.sort]: sortKey },
        },
      }));
      const input = { RequestItems: { [tableName]: removals } };
      const { UnprocessedItems } = await this.#client
        .send(new BatchWriteCommand(input))
        .catch((error) => {
          throw storeUnavailable(error);
        });
      if (Object.keys(UnprocessedItems ?? {}).length === 0) continue;
      throw new ColonyError('STORE_UNAVAILABLE', 'the table removes no more items at the moment');
    }
  }

  async #page(
    prefix: string,
    fromSortKey: string,
    more: Partial<QueryCommandInput>,
  ): Promise<{ items: T[]; next: Record<string, unknown> | undefined }> {
    if (more.Limit === 0) return { items: [], next: undefined };
    const { tableName, colonyName } = this.#options;
    const input: QueryCommandInput = {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition, '#sk': TABLE_KEYS.sort },
      ExpressionAttributeValues: {
        ':pk': colonyName,
        ':from': fromSortKey,
        ':to': prefix + AFTER_LAST_NUMBER,
      },
      ...more,
    };
    const { Items = [], LastEvaluatedKey } = await this.#client
      .send(new QueryCommand(input))
      .catch((error) => {
        throw storeUnavailable(error);
      });
    return { items: Items.map((item) => this.#parse(item)), next: LastEvaluatedKey };
  }

  #parse(item: Record<string, unknown> | undefined): T {
    const { [TABLE_KEYS.partition]: _pk, [TABLE_KEYS.sort]: _sk, ...fields } = item ?? {};
    const { schema, what } = this.#options;
    return parseStoredEntry(schema, what, fields);
  }
}
