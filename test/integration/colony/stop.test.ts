import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
  TEST_SECRET,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest, SMALL_WORLD } from '../../simulation/small-world.ts';
import { MemoryRecords } from '../../simulation/stores/memory-records.ts';

describe('colony-stop', () => {
  let cluster: ColonyCluster;
  let coordinator: CoordinatorMember;
  let backends: BackendMember[];
  const start = (key: string) => cluster.during(colonyStart(coordinator, key, { waitSeconds: 25 }));
  const stop = async (colonyInstanceId: string) => {
    const path = `/colony-stop?colony_instance_id=${colonyInstanceId}`;
    const answer = await cluster.during(coordinator.request(path, { method: 'POST' }));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const instanceOf = ({ body }: { body: Record<string, unknown> }) =>
    String(body['colonyInstanceId']);

  beforeEach(async () => {
    cluster = new ColonyCluster();
    coordinator = await cluster.addCoordinator();
    backends = [await cluster.addBackend(), await cluster.addBackend()];
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  it('ends the colony and frees the backends', async () => {
    const started = await start('key-1');
    await cluster.untilDigest(0);
    expect((await stop(instanceOf(started))).status).toBe(200);
    await cluster.until(
      () => backends.every(({ backend }) => backend.status().state === 'Idle'),
      'the backends to be released',
    );
    expect(await cluster.store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
  });

  it('is idempotent, and refuses another instance', async () => {
    const started = await start('key-1');
    await stop(instanceOf(started));
    expect((await stop(instanceOf(started))).status).toBe(200);
    const second = await start('key-2');
    expect(await stop('another')).toMatchObject({
      status: 409,
      body: { code: 'COLONY_INSTANCE_MISMATCH', colonyInstanceId: instanceOf(second) },
    });
    expect((await stop(instanceOf(started))).status).toBe(200);
    expect(await cluster.store.read()).toMatchObject({ status: 'TopographyInitialized' });
  });

  it('retires its key: a late duplicate of the stopped start starts nothing', async () => {
    const started = await start('key-1');
    await stop(instanceOf(started));
    expect(await start('key-1')).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_RETIRED', colonyInstanceId: instanceOf(started) },
    });
    expect(await cluster.store.read()).toMatchObject({ status: 'NotInitialized' });
  });

  it('wins over a start in progress, whose completion is then refused', async () => {
    cluster.network.setFault(({ path }) =>
      path === '/rpc/initializeShards' ? { delayMs: 2_000 } : undefined,
    );
    const started = await cluster.during(colonyStart(coordinator, 'key-1'));
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 1, 'a plan');
    expect((await stop(instanceOf(started))).status).toBe(200);
    cluster.network.setFault();
    await cluster.clock.advance(30_000);
    expect(await cluster.store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
    expect(backends.map(({ backend }) => backend.status().state)).toEqual(['Idle', 'Idle']);
  });

  it('answers who waits for the stopped start that its key is retired', async () => {
    cluster.network.setFault(({ path }) =>
      path === '/rpc/initializeShards' ? { delayMs: 4_000 } : undefined,
    );
    const waiting = colonyStart(coordinator, 'key-1', { waitSeconds: 25 });
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 1, 'a plan');
    const { colonyInstanceId = '' } = await cluster.store.read();
    await stop(colonyInstanceId);
    expect(await cluster.during(waiting)).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_RETIRED' },
    });
  });

  it('is followed by a new colony that ticks the same world from its beginning', async () => {
    const first = await start('key-1');
    await cluster.untilDigest(100);
    await stop(instanceOf(first));
    const second = await start('key-2');
    expect(instanceOf(second)).not.toBe(instanceOf(first));
    const digests = await cluster.untilDigest(100);
    expect(digests.at(1)).toEqual({ tick: 100, digest: expectedDigest(100) });
    expect(await cluster.store.read()).toMatchObject({ generation: 2, idempotencyKey: 'key-2' });
  });

  it('a complete of an older generation is refused', async () => {
    const first = await start('key-1');
    const { leader } = await cluster.store.read();
    await stop(instanceOf(first));
    await cluster.during(colonyStart(coordinator, 'key-2'));
    const term = { leaderId: leader?.id ?? '', epoch: leader?.epoch ?? 0, generation: 1 };
    const { ok, record } = await new MemoryRecords(cluster.store).complete(term, 0);
    expect(ok).toBe(false);
    expect(record.generation).toBe(2);
  });

  it('a delayed InitializeColony of an older generation is refused', async () => {
    const first = await start('key-1');
    const { leader } = await cluster.store.read();
    await stop(instanceOf(first));
    await start('key-2');
    const [backend] = backends;
    if (backend === undefined || leader === undefined) throw new Error('no backend or no leader');
    const former = new RpcClient({
      transport: cluster.network.transportOf('http://former-leader:1'),
      secret: TEST_SECRET,
      selfBootId: 'former-leader',
    });
    const late = former.call(
      'initializeColony',
      { origin: backend.origin, bootId: backend.entry.bootId },
      { generation: 1, epoch: leader.epoch, topologyVersion: 1 },
      {
        colonyInstanceId: instanceOf(first),
        stored: { engineVersion: ENGINE_VERSION, spec: SMALL_WORLD },
      },
    );
    const outcome = await cluster.during(late.catch((error: unknown) => error));
    expect(outcome).toBeInstanceOf(ColonyError);
    expect((outcome as ColonyError).code).toBe('STALE_FENCE');
    expect(backend.backend.status().colony).toMatchObject({ generation: 2 });
  });
});
