import type { AddressInfo } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createDynamoClient, ensureTable } from '../../../services/platform/aws/dynamo-client.ts';

export interface DynaliteTable {
  client: DynamoDBClient;
  endpoint: string;
  tableName: string;
  close(): Promise<void>;
}

/** An embedded DynamoDB in this process, in memory, on a free port of loopback, with the table. */
export async function startDynaliteTable(tableName = 'colony-test'): Promise<DynaliteTable> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Server and client share one busy thread: nothing here may depend on its speed.
  const patient = { connectTimeoutMs: 60_000, requestTimeoutMs: 60_000 };
  const client = createDynamoClient({ region: 'local', endpoint, ...patient });
  await ensureTable(client, tableName);
  return {
    client,
    endpoint,
    tableName,
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
