import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDynamoClient } from '../../../../services/platform/aws/dynamo-client.ts';
import { DynamoSeriesLog } from '../../../../services/platform/series/dynamo-series-log.ts';

const documents = mockClient(DynamoDBDocumentClient);
const client = createDynamoClient({ region: 'local', endpoint: 'http://127.0.0.1:1' });
const log = new DynamoSeriesLog(client, 'table', 'reef', 'statistics');
beforeEach(() => documents.reset());
// Other suites of this process have clients of this class, too.
afterAll(() => documents.restore());

test('items are removed 25 at a time', async () => {
  documents.on(BatchWriteCommand).resolves({});
  await log.remove(
    'i-1',
    Array.from({ length: 60 }, (_, i) => i * 100),
  );
  const removed = documents
    .commandCalls(BatchWriteCommand)
    .map(({ args }) => args[0].input.RequestItems?.['table'] ?? []);
  expect(removed.map((items) => items.length)).toEqual([25, 25, 10]);
  expect(removed[2]?.at(-1)).toEqual({
    DeleteRequest: { Key: { pk: 'reef', sk: 'rows#statistics#i-1#000000005900' } },
  });
});

test('items that the table does not get round to removing are STORE_UNAVAILABLE', async () => {
  documents.on(BatchWriteCommand).callsFake(async ({ RequestItems }) => ({
    UnprocessedItems: RequestItems,
  }));
  await expect(log.remove('i-1', [100])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
