import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDynamoClient } from '../../../services/platform/aws/dynamo-client.ts';
import { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import { DynamoRecordStore } from '../../../services/platform/record/dynamo-record-store.ts';
import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { requestHashOf } from '../../../services/protocol/colony/colony-event.ts';
import { BACKENDS_MAX, EVENTS_MAX, TICK_MAX } from '../../../services/protocol/common/limits.ts';
import {
  type ColonyRecord,
  HANDLED_KEYS_MAX,
  PENDING_EVENTS_MAX,
  RETIRED_KEYS_MAX,
} from '../../../services/protocol/record/colony-record.ts';
import { keyHashOf } from '../../../services/protocol/record/start-changes.ts';
import { EVENT_KINDS } from '../../../services/world/events/events.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import {
  claimOf,
  failureOf,
  initializing,
  LEADER,
  started,
  systemRecords,
  termOf,
} from '../../support/colony-records.ts';
import { colonyRecordContract } from '../../support/contracts/colony-record-contract.ts';
import { eventOfSequence } from '../../support/contracts/event-log-contract.ts';
import { recordStoreContract } from '../../support/contracts/record-store-contract.ts';
import { type DynaliteTable, startDynaliteTable } from '../../support/fakes/dynalite-table.ts';

let table: DynaliteTable;
let colonies = 0;
beforeAll(async () => {
  table = await startDynaliteTable();
});
afterAll(() => table.close());

const storeOf = (name: string) =>
  systemRecords(new DynamoRecordStore(table.client, table.tableName, name));

describe('the record in DynamoDB', () => {
  recordStoreContract(
    async () => new DynamoRecordStore(table.client, table.tableName, `colony-${colonies++}`),
  );
  colonyRecordContract(async () => storeOf(`colony-${colonies++}`));
});

test('colonies of other names have records of their own', async () => {
  await started(storeOf('reef-a'), 'K1');
  expect((await storeOf('reef-b').read()).status).toBe('NotInitialized');
});

/** What no counter of writes, beats, leaders or colonies reaches: at a write a second in 30,000 years. */
const COUNT_MAX = 999_999_999_999;

test('an item with everything at its bounds stays below 16 KB', async () => {
  const items = new DynamoRecordStore(table.client, table.tableName, 'largest');
  const store = systemRecords(items);
  const long = (text: string, length: number) => text.padEnd(length, 'x');
  const uuid = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  await store.takeLeadership(undefined, { id: uuid(0), address: `http://${long('h', 60)}:65535` });
  const claim = async (i: number) => {
    const { record } = await store.claim(
      claimOf(long(`K${i}`, 255), {
        bodyHash: keyHashOf('body'),
        colonyInstanceId: uuid(i),
        claimId: uuid(i),
        specRef: `spec#${keyHashOf('spec')}`,
      }),
    );
    return record;
  };
  for (let i = 0; i <= RETIRED_KEYS_MAX; i++) await store.stop(await claim(i));
  const term = termOf(await claim(1_000));
  await store.setTopology(term, `topology#${uuid(1)}#${COUNT_MAX}-${long('h', 16)}`, 1);
  await store.complete(term, 4_000_000_000);
  for (let i = 1; i <= PENDING_EVENTS_MAX; i++) {
    const seen = await store.read();
    // The largest kind of event.
    const { keyHash, bodyHash } = eventOfSequence(i);
    const { event } = eventOfSequence(EVENT_KINDS.length);
    const entry = { sequence: i, tick: 4_000_000_000 + i, keyHash, bodyHash, event };
    await store.inject(term, seen, entry);
  }
  await store.setRun(term, { paused: true, runUntil: 4_000_000_000 });
  for (let i = 0; i <= HANDLED_KEYS_MAX; i++) {
    const runUntil = 4_000_000_000 + i;
    const step = { keyHash: requestHashOf(String(i)), runUntil, ticks: 1_000_000 };
    await store.step(term, await store.read(), step);
  }
  const { record } = await store.setRun(term, {
    ticksPerSecond: 59.94,
    fault: { code: 'DETERMINISM_VIOLATION', reason: long('r', 5_000) },
  });
  expect(Object.keys(record.retired)).toHaveLength(RETIRED_KEYS_MAX);
  expect(record.handledKeys).toHaveLength(HANDLED_KEYS_MAX);
  expect(record.pendingEvents).toHaveLength(PENDING_EVENTS_MAX);
  const largest: Required<Omit<ColonyRecord, 'startKey' | 'lastFailure'>> = {
    ...(record as Required<ColonyRecord>),
    revision: COUNT_MAX,
    generation: COUNT_MAX,
    topologyVersion: COUNT_MAX,
    leader: { ...record.leader!, epoch: COUNT_MAX, beat: COUNT_MAX, resigned: true },
    horizon: TICK_MAX,
    topologyHorizon: TICK_MAX,
    checkpoint: {
      ...{ tick: TICK_MAX, epoch: COUNT_MAX, topologyVersion: COUNT_MAX },
      sha256: 'f'.repeat(64),
    },
    lastTick: { tick: TICK_MAX, epoch: COUNT_MAX, beat: COUNT_MAX },
    runUntil: TICK_MAX,
    pauseTick: TICK_MAX,
    wantedBackends: BACKENDS_MAX,
    eventSeq: EVENTS_MAX,
    eventHead: EVENTS_MAX,
    retired: Object.fromEntries(
      Object.entries(record.retired).map(([key, one]) => [key, { ...one, generation: COUNT_MAX }]),
    ),
  };
  expect(await items.replace(record, largest)).toMatchObject({ ok: true });
  expect(await items.read()).toEqual(largest);
  const { ConsumedCapacity } = await table.client.send(
    new GetItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: 'largest' }, sk: { S: 'record' } },
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );
  // One unit for each 4 KB, as the service itself counts them.
  expect(ConsumedCapacity?.CapacityUnits).toBeLessThanOrEqual(4);
});

