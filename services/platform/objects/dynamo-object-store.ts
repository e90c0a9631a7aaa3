import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { TABLE_KEYS } from '../../protocol/common/names.ts';
import { storeUnavailable } from '../aws/dynamo-client.ts';
import { type ObjectStore, objectDiffers } from './object-store.ts';
import { parseObject } from './stored-object.ts';

/** Longer texts are deflated. */
const PLAIN_MAX_BYTES = 64 * 1024;
/** Below DynamoDB's 400 KB for an item with its keys. */
const STORED_MAX_BYTES = 390 * 1000;
/** Nothing is inflated beyond this. */
const TEXT_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Objects as items {pk: colonyName, sk: ref} with their canonical JSON in `json`, or deflated in
 * `deflated`. An object of 2 MB fits if it is as repetitive as topologies are.
 */
export class DynamoObjectStore implements ObjectStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #colonyName: string;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
    this.#colonyName = colonyName;
  }

  async put(ref: string, value: unknown): Promise<void> {
    const text = canonicalJson(value);
    const input = {
      TableName: this.#tableName,
      Item: { ...this.#key(ref), ...pack(ref, text) },
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEYS.partition },
    };
    try {
      await this.#client.send(new PutCommand(input));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeUnavailable(error);
      if ((await this.#text(ref)) !== text) throw objectDiffers(ref);
    }
  }

  async get(ref: string): Promise<unknown> {
    const text = await this.#text(ref);
    return text === undefined ? undefined : parseObject(ref, text);
  }

  async #text(ref: string): Promise<string | undefined> {
    const input = { TableName: this.#tableName, Key: this.#key(ref), ConsistentRead: true };
    try {
      const { Item } = await this.#client.send(new GetCommand(input));
      return Item === undefined ? undefined : unpack(ref, Item);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  #key(ref: string): Record<string, string> {
    return { [TABLE_KEYS.partition]: this.#colonyName, [TABLE_KEYS.sort]: ref };
  }
}

function pack(ref: string, text: string): { json: string } | { deflated: Uint8Array } {
  const textBytes = Buffer.byteLength(text);
  const plain = textBytes <= PLAIN_MAX_BYTES;
  const deflated = plain ? undefined : deflateRawSync(text);
  const storedBytes = deflated?.byteLength ?? textBytes;
  // Stryker disable next-line EqualityOperator: a byte more or less of 390 KB matters to nobody
  const fits = storedBytes <= STORED_MAX_BYTES;
  if (!fits || textBytes > TEXT_MAX_BYTES) {
    throw new Error(
      `the object ${ref} has ${textBytes} bytes, deflated ${storedBytes}: an item takes at most ${STORED_MAX_BYTES}, of at most ${TEXT_MAX_BYTES}`,
    );
  }
  return deflated === undefined ? { json: text } : { deflated };
}

function unpack(ref: string, item: Record<string, unknown>): string {
  if (typeof item['json'] === 'string') return item['json'];
  try {
    const deflated = item['deflated'] as Uint8Array;
    return inflateRawSync(deflated, { maxOutputLength: TEXT_MAX_BYTES }).toString();
  } catch (cause) {
    throw new ColonyError('STORE_UNAVAILABLE', `the stored object ${ref} is broken`, { cause });
  }
}
