import { beforeEach, describe, expect, test } from 'vitest';
import { ColonyLayout } from '../../../../services/coordinator/layout/colony-layout.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { Fence } from '../../../../services/protocol/wire/fence.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryObjectStore } from '../../../simulation/stores/memory-object-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { initializing } from '../../../support/colony-records.ts';
import { contextOf, fakeRpc, liveBackend, STORED, workOf } from '../fixtures.ts';

describe('the layout of a colony', () => {
  let store: MemoryRecords;
  let objects: MemoryObjectStore;
  let context: CoordinatorContext;
  let scope: ColonyScope;
  let layout: ColonyLayout;
  let discoveredUnder: Fence[];
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
      async discover(fence: Fence) {
        discoveredUnder.push(fence);
        return [];
      },
    };
    const { rpc } = fakeRpc(clock, () => undefined);
    layout = new ColonyLayout({
      store,
      objects,
      rpc,
      discovery,
      context,
      clock,
      log: new MemoryLog(),
      hook: NO_STAGE_HOOK,
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
