import { afterEach, describe, expect, test } from 'vitest';
import { createEcsClient, EcsCompute } from '../../../../services/platform/compute/ecs-compute.ts';
import { NoCompute } from '../../../../services/platform/compute/no-compute.ts';
import { MemoryCompute } from '../../../simulation/memory-compute.ts';
import { computeContract, taskArnOf } from '../../../support/contracts/compute-contract.ts';
import { fakeEcs } from '../../../support/fakes/fake-ecs.ts';
import {
  type ThrottlingServer,
  throttlingServer,
} from '../../../support/fakes/throttling-server.ts';

describe('capacity in memory', () => {
  computeContract(async (initial) => {
    const compute = new MemoryCompute(initial);
    return {
      compute,
      plantTask: (arn, state) => compute.tasks.set(arn, state === 'running' ? 'alive' : 'stopped'),
    };
  });
});

describe('an ECS service', () => {
  const create = (change: { spotShare?: number } = {}) => {
    const fake = fakeEcs();
    const { spotShare } = change;
    if (spotShare !== undefined) {
      fake.service.capacityProviderStrategy = [
        { capacityProvider: 'FARGATE_SPOT', weight: spotShare * 100 },
        { capacityProvider: 'FARGATE', weight: 100 - spotShare * 100 },
      ];
    }
    const compute = new EcsCompute(fake.client, { cluster: 'reef', service: 'backend' });
    return { ...fake, compute };
  };

  computeContract(async (initial) => {
    const { compute, tasks } = create(initial);
    return {
      compute,
      plantTask: (arn, state) => tasks.set(arn, state === 'running' ? 'RUNNING' : 'STOPPED'),
    };
  });

  test('one with a launch type has no choice of capacity', async () => {
    expect(await create().compute.describe()).toEqual({
      desired: 0,
      running: 0,
      pending: 0,
      spotShare: undefined,
    });
  });

  test('while it is replaced, the tasks of the newest deployment are counted', async () => {
    const { compute, service } = create();
    service.deployments = [
      { status: 'ACTIVE', runningCount: 4, pendingCount: 0 },
      { status: 'PRIMARY', runningCount: 1, pendingCount: 2 },
    ];
    expect(await compute.describe()).toMatchObject({ running: 1, pending: 2 });
  });

  test('a change of the count alone replaces no task', async () => {
    const { compute, calls } = create({ spotShare: 1 });
    await compute.scale({ desired: 4 });
    expect(calls.updates).toEqual([{ cluster: 'reef', service: 'backend', desiredCount: 4 }]);
  });

  test('a service that is not there or goes away is an error that names it', async () => {
    const { client, compute, service } = create();
    const other = new EcsCompute(client, { cluster: 'reef', service: 'other' });
    await expect(other.describe()).rejects.toThrow('the ECS service other is not active: MISSING');
    service.status = 'DRAINING';
    await expect(compute.describe()).rejects.toThrow('is not active: DRAINING');
  });

  test('100 tasks are asked for at once', async () => {
    const { compute, calls } = create();
    await compute.statesOf(Array.from({ length: 201 }, (_, number) => taskArnOf(number)));
    expect(calls.taskBatches).toEqual([100, 100, 1]);
  });

  test('a task of another cluster, or what is no task, is not judged and spoils no call', async () => {
    const { compute, tasks } = create();
    tasks.set(taskArnOf(1), 'RUNNING');
    const foreign = [taskArnOf(2).replace('/reef/', '/other/'), 'task/1', ''];
    const states = await compute.statesOf([taskArnOf(1), ...foreign]);
    expect([...states.keys()]).toEqual([taskArnOf(1)]);
  });

  test('a task that is ending has not stopped', async () => {
    const { compute, tasks } = create();
    tasks.set(taskArnOf(1), 'DEPROVISIONING');
    expect((await compute.statesOf([taskArnOf(1)])).get(taskArnOf(1))).toBe('alive');
  });
});

describe('an ECS that throttles', () => {
  let server: ThrottlingServer;
  afterEach(() => server.close());

  const computeAt = ({ endpoint }: ThrottlingServer) =>
    new EcsCompute(createEcsClient({ region: 'local', endpoint }), {
      cluster: 'reef',
      service: 'backend',
    });

  test('a call that is throttled is made again', async () => {
    server = await throttlingServer(
      (call) => call < 1,
      () => ({ services: [{ status: 'ACTIVE', desiredCount: 2 }] }),
    );
    expect(await computeAt(server).describe()).toMatchObject({ desired: 2 });
    expect(server.counts).toEqual({ throttled: 1, answered: 1 });
  });

  test('attempts are bounded', async () => {
    expect(await createEcsClient({ region: 'local' }).config.maxAttempts()).toBe(5);
  });
});

test('without a manager there is nothing to describe and no task to judge', async () => {
  const compute = new NoCompute();
  expect(await compute.describe()).toBeUndefined();
  expect((await compute.statesOf()).size).toBe(0);
  await expect(compute.scale()).rejects.toThrow('nothing to scale');
});
