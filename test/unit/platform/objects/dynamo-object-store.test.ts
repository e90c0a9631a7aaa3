import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDynamoClient } from '../../../../services/platform/aws/dynamo-client.ts';
import { DynamoObjectStore } from '../../../../services/platform/objects/dynamo-object-store.ts';

const documents = mockClient(DynamoDBDocumentClient);
const client = createDynamoClient({ region: 'local', endpoint: 'http://127.0.0.1:1' });
const store = new DynamoObjectStore(client, 'table', 'reef');
beforeEach(() => documents.reset());
// Other suites of this process have clients of this class, too.
afterAll(() => documents.restore());

const answer = { message: 'no', $metadata: {} };

test('a put that fails is STORE_UNAVAILABLE, even where the same object can be read', async () => {
  documents.on(PutCommand).rejects(new ProvisionedThroughputExceededException(answer));
  documents.on(GetCommand).resolves({ Item: { pk: 'reef', sk: 'spec#1', json: '{"a":1}' } });
  await expect(store.put('spec#1', { a: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});

test('a put that is refused is done if the same object is there', async () => {
  documents.on(PutCommand).rejects(new ConditionalCheckFailedException(answer));
  documents.on(GetCommand).resolves({ Item: { pk: 'reef', sk: 'spec#1', json: '{"a":1}' } });
  await store.put('spec#1', { a: 1 });
  await expect(store.put('spec#1', { a: 2 })).rejects.toThrow('objects never change');
});
