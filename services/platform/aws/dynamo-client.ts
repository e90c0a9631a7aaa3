import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { ColonyError } from '../../protocol/common/errors.ts';
import { TABLE_KEYS } from '../../protocol/common/names.ts';
import { type AwsAddress, awsClientConfig } from './aws-client.ts';

/** A client with bounded time and retries; see aws-client.ts for an embedded server. */
export function createDynamoClient(address: AwsAddress): DynamoDBClient {
  return new DynamoDBClient(awsClientConfig(address));
}

/** Makes the table unless it is there, and waits for it. For the embedded server only. */
export async function ensureTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partition, sort } = TABLE_KEYS;
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: partition, AttributeType: 'S' },
          { AttributeName: sort, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: partition, KeyType: 'HASH' },
          { AttributeName: sort, KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw storeUnavailable(error);
  }
  try {
    await waitUntilTableExists(
      { client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { TableName: tableName },
    );
  } catch (error) {
    throw storeUnavailable(error);
  }
}

/** What the service says about a request that is wrong in itself: a bug, not an outage. */
const BUGS = new Set(['ValidationException', 'SerializationException']);

/**
 * The one place where errors of the SDK are mapped: throttling, time-outs, refused connections,
 * a missing table and missing rights are STORE_UNAVAILABLE with the cause; a request that is wrong
 * in itself stays what it is.
 */
export function storeUnavailable(error: unknown): unknown {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  if (error instanceof ColonyError || (name !== undefined && BUGS.has(name))) return error;
  const what = [name, code, message].filter(Boolean).join(': ');
  return new ColonyError('STORE_UNAVAILABLE', `the table does not answer: ${what}`, {
    cause: error,
  });
}
