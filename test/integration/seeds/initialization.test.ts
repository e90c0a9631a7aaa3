import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ColonyCluster } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest, SMALL_WORLD } from '../../simulation/small-world.ts';

const TINY_WORLD = { ...SMALL_WORLD, width: 32, height: 32 };

/** What colony-start must bring about, in whatever order processes and requests come. */
describe('colony-start', () => {
  let cluster: ColonyCluster;
  beforeEach(() => {
    cluster = new ColonyCluster({ defaultSpec: TINY_WORLD });
  });
  afterEach(() => cluster.close());

  const ticksTheRightWorld = async () =>
    expect((await cluster.untilDigest(100)).at(1)).toEqual({
      tick: 100,
      digest: expectedDigest(100, TINY_WORLD),
    });

  test('initialises the colony long after the processes came up, and the logs show it', async () => {
    const coordinator = await cluster.addCoordinator();
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    await cluster.clock.advance(60_000);
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    expect(answer.status).toBe(200);
    await ticksTheRightWorld();
    const steps = [
      'colony-start initiated',
      'topology created',
      'colony started: TopographyInitialized',
      'coordinator ticker started',
      'backend started ticking',
      'backend started ticking',
    ];
    const said = coordinator.log.messages('info');
    expect(said.filter((message) => steps.includes(message))).toEqual(steps);
    for (const backend of ['backend-2', 'backend-3']) {
      const lines = cluster.log.lines.filter(({ fields }) => fields['backend'] === backend);
      const steps = [
        'The colony is initialized.',
        'The topology is initialized.',
        'The shards are initialized.',
        'Ticking starts.',
      ];
      const said = lines.map(({ message }) => message);
      expect(said.filter((message) => steps.includes(message))).toEqual(steps);
    }
    const lines = [...coordinator.log.lines, ...cluster.log.lines];
    expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  test('initialises the colony even when it comes before the coordinator leads', async () => {
    const { store, clock } = cluster;
    const replace = store.replace.bind(store);
    store.replace = async (seen, next) => {
      if (seen.leader === undefined && next.leader !== undefined) await clock.sleep(5_000);
      return replace(seen, next);
    };
    const coordinator = await cluster.addCoordinator();
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    const first = await cluster.during(colonyStart(coordinator, 'key-1'));
    expect(coordinator.coordinator.leadership().leads).toBe(false);
    expect(first.status).toBe(202);
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    expect(answer.status).toBe(200);
    await ticksTheRightWorld();
  });

  test('initialises the colony even when it comes before there are backends', async () => {
    const coordinator = await cluster.addCoordinator();
    expect((await cluster.during(colonyStart(coordinator, 'key-1'))).status).toBe(202);
    await cluster.clock.advance(5_000);
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    expect(answer.status).toBe(200);
    await ticksTheRightWorld();
  });

  test('discovers the backends and gives a single one all 40 shards', async () => {
    const coordinator = await cluster.addCoordinator();
    const backend = await cluster.addBackend();
    await cluster.clock.advance(1_000);
    const body = { width: 128, height: 80, shardSize: 16 };
    const options = { waitSeconds: 20, body };
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', options));
    expect(answer.status).toBe(200);
    const topology = (await (await coordinator.request('/topology')).json()) as object;
    const shards = Array.from({ length: 40 }, (_, shard) => shard);
    expect(topology).toMatchObject({ backends: [{ bootId: backend.entry.bootId, shards }] });
    expect(backend.backend.status().colony).toMatchObject({ shards, shardsInitialized: true });
  });
});
