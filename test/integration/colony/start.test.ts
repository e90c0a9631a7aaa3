import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

describe('a coordinator and four backends in one process', () => {
  let cluster: ColonyCluster;
  let coordinator: CoordinatorMember;
  const start = (key: string, options: Parameters<typeof colonyStart>[2] = {}) =>
    cluster.during(colonyStart(coordinator, key, options));

  const initializeShardsOfSlowly = () =>
    cluster.network.setFault(({ path }) =>
      path === '/rpc/initializeShards' ? { delayMs: 2_000 } : undefined,
    );

  beforeEach(async () => {
    cluster = new ColonyCluster();
    coordinator = await cluster.addCoordinator();
    for (let i = 0; i < 4; i++) await cluster.addBackend();
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  it('tick the world that one process ticks, bit for bit', async () => {
    expect((await start('key-1', { waitSeconds: 20 })).status).toBe(200);
    const digests = await cluster.untilDigest(200);
    expect(digests.slice(0, 3)).toEqual(
      [0, 100, 200].map((tick) => ({ tick, digest: expectedDigest(tick) })),
    );
  });

  it('do not initialise a colony before colony-start', async () => {
    await cluster.clock.advance(30_000);
    expect((await cluster.store.read()).status).toBe('NotInitialized');
    const view = await cluster.view(coordinator);
    expect(view).toMatchObject({ phase: 'Idle', colonyInstanceId: null, tick: null });
    expect(view.backends.map(({ state }) => state)).toEqual(['Idle', 'Idle', 'Idle', 'Idle']);
  });

  it('answer 202 first and 200 with the same key once it is started', async () => {
    const first = await start('key-1');
    expect(first).toMatchObject({ status: 202, body: { status: 'initiated' } });
    await cluster.until(
      async () => (await cluster.store.read()).status === 'TopographyInitialized',
      'the colony to be started',
    );
    expect(await start('key-1')).toMatchObject({
      status: 200,
      body: {
        message: 'Colony already started (idempotent)',
        colonyInstanceId: first.body['colonyInstanceId'],
      },
    });
  });

  it('answer 409 to another key, before and after the start is complete', async () => {
    initializeShardsOfSlowly();
    await start('key-1');
    expect(await start('key-2')).toMatchObject({
      status: 409,
      body: { title: 'Colony start already in progress' },
    });
    await start('key-1', { waitSeconds: 20 });
    expect(await start('key-2')).toMatchObject({
      status: 409,
      body: { title: 'Colony already started' },
    });
  });

  it('answer 422 to the same key with another body', async () => {
    await start('key-1', { waitSeconds: 20 });
    expect(await start('key-1', { body: { seed: 99 } })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });

  it('start the spec in the body, defaults filled in', async () => {
    await start('key-1', { waitSeconds: 20, body: { seed: 99, rules: { killChance: 3 } } });
    const { spec } = await cluster.view(coordinator);
    expect(spec).toMatchObject({ seed: 99, width: 96, rules: { killChance: 3, breedBase: 100 } });
  });

  it('send StartTicking only after the colony is TopographyInitialized', async () => {
    const statuses: string[] = [];
    cluster.network.setFault(({ path }) => {
      if (path === '/rpc/startTicking') {
        void cluster.store.read().then(({ status }) => statuses.push(status));
      }
      return undefined;
    });
    await start('key-1', { waitSeconds: 20 });
    await cluster.untilDigest(0);
    expect(statuses).toEqual(Array(4).fill('TopographyInitialized'));
  });

  it('start the others when one backend cannot start ticking, and try it again', async () => {
    let attempts = 0;
    cluster.network.setFault(({ path, to }) =>
      path === '/rpc/startTicking' && to === 'http://10.0.0.2:9000' && ++attempts <= 2
        ? 'drop-request'
        : undefined,
    );
    await start('key-1', { waitSeconds: 20 });
    await cluster.until(
      async () => (await cluster.view(coordinator)).phase === 'Waiting',
      'the colony to be shown as waiting',
    );
    const { backends, phaseDetail } = await cluster.view(coordinator);
    expect(phaseDetail).toBe('waiting for backend-2');
    expect(backends.map(({ state }) => state)).toEqual(['Ready', 'Waiting', 'Waiting', 'Waiting']);
    const digests = await cluster.untilDigest(100);
    expect(digests.at(1)).toEqual({ tick: 100, digest: expectedDigest(100) });
    expect(attempts).toBe(3);
  });

  it('show the topology at once at all times: 404, in progress, then who owns what', async () => {
    const topology = async () => {
      const answer = await coordinator.request('/topology');
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    expect((await topology()).status).toBe(404);
    initializeShardsOfSlowly();
    const first = await start('key-1');
    expect(await topology()).toEqual({ status: 200, body: { status: 'in-progress' } });
    await start('key-1', { waitSeconds: 20 });
    const { body } = await topology();
    expect(body).toMatchObject({
      status: 'initialized',
      colonyInstanceId: first.body['colonyInstanceId'],
    });
    const shards = (body['backends'] as { shards: number[] }[]).map(({ shards }) => shards.length);
    expect(shards).toEqual([6, 6, 6, 6]);
  });

  it('log nothing of topologies or shards that are not there, nor any warning', async () => {
    await start('key-1', { waitSeconds: 20 });
    await cluster.untilDigest(100);
    const lines = [...coordinator.log.lines, ...cluster.log.lines];
    const bad = lines.filter(
      ({ level, message }) =>
        level === 'warn' || level === 'error' || /not (initialized|available)/i.test(message),
    );
    expect(bad).toEqual([]);
  });
});

describe('a start without backends', () => {
  let cluster: ColonyCluster;
  let coordinator: CoordinatorMember;

  beforeEach(async () => {
    cluster = new ColonyCluster({ startTimeoutMs: 10_000 });
    coordinator = await cluster.addCoordinator();
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  it('fails cleanly: 503 with the reason to who waits, then NotInitialized', async () => {
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'COLONY_START_FAILED', lastFailure: { code: 'NO_BACKENDS', key: 'key-1' } },
    });
    expect(await cluster.store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
    expect((await cluster.view(coordinator)).lastFailure).toMatchObject({ code: 'NO_BACKENDS' });
  });

  it('frees its key: the same key starts again when backends are there', async () => {
    await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    await cluster.addBackend();
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    expect(answer.status).toBe(200);
    expect(await cluster.store.read()).toMatchObject({ generation: 2, idempotencyKey: 'key-1' });
  });
});
