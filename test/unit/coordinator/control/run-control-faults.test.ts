import { beforeEach, describe, expect, test } from 'vitest';
import { steeredColony } from './run-control-fixture.ts';

describe('run control', () => {
  let colony: Awaited<ReturnType<typeof steeredColony>>;
  beforeEach(async () => {
    colony = await steeredColony();
  });

  /** The next write is not answered, and reaches the store only when this is called. */
  const delayNextWrite = (): (() => Promise<unknown>) => {
    const { items } = colony;
    const replace = items.replace.bind(items);
    let land = async (): Promise<unknown> => undefined;
    items.replace = async (...args) => {
      items.replace = replace;
      land = () => replace(...args);
      throw new Error('the store is away');
    };
    return () => land();
  };
  const requests = {
    resume: () => colony.control.resume(),
    step: () => colony.control.step({ key: 'A', ticks: 100 }),
  };

  test.each(['resume', 'step'] as const)(
    'stands where a pause was answered though a %s of before reaches the store later',
    async (what) => {
      const { control, context, store, grant } = colony;
      await control.pause();
      const land = delayNextWrite();
      await expect(requests[what]()).rejects.toThrow('the store is away');
      expect(await control.pause()).toMatchObject({ paused: true, effectiveTick: 60 });
      await land();
      context.initializeWithStoredInfo(await store.read());
      expect(context.storedInfo()).toMatchObject({ paused: true, runUntil: 60 });
      expect(grant(60)).toBe(60);
    },
  );

  test('runs on where a resume was answered though a pause of before reaches the store later', async () => {
    const { control, store, clock } = colony;
    const { setRun } = store;
    const land = delayNextWrite();
    await expect(control.pause()).rejects.toThrow('the store is away');
    // What settles the pause is not answered either.
    store.setRun = () => Promise.reject(new Error('the store is away'));
    await clock.advance(0);
    store.setRun = setRun;
    expect(await control.resume()).toMatchObject({ paused: false });
    await land();
    expect(await store.read()).toMatchObject({ paused: false });
  });

  test('pauses again where a resume whose answer was lost went through', async () => {
    const { control, store, items } = colony;
    await control.pause();
    const replace = items.replace.bind(items);
    items.replace = async (...args) => {
      items.replace = replace;
      await replace(...args);
      throw new Error('the answer is lost');
    };
    await expect(control.resume()).rejects.toThrow('the answer is lost');
    expect(await control.pause()).toMatchObject({ paused: true, effectiveTick: 60 });
    expect(await store.read()).toMatchObject({ paused: true, runUntil: 60 });
  });

  test('remembers that a write is in doubt while others are refused', async () => {
    const { control, store } = colony;
    await control.pause();
    const land = delayNextWrite();
    await expect(control.resume()).rejects.toThrow('the store is away');
    const { step } = store;
    store.step = async () => ({ ok: false, record: await store.read() });
    await expect(control.step({ key: 'B', ticks: 5 })).rejects.toMatchObject({ code: 'NO_LEADER' });
    store.step = step;
    await control.pause();
    await land();
    expect(await store.read()).toMatchObject({ paused: true, runUntil: 60 });
  });

  test.each(['resume', 'step'] as const)(
    'refuses a %s of a colony whose fault was written meanwhile',
    async (what) => {
      const { control, store, scope } = colony;
      await control.pause();
      const fault = { code: 'X', reason: 'digests differ' };
      await store.setRun(scope.storeTerm, { fault, paused: true, runUntil: 60 });
      await expect(requests[what]()).rejects.toMatchObject({
        code: 'COLONY_FAILED',
        message: 'digests differ',
      });
      expect(await store.read()).toMatchObject({ fault, paused: true, runUntil: 60 });
    },
  );
});
