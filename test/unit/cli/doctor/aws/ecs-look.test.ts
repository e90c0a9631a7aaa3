import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { lookAtDeployment } from '../../../../../services/cli/doctor/aws/ecs-look.ts';
import { createEcsClient } from '../../../../../services/platform/compute/ecs-compute.ts';

/** Two clusters; the second has a colony, with a coordinator and a backend that failed. */
function cluster() {
  const client = createEcsClient({ region: 'local' });
  const mock = mockClient(client);
  const backend = {
    ...{ serviceName: 'reef-backend', status: 'ACTIVE', taskDefinition: 'backend:1' },
    ...{ desiredCount: 2, runningCount: 1, pendingCount: 1 },
    events: [{ message: 'newest' }, { message: 'older' }],
    deployments: [{ rolloutState: 'FAILED', rolloutStateReason: 'circuit breaker' }],
  };
  const coordinator = {
    ...{ serviceName: 'reef-services-Coordinator1', status: 'ACTIVE', taskDefinition: 'coord:1' },
    ...{ desiredCount: 1, runningCount: 1, pendingCount: 0 },
  };
  mock.on(ListClustersCommand).resolves({ clusterArns: ['other', 'reef'] });
  mock.on(ListServicesCommand, { cluster: 'reef' }).resolves({
    serviceArns: ['reef-backend', 'reef-services-Coordinator1'],
  });
  mock.on(DescribeServicesCommand).callsFake(async ({ cluster: name, services }) => ({
    services:
      name === 'reef'
        ? [backend, coordinator].filter(({ serviceName }) => services.includes(serviceName))
        : [],
  }));
  mock.on(DescribeTaskDefinitionCommand).callsFake(async ({ taskDefinition }) => {
    const value = taskDefinition === 'coord:1' ? 'reef-backend' : undefined;
    const environment = value === undefined ? [] : [{ name: 'COLONY_BACKEND_SERVICE', value }];
    return { taskDefinition: { containerDefinitions: [{ environment }] } };
  });
  mock.on(ListTasksCommand).resolves({ taskArns: [] });
  mock.on(ListTasksCommand, { serviceName: 'reef-backend' }).resolves({
    taskArns: ['arn:task/reef/t1', 'arn:task/reef/t2'],
  });
  mock.on(DescribeTasksCommand).resolves({
    tasks: [
      {
        ...{ taskArn: 'arn:task/reef/t1', stoppedAt: new Date(1_000) },
        ...{ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container exited' },
        containers: [{ name: 'backend', exitCode: 137, reason: 'OutOfMemory' }],
      },
      { taskArn: 'arn:task/reef/t2', stoppedAt: new Date(2_000), stopCode: 'UserInitiated' },
    ],
  });
  return client;
}

test('a colony is found by its backend service, and its coordinator by what it is told', async () => {
  expect(await lookAtDeployment(cluster(), 'reef')).toMatchObject({
    cluster: 'reef',
    backend: { name: 'reef-backend', desired: 2, running: 1, pending: 1, event: 'newest' },
    coordinator: {
      name: 'reef-services-Coordinator1',
      environment: { COLONY_BACKEND_SERVICE: 'reef-backend' },
    },
  });
});

test('a deployment that failed has its reason', async () => {
  const found = await lookAtDeployment(cluster(), 'reef');
  expect(found?.backend.failure).toBe('a deployment failed: circuit breaker');
});

test('tasks that stopped come newest first, with the reason of their container', async () => {
  const { stopped } = (await lookAtDeployment(cluster(), 'reef'))?.backend ?? {};
  expect(stopped?.map(({ id }) => id)).toEqual(['t2', 't1']);
  expect(stopped?.[1]?.reason).toBe(
    'Essential container exited; backend exit code 137, OutOfMemory',
  );
});

test('a colony of another name is not there', async () => {
  expect(await lookAtDeployment(cluster(), 'atoll')).toBeUndefined();
});
