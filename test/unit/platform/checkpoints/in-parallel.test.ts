import { expect, test } from 'vitest';
import { inParallel } from '../../../../services/platform/checkpoints/in-parallel.ts';

test('tasks are carried out a few at a time, and answered in their order', async () => {
  let underWay = 0;
  let most = 0;
  const task = (n: number) => async () => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < 10 - n; turn++) await Promise.resolve();
    underWay--;
    return n;
  };
  expect(await inParallel(3, [0, 1, 2, 3, 4, 5].map(task))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(3);
  expect(await inParallel(3, [])).toEqual([]);
});

test('once one has failed no further one begins, and those under way are waited for', async () => {
  const done: number[] = [];
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const tasks = [
    async () => {
      await gate;
      done.push(0);
    },
    () => Promise.reject(new Error('it broke')),
    async () => {
      done.push(2);
    },
  ];
  const outcome = inParallel(2, tasks).catch((error: unknown) => error);
  await Promise.resolve();
  go();
  expect(await outcome).toEqual(new Error('it broke'));
  expect(done).toEqual([0]);
});
