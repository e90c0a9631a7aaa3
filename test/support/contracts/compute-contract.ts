import { expect, test } from 'vitest';
import type { BackendCompute } from '../../../services/platform/compute/compute.ts';

export const taskArnOf = (number: number) =>
  `arn:aws:ecs:eu-north-1:123456789012:task/reef/${String(number).padStart(32, '0')}`;

/** What every BackendCompute that scales does. */
export function computeContract(
  create: (initial: { spotShare: number }) => Promise<{
    compute: BackendCompute;
    /** As if a task were there, in this state. */
    plantTask: (taskArn: string, state: 'running' | 'stopped') => void;
  }>,
): void {
  test('what is asked for is what is described', async () => {
    const { compute } = await create({ spotShare: 1 });
    await compute.scale({ desired: 3 });
    expect(await compute.describe()).toMatchObject({ desired: 3, spotShare: 1 });
    await compute.scale({ desired: 0 });
    expect(await compute.describe()).toMatchObject({ desired: 0, spotShare: 1 });
  });

  test('capacity moves to on-demand and back, wholly or in part', async () => {
    const { compute } = await create({ spotShare: 1 });
    for (const spotShare of [0, 0.25, 1]) {
      await compute.scale({ desired: 2, spotShare });
      expect(await compute.describe()).toMatchObject({ desired: 2, spotShare });
    }
  });

  test('a task that runs is alive; one that stopped or is known no more is not', async () => {
    const { compute, plantTask } = await create({ spotShare: 0 });
    plantTask(taskArnOf(1), 'running');
    plantTask(taskArnOf(2), 'stopped');
    const states = await compute.statesOf([1, 2, 3].map(taskArnOf));
    expect(Object.fromEntries(states)).toEqual({
      [taskArnOf(1)]: 'alive',
      [taskArnOf(2)]: 'stopped',
      [taskArnOf(3)]: 'stopped',
    });
  });

  test('more tasks than one call takes are all looked at', async () => {
    const { compute, plantTask } = await create({ spotShare: 0 });
    const arns = Array.from({ length: 250 }, (_, number) => taskArnOf(number));
    for (const arn of arns) plantTask(arn, 'running');
    const states = await compute.statesOf(arns);
    expect([...states.keys()].sort()).toEqual(arns);
    expect(new Set(states.values())).toEqual(new Set(['alive']));
  });

  test('no tasks have no states', async () => {
    const { compute } = await create({ spotShare: 0 });
    expect((await compute.statesOf([])).size).toBe(0);
  });
}
