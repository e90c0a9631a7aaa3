import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
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

test('a list goes on where a page of the table ended, as far as is asked for', async () => {
  const itemOf = (tick: number) => ({ tick, columns: { tick: [tick] } });
  const next = { pk: 'reef', sk: 'rows#statistics#i-1#000000000000' };
  documents
    .on(QueryCommand)
    .resolvesOnce({ Items: [itemOf(0)], LastEvaluatedKey: next })
    .resolvesOnce({ Items: [itemOf(10)], LastEvaluatedKey: next })
    .resolves({ Items: [itemOf(20)] });
  expect(await log.list('i-1', { limit: 2 })).toEqual([itemOf(0), itemOf(10)]);
  const asked = documents.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(asked.map(({ Limit }) => Limit)).toEqual([2, 1]);
  expect(asked.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([undefined, next]);
});

test('a list without a limit asks for pages until there is none', async () => {
  documents
    .on(QueryCommand)
    .resolvesOnce({ Items: [], LastEvaluatedKey: { pk: 'reef', sk: 'x' } })
    .resolves({ Items: [] });
  expect(await log.list('i-1')).toEqual([]);
  const asked = documents.commandCalls(QueryCommand).map(({ args }) => args[0].input);
  expect(asked.map((input) => 'Limit' in input)).toEqual([false, false]);
});

const answer = { message: 'no', $metadata: {} };
const throttled = new ProvisionedThroughputExceededException(answer);
const item = { tick: 100, columns: { tick: [100] } };

test.each<[string, () => Promise<unknown>]>([
  ['appended', () => log.append('i-1', item)],
  ['listed', () => log.list('i-1')],
  ['removed', () => log.remove('i-1', [100])],
])('a table that fails while items are %s is STORE_UNAVAILABLE', async (_what, call) => {
  documents.rejects(throttled);
  // What is read then would hide it.
  documents.on(GetCommand).resolves({ Item: { pk: 'reef', sk: 'x', ...item } });
  await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('a table that fails while it is asked what is there is STORE_UNAVAILABLE', async () => {
  documents.on(PutCommand).rejects(new ConditionalCheckFailedException(answer));
  documents.on(GetCommand).rejects(throttled);
  await expect(log.append('i-1', item)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
