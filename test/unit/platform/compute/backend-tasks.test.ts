import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendTasks } from '../../../../services/platform/compute/backend-tasks.ts';
import { MemoryCompute } from '../../../simulation/memory-compute.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { taskArnOf } from '../../../support/contracts/compute-contract.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';

const bootIdOf = (number: number) => entryOf(number).bootId;
const goneOf = (number: number) => `its task has stopped: ${taskArnOf(number)}`;

describe('of a silent backend', () => {
  let clock: VirtualClock;
  let log: MemoryLog;
  let registry: MemoryRegistry;
  let compute: MemoryCompute;
  let tasks: BackendTasks;

  /** Backends 1 to 3 in tasks that have stopped, but for the second. */
  beforeEach(async () => {
    clock = new VirtualClock();
    log = new MemoryLog();
    registry = new MemoryRegistry();
    compute = new MemoryCompute();
    compute.tasks.set(taskArnOf(2), 'alive');
    for (const number of [1, 2, 3]) {
      await registry.put('backends', entryOf(number, { taskArn: taskArnOf(number) }));
    }
    tasks = new BackendTasks({ registry, compute, clock, log });
  });

  test('it is known that it is gone if its task has stopped', async () => {
    expect(await tasks.whyGone(bootIdOf(1))).toBe(goneOf(1));
  });

  test('nothing is known while its task runs', async () => {
    expect(await tasks.whyGone(bootIdOf(2))).toBeUndefined();
  });

  test('nothing is known that the registry does not have', async () => {
    expect(await tasks.whyGone(bootIdOf(4))).toBeUndefined();
  });

  test('nothing is known if its task cannot be judged', async () => {
    compute.statesOf = async () => new Map();
    expect(await tasks.whyGone(bootIdOf(1))).toBeUndefined();
  });

  test('nobody is asked if it runs in no task', async () => {
    const statesOf = vi.spyOn(compute, 'statesOf');
    await registry.put('backends', entryOf(4));
    expect(await tasks.whyGone(bootIdOf(4))).toBeUndefined();
    expect(statesOf).not.toHaveBeenCalled();
  });

  test('it is asked every two seconds at most', async () => {
    const statesOf = vi.spyOn(compute, 'statesOf');
    await tasks.whyGone(bootIdOf(2));
    await clock.advance(1_999);
    compute.tasks.set(taskArnOf(2), 'stopped');
    expect(await tasks.whyGone(bootIdOf(2))).toBeUndefined();
    expect(statesOf).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(await tasks.whyGone(bootIdOf(2))).toBe(goneOf(2));
  });

  test('it is not asked again before there is an answer', async () => {
    const statesOf = vi.spyOn(compute, 'statesOf').mockReturnValue(new Promise(() => undefined));
    void tasks.whyGone(bootIdOf(1));
    await clock.advance(60_000);
    expect(await tasks.whyGone(bootIdOf(1))).toBeUndefined();
    expect(statesOf).toHaveBeenCalledTimes(1);
  });

  test('its task is known though its entry was swept meanwhile', async () => {
    const list = vi.spyOn(registry, 'list');
    await tasks.whyGone(bootIdOf(2));
    await registry.remove('backends', bootIdOf(1));
    expect(await tasks.whyGone(bootIdOf(1))).toBe(goneOf(1));
    expect(list).toHaveBeenCalledTimes(1);
  });

  test('its task is known without a look at the registry from one that has looked', async () => {
    const list = vi.spyOn(registry, 'list');
    tasks.know([entryOf(1, { taskArn: taskArnOf(1) })]);
    expect(await tasks.whyGone(bootIdOf(1))).toBe(goneOf(1));
    expect(list).not.toHaveBeenCalled();
  });

  test('the registry is looked at again if it came later', async () => {
    await tasks.whyGone(bootIdOf(1));
    await registry.put('backends', entryOf(4, { taskArn: taskArnOf(4) }));
    expect(await tasks.whyGone(bootIdOf(4))).toBe(goneOf(4));
  });

  test('nothing is known where ECS does not answer, it is said, and it is asked again', async () => {
    const { statesOf } = compute;
    compute.statesOf = async () => {
      throw new Error('Rate exceeded');
    };
    expect(await tasks.whyGone(bootIdOf(1))).toBeUndefined();
    expect(log.lines).toMatchObject([
      { level: 'info', fields: { bootId: bootIdOf(1), reason: 'Rate exceeded' } },
    ]);
    compute.statesOf = statesOf;
    await clock.advance(2_000);
    expect(await tasks.whyGone(bootIdOf(1))).toBe(goneOf(1));
  });

  test('nothing is known where the registry does not answer, and it is asked again', async () => {
    const list = vi.spyOn(registry, 'list').mockRejectedValueOnce(new Error('Rate exceeded'));
    expect(await tasks.whyGone(bootIdOf(1))).toBeUndefined();
    await clock.advance(2_000);
    expect(await tasks.whyGone(bootIdOf(1))).toBe(goneOf(1));
    expect(list).toHaveBeenCalledTimes(2);
  });

  test('one call is made for all that are silent at once', async () => {
    const list = vi.spyOn(registry, 'list');
    const statesOf = vi.spyOn(compute, 'statesOf');
    const answers = await Promise.all([1, 2, 3].map((number) => tasks.whyGone(bootIdOf(number))));
    expect(answers).toEqual([goneOf(1), undefined, goneOf(3)]);
    expect(list).toHaveBeenCalledTimes(1);
    expect(statesOf.mock.calls).toEqual([[[1, 2, 3].map(taskArnOf)]]);
  });

  test('one call is made at a time: who asks meanwhile shares the next', async () => {
    let running = 0;
    const asked: number[] = [];
    const { statesOf } = compute;
    compute.statesOf = async (taskArns) => {
      expect(++running).toBe(1);
      asked.push(taskArns.length);
      await clock.sleep(1_000);
      running--;
      return statesOf.call(compute, taskArns);
    };
    const first = tasks.whyGone(bootIdOf(1));
    await clock.advance(100);
    const others = [2, 3].map((number) => tasks.whyGone(bootIdOf(number)));
    await clock.advance(2_000);
    expect(await Promise.all([first, ...others])).toEqual([goneOf(1), undefined, goneOf(3)]);
    expect(asked).toEqual([1, 2]);
  });
});
