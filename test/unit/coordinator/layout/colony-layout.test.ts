import { beforeEach, describe, expect, test } from 'vitest';
import { ColonyLayout } from '../../../../services/coordinator/layout/colony-layout.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { Fence } from '../../../../services/protocol/wire/fence.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryObjectStore } from '../../../simulation/stores/memory-object-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { initializing } from '../../../support/colony-records.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  liveBackend,
  recordOf,
  STORED,
  statusOf,
  workOf,
} from '../fixtures.ts';

const CHECKPOINT = { tick: 300, epoch: 1, topologyVersion: 1, sha256: 'a'.repeat(64) };

describe('the layout of a colony', () => {
  let store: MemoryRecords;
  let objects: MemoryObjectStore;
  let context: CoordinatorContext;
  let scope: ColonyScope;
  let layout: ColonyLayout;
  let discoveredUnder: Fence[];
  let log: MemoryLog;
  let points: string[];
  let calls: FakeCall[];
  const backends = (count: number) => Array.from({ length: count }, (_, i) => liveBackend(i));

  beforeEach(async () => {
    const clock = new VirtualClock();
    store = new MemoryRecords();
    objects = new MemoryObjectStore();
    await initializing(store);
    context = contextOf(await store.read());
    scope = workOf(context, clock);
    discoveredUnder = [];
    const discovery = {
      async discover(fenceOf: () => Fence) {
        discoveredUnder.push(fenceOf());
        return [];
      },
    };
    log = new MemoryLog();
    points = [];
    const fake = fakeRpc(clock, ({ bootId }) => statusOf(Number(bootId.slice(-1))));
    calls = fake.calls;
    layout = new ColonyLayout({
      store,
      objects,
      rpc: fake.rpc,
      discovery,
      context,
      clock,
      log,
      hook: (point) => void points.push(point),
      ticksPerExchange: 1,
    });
  });

  test('stores a topology and points the record at it', async () => {
    const topology = await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    expect(topology).toMatchObject({ generation: 1, topologyVersion: 1 });
    expect(await store.read()).toMatchObject({ topologyVersion: 1 });
    expect(await layout.loadTopology(await store.read())).toEqual(topology);
  });

  test('knows its new topology at once, without another look at the record', async () => {
    await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    const next = await layout.publishTopology(scope, STORED, backends(3), GENESIS);
    expect(next.topologyVersion).toBe(2);
    await layout.discover(scope);
    expect(discoveredUnder).toMatchObject([{ topologyVersion: 2 }]);
  });

  test('plans a version again with other backends when pointing at the first plan failed', async () => {
    const { setTopology } = store;
    store.setTopology = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    await expect(layout.publishTopology(scope, STORED, backends(2), GENESIS)).rejects.toThrow();
    store.setTopology = setTopology;
    const topology = await layout.publishTopology(scope, STORED, backends(3), GENESIS);
    expect(topology).toMatchObject({ topologyVersion: 1 });
    expect(topology.backends).toHaveLength(3);
  });

  test('finds out what is pointed at when the answer to its own write was lost', async () => {
    const { setTopology } = store;
    store.setTopology = async (...args) => {
      await setTopology.apply(store, args);
      throw new ColonyError('STORE_UNAVAILABLE', 'the answer is lost');
    };
    await expect(layout.publishTopology(scope, STORED, backends(2), GENESIS)).rejects.toThrow();
    store.setTopology = setTopology;
    await expect(layout.publishTopology(scope, STORED, backends(3), GENESIS)).rejects.toMatchObject(
      {
        code: 'STALE_FENCE',
      },
    );
    expect((await layout.loadTopology(context.storedInfo()))?.backends).toHaveLength(2);
  });

  test('of a start goes through every stage, in order', async () => {
    await layout.discover(scope);
    const topology = await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    const said: [number, string][] = [];
    await layout.initializeShards(scope, STORED, topology, (...news) => void said.push(news));
    const stages = points.filter((point) => point.startsWith('before:'));
    expect([...new Set(stages.map((point) => point.slice('before:'.length)))]).toEqual([
      'discover',
      'put-topology',
      'set-topology',
      'initialize-colony',
      'initialize-topology',
      'initialize-shards',
    ]);
    expect(said.map(([, detail]) => detail)).toContain(
      'initializing 64 x 32 cells on 2 backends: 2 of 8 shards are ready',
    );
    expect(calls[0]).toMatchObject({
      method: 'initializeColony',
      request: { colonyInstanceId: 'instance-K1', stored: STORED },
    });
    expect(calls.find(({ method }) => method === 'initializeTopology')?.request).toEqual({
      topology,
    });
  });

  test('has the record go on pointing at its checkpoint: what is passed over now may come back', async () => {
    await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    await store.complete(scope.storeTerm, 60);
    await store.setCheckpoint(scope.storeTerm, CHECKPOINT);
    scope = workOf(contextOf(await store.read()), new VirtualClock());
    await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    expect((await store.read()).checkpoint).toEqual(CHECKPOINT);
  });

  test('without a colony goes through no stage when it looks for backends', async () => {
    const idle = contextOf(recordOf({ generation: 3 }));
    await layout.discover(workOf(idle, new VirtualClock()));
    expect([discoveredUnder.length, points]).toEqual([1, []]);
  });

  test('tells in the log which backends a topology has', async () => {
    await layout.publishTopology(scope, STORED, backends(2), GENESIS);
    expect(log.lines.at(-1)).toMatchObject({
      message: 'topology created',
      fields: { topologyVersion: 1, backends: ['b0', 'b1'] },
    });
  });

  test('has no topology before the first', async () => {
    expect(await layout.loadTopology(await store.read())).toBeUndefined();
  });

  test('says which object of the store is not valid', async () => {
    await objects.put('spec#K1', { spec: 'nonsense' });
    await expect(layout.loadSpec(await store.read())).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('spec#K1'),
    });
  });
});
