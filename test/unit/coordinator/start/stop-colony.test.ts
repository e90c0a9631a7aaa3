import { beforeEach, describe, expect, test } from 'vitest';
import { stopColony } from '../../../../services/coordinator/start/stop-colony.ts';
import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { failureOf, initializing, started, termOf } from '../../../support/colony-records.ts';

describe('colony-stop', () => {
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let notices: number;
  let log: MemoryLog;

  const stop = (colonyInstanceId: string) => {
    log = new MemoryLog();
    const onStopped = () => {
      notices++;
    };
    return stopColony({ store, context, log, onStopped }, colonyInstanceId);
  };

  beforeEach(() => {
    store = new MemoryRecords();
    context = new CoordinatorContext(new MemoryLog());
    notices = 0;
  });

  test('ends a started colony', async () => {
    await started(store);
    expect(await stop('instance-K1')).toEqual({
      status: 'stopped',
      message: 'Colony stopped',
      colonyInstanceId: 'instance-K1',
    });
    expect(await store.read()).toMatchObject({ status: 'NotInitialized' });
    expect(context.storedInfo().status).toBe('NotInitialized');
    expect(notices).toBe(1);
    expect(log.lines).toMatchObject([
      { message: 'colony stopped', fields: { colonyInstanceId: 'instance-K1', generation: 1 } },
    ]);
  });

  test('ends a start in progress', async () => {
    await initializing(store);
    await stop('instance-K1');
    expect(await store.read()).toMatchObject({ status: 'NotInitialized' });
  });

  test('of what is already stopped succeeds and changes nothing', async () => {
    await started(store);
    await stop('instance-K1');
    const { revision } = await store.read();
    expect(await stop('instance-K1')).toMatchObject({
      status: 'stopped',
      message: 'Colony already stopped (idempotent)',
    });
    expect((await store.read()).revision).toBe(revision);
    expect(notices).toBe(1);
  });

  test('of an instance stopped before leaves its successor alone', async () => {
    await started(store, 'K1');
    await stop('instance-K1');
    await started(store, 'K2');
    expect(await stop('instance-K1')).toMatchObject({ status: 'stopped' });
    expect(await store.read()).toMatchObject({ status: 'TopographyInitialized' });
  });

  test('of another instance is refused, naming the one that is there', async () => {
    await started(store);
    await expect(stop('another')).rejects.toMatchObject({
      code: 'COLONY_INSTANCE_MISMATCH',
      message: 'colony instance-K1 is there, not another',
      status: 409,
      extra: { colonyInstanceId: 'instance-K1' },
    });
    expect(await store.read()).toMatchObject({ status: 'TopographyInitialized' });
  });

  test('without a colony is refused', async () => {
    await expect(stop('instance-K1')).rejects.toMatchObject({
      code: 'COLONY_NOT_STARTED',
      status: 409,
    });
  });

  test('of a start that failed is refused: there is nothing to stop', async () => {
    const record = await initializing(store);
    await store.fail(termOf(record), failureOf(record));
    await expect(stop('instance-K1')).rejects.toMatchObject({ code: 'COLONY_NOT_STARTED' });
  });

  test('raced by many is carried out once, and all succeed', async () => {
    await started(store);
    const { revision } = await store.read();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stop('instance-K1')));
    for (const { status } of answers) expect(status).toBe('stopped');
    expect((await store.read()).revision).toBe(revision + 1);
  });

  test('raced by the end of the start stops it all the same', async () => {
    const record = await initializing(store);
    const term = termOf(record);
    const { stop: write } = store;
    store.stop = async (seen) => {
      store.stop = write;
      await store.setTopology(term, 'topology#1', 1);
      await store.complete(term, 10);
      return write.call(store, seen);
    };
    await stop('instance-K1');
    expect(await store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
  });

  test('gives up after a bounded number of tries', async () => {
    await started(store);
    let tries = 0;
    store.stop = async () => {
      tries++;
      return { ok: false, record: await store.read() };
    };
    await expect(stop('instance-K1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(tries).toBeLessThan(10);
  });
});
