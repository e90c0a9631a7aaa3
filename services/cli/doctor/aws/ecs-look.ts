import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  paginateListClusters,
  paginateListServices,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { ENVIRONMENT } from '../../../protocol/common/names.ts';
import type { Deployment, ServiceLook, StoppedTask } from './deployment.ts';

/** DescribeServices takes no more. */
const SERVICES_PER_CALL = 10;
/** Of the tasks of a service that have stopped; all of them fit into one call. */
const STOPPED_MOST = 100;

/**
 * Finds a colony by the fixed name of its backend service, and what its tasks are told.
 *
 * @returns undefined if no cluster has that service
 */
export async function lookAtDeployment(
  client: ECSClient,
  colonyName: string,
): Promise<Deployment | undefined> {
  for await (const { clusterArns = [] } of paginateListClusters({ client }, {})) {
    for (const cluster of clusterArns) {
      const [backend] = await describe(client, cluster, [`${colonyName}-backend`]);
      if (backend === undefined) continue;
      return {
        cluster,
        backend: await serviceLook(client, cluster, backend),
        coordinator: await coordinatorOf(client, cluster, colonyName),
      };
    }
  }
  return undefined;
}

/** The service whose tasks scale the backend service. */
async function coordinatorOf(
  client: ECSClient,
  cluster: string,
  colonyName: string,
): Promise<ServiceLook | undefined> {
  const pages = paginateListServices({ client, pageSize: SERVICES_PER_CALL }, { cluster });
  for await (const { serviceArns = [] } of pages) {
    for (const service of await describe(client, cluster, serviceArns)) {
      const look = await serviceLook(client, cluster, service);
      if (look.environment[ENVIRONMENT.backendService] === `${colonyName}-backend`) return look;
    }
  }
  return undefined;
}

/** Those that are there. */
async function describe(
  client: ECSClient,
  cluster: string,
  services: string[],
): Promise<Service[]> {
  if (services.length === 0) return [];
  const { services: found = [] } = await client.send(
    new DescribeServicesCommand({ cluster, services }),
  );
  return found.filter(({ status }) => status === 'ACTIVE');
}

async function serviceLook(
  client: ECSClient,
  cluster: string,
  service: Service,
): Promise<ServiceLook> {
  const { serviceName = '', deployments = [], events = [], taskDefinition } = service;
  const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED');
  const event = events[0]?.message;
  return {
    name: serviceName,
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    pending: service.pendingCount ?? 0,
    ...(failed !== undefined && {
      failure: `a deployment failed: ${failed.rolloutStateReason ?? 'without a reason'}`,
    }),
    ...(event !== undefined && { event }),
    stopped: await stoppedTasks(client, cluster, serviceName),
    environment: await environmentOf(client, taskDefinition),
  };
}

async function environmentOf(
  client: ECSClient,
  taskDefinition: string | undefined,
): Promise<Record<string, string>> {
  if (taskDefinition === undefined) return {};
  const { taskDefinition: found } = await client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition }),
  );
  const variables = (found?.containerDefinitions ?? []).flatMap(
    ({ environment = [] }) => environment,
  );
  return Object.fromEntries(variables.map(({ name = '', value = '' }) => [name, value]));
}

async function stoppedTasks(
  client: ECSClient,
  cluster: string,
  serviceName: string,
): Promise<StoppedTask[]> {
  const { taskArns = [] } = await client.send(
    new ListTasksCommand({
      ...{ cluster, serviceName, desiredStatus: 'STOPPED', maxResults: STOPPED_MOST },
    }),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks.map(stoppedTask).sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The reason of a container says more than that of its task. */
function stoppedTask({ taskArn = '', stopCode, stoppedReason, stoppedAt, containers }: Task) {
  const ended = (containers ?? []).flatMap(({ name, exitCode, reason }) =>
    exitCode === undefined && reason === undefined
      ? []
      : [
          `${name} ${[exitCode === undefined ? '' : `exit code ${exitCode}`, reason].filter(Boolean).join(', ')}`,
        ],
  );
  return {
    id: taskArn.split('/').at(-1) ?? '',
    at: stoppedAt?.toISOString() ?? '',
    code: stopCode ?? 'no code',
    reason: [stoppedReason, ...ended].filter(Boolean).join('; '),
  };
}
