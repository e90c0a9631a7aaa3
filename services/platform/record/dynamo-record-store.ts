import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { SORT_KEYS, TABLE_KEYS } from '../../protocol/common/names.ts';
import { ABSENT_RECORD, type ColonyRecord } from '../../protocol/record/colony-record.ts';
import { plainItem } from '../aws/attribute-values.ts';
import { storeUnavailable } from '../aws/dynamo-client.ts';
import type { RecordStore, WriteResult } from './record-store.ts';
import { parseStoredRecord } from './stored-record.ts';

/** The record as the item {pk: colonyName, sk: 'record'}; a write is one PutItem. */
export class DynamoRecordStore implements RecordStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #key: Record<string, string>;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
    this.#key = {
      [TABLE_KEYS.partition]: colonyName,
      [TABLE_KEYS.sort]: SORT_KEYS.record,
    };
  }

  async read(): Promise<ColonyRecord> {
    const input = { TableName: this.#tableName, Key: this.#key, ConsistentRead: true };
    try {
      const { Item } = await this.#client.send(new GetCommand(input));
      return Item === undefined ? structuredClone(ABSENT_RECORD) : parseItem(Item);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const isFirst = seen.revision === ABSENT_RECORD.revision;
    const put = new PutCommand({
      TableName: this.#tableName,
      Item: { ...this.#key, ...next },
      ConditionExpression: isFirst ? 'attribute_not_exists(#revision)' : '#revision = :seen',
      ExpressionAttributeNames: { '#revision': 'revision' },
      ...(!isFirst && { ExpressionAttributeValues: { ':seen': seen.revision } }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#client.send(put);
      return { ok: true, record: next };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeUnavailable(error);
      // Some servers (dynalite) do not return the item with a refusal: then it is read.
      const record =
        error.Item === undefined ? await this.read() : parseItem(plainItem(error.Item));
      return { ok: false, record };
    }
  }
}

function parseItem(item: Record<string, unknown>): ColonyRecord {
  const { [TABLE_KEYS.partition]: _pk, [TABLE_KEYS.sort]: _sk, ...fields } = item;
  return parseStoredRecord(fields);
}
