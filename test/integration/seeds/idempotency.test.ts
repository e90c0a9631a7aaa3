import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

const TINY_WORLD = { ...SMALL_WORLD, width: 32, height: 32 };

/** Two coordinators, two backends: whichever is asked, one start has one effect. */
describe('colony-start with an idempotency key', () => {
  let cluster: ColonyCluster;
  let first: CoordinatorMember;
  let second: CoordinatorMember;
  let calls: string[];

  beforeEach(async () => {
    cluster = new ColonyCluster({ defaultSpec: TINY_WORLD });
    first = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    second = await cluster.addCoordinator();
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    await cluster.clock.advance(1_000);
    calls = [];
    cluster.network.setFault(({ path }) => {
      calls.push(path);
      return undefined;
    });
  });
  afterEach(() => cluster.close());

  const start = (member: CoordinatorMember, key: string, waitSeconds?: number) =>
    cluster.during(colonyStart(member, key, waitSeconds === undefined ? {} : { waitSeconds }));
  const startAll = (keys: string[], waitSeconds: number) =>
    cluster.during(
      Promise.all(
        keys.map((key, i) => colonyStart(i % 2 === 0 ? first : second, key, { waitSeconds })),
      ),
    );
  const counts = (statuses: number[]) =>
    [200, 202, 409].map((status) => statuses.filter((one) => one === status).length);

  /** Every call to a backend is lost: a start stays in progress. */
  const loseAllCalls = () =>
    cluster.network.setFault(({ path }) => {
      calls.push(path);
      return 'drop-request';
    });

  test('has the effect of one call however often the same key is sent', async () => {
    const keys = Array.from({ length: 20 }, () => 'key-1');
    const answers = await startAll(keys, 20);
    answers.push(...(await startAll(keys, 0)));
    expect(counts(answers.map(({ status }) => status))).toEqual([40, 0, 0]);
    expect(new Set(answers.map(({ body }) => body['colonyInstanceId'])).size).toBe(1);
    expect(await cluster.store.read()).toMatchObject({ generation: 1, topologyVersion: 1 });
    for (const method of ['initializeColony', 'initializeTopology', 'initializeShards']) {
      expect(calls.filter((path) => path === `/rpc/${method}`)).toHaveLength(2);
    }
  });

  test('is won by one of many keys that race, every other key is 409', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `key-${i}`);
    const answers = await startAll(keys, 20);
    expect(counts(answers.map(({ status }) => status))).toEqual([1, 0, 19]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect(await cluster.store.read()).toMatchObject({
      generation: 1,
      idempotencyKey: keys[winner],
      colonyInstanceId: answers[winner]?.body['colonyInstanceId'],
    });
  });

  test('is 409 for every one of many other keys once the colony is started', async () => {
    await start(first, 'key-1', 20);
    const answers = await startAll(
      Array.from({ length: 20 }, (_, i) => `other-${i}`),
      5,
    );
    expect(counts(answers.map(({ status }) => status))).toEqual([0, 0, 20]);
    const titles = new Set(answers.map(({ body }) => body['title']));
    expect([...titles]).toEqual(['Colony already started']);
  });

  test('keeps the key in memory and in the record once the start is complete, not before', async () => {
    loseAllCalls();
    await start(first, 'key-1');
    const before = await cluster.store.read();
    expect(before).toMatchObject({ status: 'Initializing', startKey: 'key-1' });
    expect(before.idempotencyKey).toBeUndefined();
    expect(first.coordinator.context.storedInfo().idempotencyKey).toBeUndefined();
    cluster.network.setFault();
    await start(first, 'key-1', 20);
    const after = { status: 'TopographyInitialized', idempotencyKey: 'key-1' };
    expect(await cluster.store.read()).toMatchObject(after);
    expect(first.coordinator.context.storedInfo()).toMatchObject(after);
  });

  test('stores no key when the start fails, and the same key starts again', async () => {
    await cluster.close();
    cluster = new ColonyCluster({ defaultSpec: TINY_WORLD, startTimeoutMs: 5_000 });
    const only = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    expect((await start(only, 'key-1', 20)).status).toBe(503);
    for (const record of [await cluster.store.read(), only.coordinator.context.storedInfo()]) {
      expect(record.status).toBe('NotInitialized');
      expect(record.startKey).toBeUndefined();
      expect(record.idempotencyKey).toBeUndefined();
    }
    await cluster.addBackend();
    expect((await start(only, 'key-1', 20)).status).toBe(200);
    expect(await cluster.store.read()).toMatchObject({ generation: 2, idempotencyKey: 'key-1' });
  });

  test('works across restarts of every coordinator', async () => {
    const { body } = await start(first, 'key-1', 20);
    first.kill();
    second.kill();
    const next = await cluster.addCoordinator();
    expect(await start(next, 'key-1')).toMatchObject({
      status: 200,
      body: {
        message: 'Colony already started (idempotent)',
        colonyInstanceId: body['colonyInstanceId'],
      },
    });
    expect((await start(next, 'key-2')).status).toBe(409);
  });

  test('is answered before any work starts: 202 without a single call to a backend', async () => {
    loseAllCalls();
    calls.length = 0;
    expect((await start(first, 'key-1')).status).toBe(202);
    expect(calls.filter((path) => path !== '/rpc/ping')).toEqual([]);
  });

  test('is known to be in progress by the record, not by a flag of the process that took it', async () => {
    loseAllCalls();
    await start(first, 'key-1');
    expect(await start(second, 'key-1')).toMatchObject({
      status: 202,
      body: { status: 'in-progress' },
    });
    expect(await start(second, 'key-2')).toMatchObject({
      status: 409,
      body: { title: 'Colony start already in progress' },
    });
  });
});