test('a failure with the longest reason is kept, its reason cut', async () => {
  const store = storeOf('long-failure');
  const record = await initializing(store);
  const { record: after } = await store.fail(
    termOf(record),
    failureOf(record, 'r'.repeat(100_000)),
  );
  expect(after.lastFailure?.reason).toMatch(/^r{100,500}…$/);
});

test.each([
  ['status', { status: { S: 'Sleeping' } }],
  ['generation', { generation: { S: '1' } }],
  ['leader.epoch', { leader: { M: { id: { S: 'c1' }, address: { S: 'http://a' } } } }],
])('a stored item with a broken %s is refused, naming it', async (field, fields) => {
  const store = storeOf('broken');
  await store.takeLeadership(undefined, LEADER);
  const stored = await table.client.send(
    new GetItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: 'broken' }, sk: { S: 'record' } },
    }),
  );
  const Item = { ...stored.Item, ...fields };
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
  await expect(store.read()).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(`the stored colony record is broken: ${field}:`),
  });
  await table.client.send(
    new PutItemCommand({ TableName: table.tableName, Item: stored.Item ?? {} }),
  );
});

/** With pauses that take no time. */
const recordsOf = (store: RecordStore) =>
  new ColonyRecords({
    store,
    clock: Object.assign(new SystemClock(), { sleep: async () => {} }),
    randomness: new SeededRandomness(1),
  });

