import { beforeEach, describe, expect, test } from 'vitest';
import { ScaleControl } from '../../../../services/coordinator/control/scale-control.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import type { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { OTHER, termOf } from '../../../support/colony-records.ts';
import { steeredColony } from './run-control-fixture.ts';

describe('scale control', () => {
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let scope: ColonyScope;
  let leads: boolean;
  let nudges: number;
  let control: ScaleControl;

  beforeEach(async () => {
    ({ store, context, scope } = await steeredColony());
    leads = true;
    nudges = 0;
    control = new ScaleControl({
      store,
      context,
      log: new MemoryLog(),
      term: () => (leads && scope.term.mayAct ? scope.term : undefined),
      configuredBackends: 4,
      assertFits: async (_record, backends) => {
        if (backends < 2) throw new ColonyError('WORLD_TOO_LARGE', 'it needs two');
      },
      onScaled: () => nudges++,
    });
  });

  test('keeps the number in the record, and tells it and the one before', async () => {
    expect(await control.scale(6)).toEqual({ backends: 6, before: 4 });
    expect(await store.read()).toMatchObject({ wantedBackends: 6 });
    expect(context.storedInfo()).toMatchObject({ wantedBackends: 6 });
    expect(await control.scale(2)).toEqual({ backends: 2, before: 6 });
    expect(nudges).toBe(2);
  });

  test('writes a number that is there already: one that is in doubt may be on its way', async () => {
    await control.scale(6);
    const { revision } = await store.read();
    expect(await control.scale(6)).toEqual({ backends: 6, before: 6 });
    expect((await store.read()).revision).toBe(revision + 1);
  });

  test('answers those that come at the same time one after the other', async () => {
    const answers = await Promise.all([5, 6, 7].map((backends) => control.scale(backends)));
    expect(answers.map(({ before }) => before)).toEqual([4, 5, 6]);
    expect(await store.read()).toMatchObject({ wantedBackends: 7 });
  });

  test('takes at most 64 requests at a time', async () => {
    const all = await Promise.allSettled(Array.from({ length: 70 }, () => control.scale(5)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(6);
    expect(refused[0]).toMatchObject({ reason: { code: 'STEERING_BUSY' } });
  });

  describe('is refused', () => {
    test('where the world cannot fit into fewer backends: nothing changes', async () => {
      await expect(control.scale(1)).rejects.toMatchObject({ code: 'WORLD_TOO_LARGE' });
      expect(await store.read()).not.toHaveProperty('wantedBackends');
      expect(nudges).toBe(0);
    });

    test('while no colony is started', async () => {
      const { record } = await store.stop(await store.read());
      context.initializeWithStoredInfo(record);
      await expect(control.scale(5)).rejects.toMatchObject({ code: 'COLONY_NOT_STARTED' });
    });

    test('of a colony that was stopped elsewhere, unseen so far', async () => {
      await store.stop(await store.read());
      await expect(control.scale(5)).rejects.toMatchObject({ code: 'COLONY_NOT_STARTED' });
      expect(await store.read()).not.toHaveProperty('wantedBackends');
    });

    test('of a colony that has failed', async () => {
      const fault = { fault: { code: 'X', reason: 'digests differ' } };
      context.initializeWithStoredInfo(
        (await store.setRun(termOf(await store.read()), fault)).record,
      );
      await expect(control.scale(5)).rejects.toMatchObject({
        code: 'COLONY_FAILED',
        message: 'digests differ',
      });
    });

    test('where this coordinator does not lead', async () => {
      leads = false;
      await expect(control.scale(5)).rejects.toMatchObject({ code: 'NO_LEADER' });
    });

    test('when another leads by the time of the write', async () => {
      await store.takeLeadership((await store.read()).leader, OTHER);
      await expect(control.scale(5)).rejects.toMatchObject({ code: 'NO_LEADER' });
      expect(await store.read()).not.toHaveProperty('wantedBackends');
      expect(nudges).toBe(0);
    });
  });

  test('goes on after a write that failed', async () => {
    const { setWantedBackends } = store;
    store.setWantedBackends = () => Promise.reject(new Error('the store is away'));
    await expect(control.scale(5)).rejects.toThrow('the store is away');
    store.setWantedBackends = setWantedBackends;
    expect(await control.scale(5)).toEqual({ backends: 5, before: 4 });
  });
});
