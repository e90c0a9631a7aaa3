import { beforeEach, describe, expect, test } from 'vitest';
import type { RunControl } from '../../../../services/coordinator/control/run-control.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { requestHashOf } from '../../../../services/protocol/colony/colony-event.ts';
import { HANDLED_KEYS_MAX } from '../../../../services/protocol/record/colony-record.ts';
import type { RunChange } from '../../../../services/protocol/record/run-changes.ts';
import type { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import type { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { OTHER, termOf } from '../../../support/colony-records.ts';
import { steeredColony } from './run-control-fixture.ts';

describe('run control', () => {
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let scope: ColonyScope;
  let state: { isDriving: boolean };
  let grant: (maxTick: number) => number;
  let control: RunControl;
  let clock: VirtualClock;

  beforeEach(async () => {
    ({ state, store, context, scope, grant, control, clock } = await steeredColony());
  });

  describe('pause', () => {
    test('answers the granted tick and stands there', async () => {
      const answer = await control.pause();
      expect(answer).toMatchObject({ paused: true, effectiveTick: 60 });
      expect(await store.read()).toMatchObject({ paused: true, runUntil: 60 });
      expect(grant(60)).toBe(60);
    });

    test('grants nothing further while it is being written', async () => {
      let grantedMeanwhile = 0;
      const { setRun } = store;
      store.setRun = async (...args) => {
        grantedMeanwhile = grant(500);
        return setRun.apply(store, args);
      };
      await control.pause();
      expect(grantedMeanwhile).toBe(60);
    });

    test('again answers the same tick and writes nothing', async () => {
      await control.pause();
      const { revision } = await store.read();
      expect(await control.pause()).toMatchObject({ paused: true, effectiveTick: 60 });
      expect((await store.read()).revision).toBe(revision);
    });
  });

  describe('resume', () => {
    test('lets a paused colony run on', async () => {
      await control.pause();
      expect(await control.resume()).toMatchObject({ paused: false, effectiveTick: 60 });
      const { paused, runUntil } = await store.read();
      expect({ paused, runUntil }).toEqual({ paused: false, runUntil: undefined });
      expect(grant(60)).toBe(120);
    });

    test('of a running colony writes nothing', async () => {
      const { revision } = await store.read();
      expect(await control.resume()).toMatchObject({ paused: false });
      expect((await store.read()).revision).toBe(revision);
    });
  });

  describe('step', () => {
    test('moves the tick to stand at', async () => {
      await control.pause();
      const answer = await control.step({ key: 's1', ticks: 5 });
      expect(answer).toMatchObject({ paused: true, effectiveTick: 65 });
      expect(await store.read()).toMatchObject({ paused: true, runUntil: 65 });
    });

    test('with the same key again answers the same and moves nothing', async () => {
      await control.pause();
      await control.step({ key: 's1', ticks: 5 });
      expect(await control.step({ key: 's1', ticks: 5 })).toMatchObject({ effectiveTick: 65 });
      expect(await store.read()).toMatchObject({ runUntil: 65 });
    });

    test('with the key of a step of other ticks is refused, and moves nothing', async () => {
      await control.pause();
      await control.step({ key: 's1', ticks: 5 });
      await expect(control.step({ key: 's1', ticks: 6 })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
        message: 'the key was used for a step of 5 ticks, not 6',
      });
      expect(await store.read()).toMatchObject({ runUntil: 65 });
    });

    test('with a key of an earlier build, which kept no ticks, answers what it did then', async () => {
      await control.pause();
      const keyHash = requestHashOf('s1');
      const seen = await store.read();
      await store.step(scope.storeTerm, seen, { keyHash, runUntil: 65 });
      context.initializeWithStoredInfo(await store.read());
      expect(await control.step({ key: 's1', ticks: 5 })).toMatchObject({ effectiveTick: 65 });
    });

    test('with a key handled before a resume answers what it did then', async () => {
      await control.pause();
      await control.step({ key: 's1', ticks: 5 });
      await control.resume();
      expect(await control.step({ key: 's1', ticks: 5 })).toMatchObject({ effectiveTick: 65 });
    });

    test('needs a paused colony', async () => {
      await expect(control.step({ key: 's1', ticks: 5 })).rejects.toMatchObject({
        code: 'COLONY_NOT_PAUSED',
      });
      expect((await store.read()).handledKeys).toEqual([]);
    });

    test('adds up with others that come at the same time', async () => {
      await control.pause();
      const steps = [3, 4, 5].map((ticks) => control.step({ key: `s${ticks}`, ticks }));
      const answers = await Promise.all(steps);
      expect(answers.map(({ effectiveTick }) => effectiveTick)).toEqual([63, 67, 72]);
      expect(await store.read()).toMatchObject({ runUntil: 72 });
    });

    test('at the same time with one key moves once', async () => {
      await control.pause();
      const steps = [1, 2, 3].map(() => control.step({ key: 's1', ticks: 5 }));
      for (const { effectiveTick } of await Promise.all(steps)) expect(effectiveTick).toBe(65);
      expect(await store.read()).toMatchObject({ runUntil: 65 });
    });

    test('remembers a bounded number of keys, the newest', async () => {
      await control.pause();
      for (let i = 0; i <= HANDLED_KEYS_MAX; i++) await control.step({ key: `s${i}`, ticks: 1 });
      const { handledKeys } = await store.read();
      expect(handledKeys).toHaveLength(HANDLED_KEYS_MAX);
      expect(handledKeys[0]?.runUntil).toBe(62);
      expect(handledKeys.at(-1)?.runUntil).toBe(61 + HANDLED_KEYS_MAX);
    });

    test('whose answer was lost is answered to a retry, and not overwritten by the next', async () => {
      await control.pause();
      const { step } = store;
      store.step = async (...args) => {
        await step.apply(store, args);
        throw new Error('the answer is lost');
      };
      await expect(control.step({ key: 'A', ticks: 10 })).rejects.toThrow('the answer is lost');
      store.step = step;
      await expect(control.step({ key: 'B', ticks: 5 })).rejects.toMatchObject({
        code: 'NO_LEADER',
      });
      expect(await control.step({ key: 'A', ticks: 10 })).toMatchObject({ effectiveTick: 70 });
      expect(await control.step({ key: 'B', ticks: 5 })).toMatchObject({ effectiveTick: 75 });
    });

    const loseAnswerToSetRun = () => {
      const { setRun } = store;
      store.setRun = async (...args) => {
        await setRun.apply(store, args);
        store.setRun = setRun;
        throw new Error('the answer is lost');
      };
    };

    test('moves on from where a pause whose answer was lost has stopped it', async () => {
      loseAnswerToSetRun();
      await expect(control.pause()).rejects.toThrow('the answer is lost');
      await clock.advance(0);
      expect(grant(40)).toBe(60);
      expect(await control.pause()).toMatchObject({ effectiveTick: 60 });
      expect(await control.step({ key: 's1', ticks: 5 })).toMatchObject({ effectiveTick: 65 });
    });

    test('grants nothing while it is unknown whether a pause went through', async () => {
      loseAnswerToSetRun();
      const { read } = store;
      store.read = async () => {
        throw new Error('the store is away');
      };
      await expect(control.pause()).rejects.toThrow('the answer is lost');
      await clock.advance(5_000);
      expect(grant(40)).toBe(60);
      store.read = read;
      await clock.advance(500);
      expect(context.storedInfo()).toMatchObject({ paused: true, runUntil: 60 });
      expect(grant(40)).toBe(60);
    });

    test('goes on granting once the record says that a pause did not go through', async () => {
      const { setRun } = store;
      store.setRun = async () => {
        store.setRun = setRun;
        throw new Error('the store is away');
      };
      await expect(control.pause()).rejects.toThrow('the store is away');
      await clock.advance(0);
      expect(grant(40)).toBe(100);
    });

    test('a pause that went through late is corrected by the next one', async () => {
      grant(40);
      await store.setRun(scope.storeTerm, { paused: true, runUntil: 60 });
      context.initializeWithStoredInfo(await store.read());
      expect(await control.pause()).toMatchObject({ effectiveTick: 100 });
      expect(await store.read()).toMatchObject({ paused: true, runUntil: 100 });
    });
  });

  describe('pace', () => {
    test('is kept in the record', async () => {
      expect(await control.setPace(5)).toMatchObject({ ticksPerSecond: 5 });
      expect(await store.read()).toMatchObject({ ticksPerSecond: 5 });
    });

    test('may be as fast as possible', async () => {
      expect(await control.setPace(null)).toMatchObject({ ticksPerSecond: null });
    });
  });

  describe('is refused', () => {
    const requests: [string, () => Promise<unknown>][] = [
      ['pause', () => control.pause()],
      ['resume', () => control.resume()],
      ['step', () => control.step({ key: 's1', ticks: 5 })],
      ['pace', () => control.setPace(5)],
    ];

    test.each(requests)('%s while no colony is started', async (_name, request) => {
      const { record } = await store.stop(await store.read());
      context.initializeWithStoredInfo(record);
      await expect(request()).rejects.toMatchObject({ code: 'COLONY_NOT_STARTED' });
    });

    test.each(requests)('%s until a new leader has taken the colony up', async (_name, request) => {
      state.isDriving = false;
      await expect(request()).rejects.toMatchObject({ code: 'NO_LEADER' });
    });

    test.each(requests)('%s of a colony that has failed', async (_name, request) => {
      const fault: RunChange = { paused: true, fault: { code: 'X', reason: 'digests differ' } };
      context.initializeWithStoredInfo(
        (await store.setRun(termOf(await store.read()), fault)).record,
      );
      await expect(request()).rejects.toMatchObject({
        code: 'COLONY_FAILED',
        message: 'digests differ',
      });
    });

    test('when another leads by the time of the write', async () => {
      await store.takeLeadership((await store.read()).leader, OTHER);
      await expect(control.pause()).rejects.toMatchObject({ code: 'NO_LEADER' });
    });

    test('when the term is over but its end has not come round', async () => {
      scope.term.end();
      await expect(control.pause()).rejects.toMatchObject({ code: 'NO_LEADER' });
      expect(await store.read()).toMatchObject({ paused: false });
    });

    test('while 64 others wait for their turn, of each kind, and not afterwards', async () => {
      const waiting = Array.from({ length: 64 }, () => control.pause());
      const refused = await Promise.allSettled(requests.map(([, request]) => request()));
      for (const { reason } of refused as PromiseRejectedResult[]) {
        expect(reason).toMatchObject({
          code: 'STEERING_BUSY',
          message: '64 other requests wait to pause, resume, step or set the pace',
        });
      }
      expect(await Promise.all(waiting)).toHaveLength(64);
      expect(await control.pause()).toMatchObject({ paused: true });
    });

    test('without spoiling the next one', async () => {
      await expect(control.step({ key: 's1', ticks: 5 })).rejects.toThrow();
      expect(await control.pause()).toMatchObject({ paused: true });
    });
  });
});
