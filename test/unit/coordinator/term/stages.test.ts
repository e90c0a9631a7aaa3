import { expect, test } from 'vitest';
import { atStage } from '../../../../services/coordinator/term/stages.ts';

test('a step runs between its two points, and its result is passed on', async () => {
  const course: string[] = [];
  const result = await atStage(
    (point) => void course.push(point),
    'claim',
    async () => course.push('step'),
  );
  expect(course).toEqual(['before:claim', 'step', 'after:claim']);
  expect(result).toBe(2);
});

test('a step that fails never comes to its second point', async () => {
  const course: string[] = [];
  const failing = atStage(
    (point) => void course.push(point),
    'claim',
    async () => {
      throw new Error('the store is away');
    },
  );
  await expect(failing).rejects.toThrow('the store is away');
  expect(course).toEqual(['before:claim']);
});
