import { beforeEach, describe, expect, test } from 'vitest';
import { steeredColony } from './run-control-fixture.ts';

describe('a pause', () => {
  let colony: Awaited<ReturnType<typeof steeredColony>>;
  beforeEach(async () => {
    colony = await steeredColony();
    await colony.control.pause();
  });

  const pause = () => colony.control.pause();
  const step = (key: string, ticks: number) => colony.control.step({ key, ticks });
  const stored = () => colony.store.read();
  /** A backend that was silent says now that it runs less far. */
  const acknowledgeLess = (horizon: number) => {
    const { grants } = colony;
    const number = grants.give('boot-0', horizon);
    grants.acknowledge('boot-0', { epoch: 1, number, horizon });
  };

  test('stays at the tick that was answered though a backend acknowledges less afterwards', async () => {
    acknowledgeLess(5);
    expect(await pause()).toMatchObject({ paused: true, effectiveTick: 60 });
    expect(await stored()).toMatchObject({ paused: true, runUntil: 60 });
  });

  test('ends a step, and stays where it did', async () => {
    await step('s1', 100);
    acknowledgeLess(70);
    expect(await pause()).toMatchObject({ effectiveTick: 70 });
    acknowledgeLess(65);
    expect(await pause()).toMatchObject({ effectiveTick: 70 });
  });

  test('lets a step end whose ticks are all granted, and stays there', async () => {
    await step('s1', 5);
    expect(colony.grant(60)).toBe(65);
    expect(await pause()).toMatchObject({ effectiveTick: 65 });
    acknowledgeLess(63);
    expect(await pause()).toMatchObject({ effectiveTick: 65 });
    expect(await stored()).toMatchObject({ paused: true, runUntil: 65 });
  });

  test('ends a step to a tick at which an earlier pause was answered', async () => {
    await colony.control.resume();
    acknowledgeLess(50);
    await pause();
    await step('s1', 10);
    acknowledgeLess(55);
    expect(await pause()).toMatchObject({ effectiveTick: 55 });
  });

  test('of an earlier build, which did not note its tick, is written again', async () => {
    const { pauseTick, ...rest } = colony.context.storedInfo();
    expect(pauseTick).toBe(60);
    await colony.items.replace(rest, { ...rest, revision: rest.revision + 1 });
    colony.context.initializeWithStoredInfo(await stored());
    expect(await pause()).toMatchObject({ effectiveTick: 60 });
    expect(await stored()).toMatchObject({ paused: true, runUntil: 60, pauseTick: 60 });
  });
});
