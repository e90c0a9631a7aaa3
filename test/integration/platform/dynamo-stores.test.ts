import { randomBytes } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureTable } from '../../../services/platform/aws/dynamo-client.ts';
import { DynamoObjectStore } from '../../../services/platform/objects/dynamo-object-store.ts';
import { DynamoDigestLog } from '../../../services/platform/series/dynamo-digest-log.ts';
import { DynamoEventLog } from '../../../services/platform/series/dynamo-event-log.ts';
import { DynamoSeriesLog } from '../../../services/platform/series/dynamo-series-log.ts';
import { digestLogContract, digestOfTick } from '../../support/contracts/digest-log-contract.ts';
import { eventLogContract, eventOfSequence } from '../../support/contracts/event-log-contract.ts';
import {
  largestTopology,
  objectStoreContract,
} from '../../support/contracts/object-store-contract.ts';
import { itemOfTick, seriesLogContract } from '../../support/contracts/series-log-contract.ts';
import { type DynaliteTable, startDynaliteTable } from '../../support/fakes/dynalite-table.ts';

let table: DynaliteTable;
let colonies = 0;
beforeAll(async () => {
  table = await startDynaliteTable();
});
afterAll(() => table.close());

describe('objects in DynamoDB', () => {
  const create = async (name = `objects-${colonies++}`) =>
    new DynamoObjectStore(table.client, table.tableName, name);

  objectStoreContract(create);

  test('colonies of other names have objects of their own', async () => {
    await (await create('reef-a')).put('spec#1', { a: 1 });
    expect(await (await create('reef-b')).get('spec#1')).toBeUndefined();
  });

  test('an object that does not fit an item is refused with its size and the limit', async () => {
    const store = await create();
    const noise = randomBytes(600_000).toString('base64');
    await expect(store.put('noise', noise)).rejects.toThrow(
      /^the object noise has 800002 bytes, deflated \d+: an item takes at most 390000/,
    );
    expect(await store.get('noise')).toBeUndefined();
  });

  test('an object of 2 MB that repeats itself fits', async () => {
    const store = await create();
    const value = Array.from({ length: 20 }, () => largestTopology());
    expect(JSON.stringify(value).length).toBeGreaterThan(2_000_000);
    await store.put('many', value);
    expect(await store.get('many')).toEqual(value);
  });

  // As JSON a text has two bytes more.
  test.each([
    ['json', 64 * 1024 - 2],
    ['deflated', 64 * 1024 - 1],
  ])('the item of a text holds it as `%s` where it has %i characters', async (field, length) => {
    const name = `objects-${colonies++}`;
    const store = await create(name);
    await store.put('text', 'x'.repeat(length));
    expect(await store.get('text')).toBe('x'.repeat(length));
    const Key = { pk: { S: name }, sk: { S: 'text' } };
    const { Item } = await table.client.send(
      new GetItemCommand({ TableName: table.tableName, Key }),
    );
    expect(Object.keys(Item ?? {}).sort()).toEqual([field, 'pk', 'sk'].sort());
  });

  test('an object of more than 8 MiB is refused, however small it is when deflated', async () => {
    const store = await create();
    const most = 8 * 1024 * 1024 - 2;
    await store.put('most', 'x'.repeat(most));
    expect(await store.get('most')).toBe('x'.repeat(most));
    await expect(store.put('more', 'x'.repeat(most + 1))).rejects.toThrow('has 8388609 bytes');
  });

  test('a broken object is STORE_UNAVAILABLE and named', async () => {
    const store = await create('broken');
    await table.client.send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: { pk: { S: 'broken' }, sk: { S: 'x' }, deflated: { B: Uint8Array.of(1, 2, 3) } },
      }),
    );
    await expect(store.get('x')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('the stored object x is broken'),
    });
  });
});

describe('digests in DynamoDB', () => {
  const create = async () =>
    new DynamoDigestLog(table.client, table.tableName, `digests-${colonies++}`);

  digestLogContract(create);

  test('pages of any size are put together in order, up to the limit', async () => {
    const log = await create();
    const ticks = Array.from({ length: 60 }, (_, i) => i * 100);
    await Promise.all(ticks.map((tick) => log.append('long', digestOfTick(tick))));
    const send = table.client.send.bind(table.client);
    // A page of DynamoDB ends at 1 MB; this table's end after 7 items.
    const paged = Object.assign(Object.create(table.client), {
      send: (command: { input: { Limit?: number } }) => {
        const limit = command.input.Limit ?? Number.POSITIVE_INFINITY;
        command.input.Limit = Math.min(7, limit);
        return send(command as never);
      },
    });
    const small = new DynamoDigestLog(paged, table.tableName, `digests-${colonies - 1}`);
    expect((await small.list('long')).map(({ tick }) => tick)).toEqual(ticks);
    expect(
      (await small.list('long', { fromTick: 150, limit: 20 })).map(({ tick }) => tick),
    ).toEqual(ticks.slice(2, 22));
  });
});

describe('events in DynamoDB', () => {
  const create = async (name = `events-${colonies++}`) =>
    new DynamoEventLog(table.client, table.tableName, name);

  eventLogContract(create);

  test('a broken event is STORE_UNAVAILABLE and names what is wrong', async () => {
    const log = await create('broken-event');
    await log.append('instance-1', eventOfSequence(1));
    await table.client.send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: {
          pk: { S: 'broken-event' },
          sk: { S: 'event#instance-1#000000000002' },
          sequence: { S: '2' },
        },
      }),
    );
    await expect(log.list('instance-1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('a stored event is broken: sequence:'),
    });
  });
});

describe('rows in DynamoDB', () => {
  const create = async (name = `rows-${colonies++}`) =>
    new DynamoSeriesLog(table.client, table.tableName, name, 'statistics');

  seriesLogContract(create);

  test('the rows of other tables are others', async () => {
    const log = await create('tables');
    await log.append('instance-1', itemOfTick(100));
    const other = new DynamoSeriesLog(table.client, table.tableName, 'tables', 'surveys');
    expect(await other.list('instance-1')).toEqual([]);
  });
});

test('making a table that is there is fine', async () => {
  await ensureTable(table.client, table.tableName);
  await Promise.all(Array.from({ length: 3 }, () => ensureTable(table.client, 'another-table')));
  const { Item } = await table.client.send(
    new GetItemCommand({
      TableName: 'another-table',
      Key: { pk: { S: 'a' }, sk: { S: 'b' } },
    }),
  );
  expect(Item).toBeUndefined();
});
