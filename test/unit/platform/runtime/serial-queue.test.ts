import { expect, test } from 'vitest';
import { SerialQueue } from '../../../../services/platform/runtime/serial-queue.ts';

test('tasks run one after the other, however the ones before ended', async () => {
  const turns = new SerialQueue();
  const seen: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const taken = [turns.run(task('a', true)), turns.run(task('b')), turns.run(task('c'))];
  expect(turns.waiting).toBe(3);
  const outcomes = await Promise.allSettled(taken);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(turns.waiting).toBe(0);
  await expect(taken[0]).rejects.toThrow('a');
  expect(await taken[1]).toBe('b');
});