describe('a server', () => {
  /** Answers each call by the next function, the last one again and again. */
  async function withServer(
    answers: ((target: string) => { status: number; body: object } | 'hang' | 'reset')[],
    use: (store: ColonyRecords, calls: () => string[]) => Promise<void>,
    requestTimeoutMs = 60_000,
  ): Promise<void> {
    const calls: string[] = [];
    const onRequest: RequestListener = (request, response) => {
      request.resume();
      const target = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const answer = answers[Math.min(calls.length, answers.length - 1)]?.(target);
      calls.push(target);
      if (answer === 'reset') request.socket.destroy();
      if (answer === undefined || typeof answer === 'string') return;
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer.body));
    };
    const server = createServer(onRequest);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createDynamoClient({ region: 'local', endpoint, requestTimeoutMs });
    try {
      await use(recordsOf(new DynamoRecordStore(client, 'colony', 'reef')), () => calls);
    } finally {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
  const refusal = (Item?: object) => ({
    status: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
      ...(Item && { Item }),
    },
  });
  const absent = () => ({ status: 200, body: {} });
  /** The item of a record that K1 is claiming, as the service writes it. */
  const claimedItem = (claimId: string) => ({
    pk: { S: 'reef' },
    sk: { S: 'record' },
    status: { S: 'Initializing' },
    revision: { N: '3' },
    generation: { N: '2' },
    colonyInstanceId: { S: 'instance-K1' },
    claimId: { S: claimId },
    startKey: { S: 'K1' },
    topologyVersion: { N: '0' },
    retired: { M: {} },
    horizon: { N: '0' },
    paused: { BOOL: false },
    ticksPerSecond: { NULL: true },
    handledKeys: { L: [] },
  });

  test('that brings the item with its refusal is not read', async () => {
    await withServer([absent, () => refusal(claimedItem('other'))], async (store, calls) => {
      const { ok, record } = await store.claim(claimOf('K2'));
      expect(ok).toBe(false);
      expect(record).toMatchObject({ startKey: 'K1', generation: 2, ticksPerSecond: null });
      expect(calls()).toEqual(['GetItem', 'PutItem']);
    });
  });

  test('that refuses the repetition of a claim that went through is understood', async () => {
    await withServer(
      [absent, () => 'reset', () => refusal(claimedItem('claim-K1'))],
      async (store, calls) => {
        expect(await store.claim(claimOf('K1'))).toMatchObject({
          ok: true,
          record: { startKey: 'K1', generation: 2 },
        });
        expect(calls()).toEqual(['GetItem', 'PutItem', 'PutItem']);
      },
    );
  });

  test('whose refusal a read cannot confirm is asked again, twelve times at most', async () => {
    const item = { ...claimedItem('old'), status: { S: 'NotInitialized' } };
    await withServer(
      [(target) => (target === 'GetItem' ? { status: 200, body: { Item: item } } : refusal())],
      async (store, calls) => {
        await expect(store.claim(claimOf('K2'))).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          message: 'the record changed under each of 12 attempts to write it',
        });
        expect(calls()).toHaveLength(1 + 11 * 2 + 10);
      },
    );
  });

  test('that throttles is asked three times, then STORE_UNAVAILABLE with the cause', async () => {
    const throttled = {
      status: 400,
      body: { __type: 'ProvisionedThroughputExceededException', message: 'slow down' },
    };
    await withServer([() => throttled], async (store, calls) => {
      await expect(store.read()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('slow down'),
        cause: { name: 'ProvisionedThroughputExceededException' },
      });
      expect(calls()).toHaveLength(3);
    });
  });

  test('that takes no writes is STORE_UNAVAILABLE, even where it can be read', async () => {
    const failed = { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } };
    await withServer(
      [(target) => (target === 'GetItem' ? absent() : failed)],
      async (store, calls) => {
        await expect(store.claim(claimOf('K1'))).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          cause: { name: 'AccessDeniedException' },
        });
        expect(calls()).toEqual(['GetItem', 'PutItem']);
      },
    );
  });

  test('that does not answer is given up within its time limits', async () => {
    const use = async (store: ColonyRecords) => {
      await expect(store.read()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        cause: { name: 'TimeoutError' },
      });
    };
    await withServer([() => 'hang'], use, 50);
  });

  test('that says that the request is wrong shows a bug, not an outage', async () => {
    const invalid = { status: 400, body: { __type: 'ValidationException', message: 'no such' } };
    await withServer([() => invalid], async (store, calls) => {
      await expect(store.read()).rejects.toMatchObject({ name: 'ValidationException' });
      expect(calls()).toHaveLength(1);
    });
  });

  test('that is not there is STORE_UNAVAILABLE', async () => {
    // Port 1 of loopback: nothing listens.
    const client = createDynamoClient({ region: 'local', endpoint: 'http://127.0.0.1:1' });
    const store = recordsOf(new DynamoRecordStore(client, 'colony', 'reef'));
    await expect(store.read()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    client.destroy();
  });

  test('without the table is STORE_UNAVAILABLE', async () => {
    const store = recordsOf(new DynamoRecordStore(table.client, 'no-such-table', 'reef'));
    await expect(store.claim(claimOf('K1'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('ResourceNotFoundException'),
    });
  });
});

test('a record that was written before there were events takes the first one', async () => {
  const store = storeOf('older');
  const record = await started(store);
  const Key = { pk: { S: 'older' }, sk: { S: 'record' } };
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key }));
  const { eventSeq: _s, eventHead: _h, pendingEvents: _p, ...older } = Item ?? {};
  await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: older }));
  expect(await store.read()).toEqual(record);
  const taken = await store.inject(termOf(record), record, eventOfSequence(1, 50));
  expect(taken).toMatchObject({ ok: true, record: { eventSeq: 1 } });
  const logged = await store.eventsLogged(termOf(record), taken.record, 1);
  expect(logged).toMatchObject({ ok: true, record: { eventHead: 1, pendingEvents: [] } });
});
