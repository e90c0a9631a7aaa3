import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  InvalidParameterException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { createEcsClient } from '../../../services/platform/compute/ecs-compute.ts';

interface Strategy {
  capacityProvider: string;
  weight: number;
}

/** One ECS service and its tasks, as far as they are used. */
export function fakeEcs(client = createEcsClient({ region: 'local' })) {
  const service = {
    status: 'ACTIVE',
    desiredCount: 0,
    capacityProviderStrategy: [] as Strategy[],
    deployments: [{ status: 'PRIMARY', runningCount: 0, pendingCount: 0 }],
  };
  const tasks = new Map<string, string>();
  const calls = { updates: [] as Record<string, unknown>[], taskBatches: [] as number[] };
  const refuse = (message: string) => {
    throw new InvalidParameterException({ message, $metadata: {} });
  };
  const mock = mockClient(client);

  mock.on(DescribeServicesCommand).callsFake(async ({ cluster, services }) => {
    if (cluster !== 'reef' || services[0] !== 'backend') {
      return { services: [], failures: [{ arn: services[0], reason: 'MISSING' }] };
    }
    return { services: [structuredClone(service)] };
  });
  mock.on(UpdateServiceCommand).callsFake(async (input) => {
    calls.updates.push(input);
    const { desiredCount, capacityProviderStrategy, forceNewDeployment } = input;
    if (capacityProviderStrategy !== undefined && forceNewDeployment !== true) {
      refuse('you must force a new deployment');
    }
    if (desiredCount !== undefined) service.desiredCount = desiredCount;
    if (capacityProviderStrategy !== undefined) {
      service.capacityProviderStrategy = capacityProviderStrategy;
    }
    return { service: structuredClone(service) };
  });
  mock.on(DescribeTasksCommand).callsFake(async ({ tasks: arns }: { tasks: string[] }) => {
    calls.taskBatches.push(arns.length);
    if (arns.length === 0 || arns.length > 100) refuse('1 to 100 tasks');
    if (arns.some((arn) => !arn.startsWith('arn:aws:ecs:') || !arn.includes(':task/reef/'))) {
      refuse('Invalid identifier');
    }
    return {
      tasks: arns
        .filter((arn) => tasks.has(arn))
        .map((taskArn) => ({ taskArn, lastStatus: tasks.get(taskArn) })),
      failures: arns.filter((arn) => !tasks.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    };
  });
  return { client, service, tasks, calls };
}
