import {
  type CapacityProviderStrategyItem,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { type AwsAddress, awsClientConfig } from '../aws/aws-client.ts';
import type { BackendCompute, ComputeChange, ServiceState, TaskState } from './compute.ts';

/** DescribeTasks takes no more. */
const TASKS_PER_CALL = 100;
/** An answer of the control plane takes longer than one of a table. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A client that slows down by what it is told: an account's calls share one budget. */
export function createEcsClient(address: AwsAddress): ECSClient {
  return new ECSClient({
    ...awsClientConfig({ requestTimeoutMs: REQUEST_TIMEOUT_MS, ...address }),
    maxAttempts: 5,
    retryMode: 'adaptive',
  });
}

export interface EcsComputeOptions {
  /** Name or ARN. */
  cluster: string;
  /** Name or ARN. */
  service: string;
}

/** Backends as tasks of one ECS service on Fargate. */
export class EcsCompute implements BackendCompute {
  readonly #client: ECSClient;
  readonly #cluster: string;
  readonly #service: string;

  constructor(client: ECSClient, { cluster, service }: EcsComputeOptions) {
    this.#client = client;
    this.#cluster = cluster;
    this.#service = service;
  }

  /** Throws if the service is not there. While it is replaced, the newest deployment is counted. */
  async describe(): Promise<ServiceState> {
    const { services = [], failures = [] } = await this.#client.send(
      new DescribeServicesCommand({ cluster: this.#cluster, services: [this.#service] }),
    );
    const [service] = services;
    if (service?.status !== 'ACTIVE') {
      const reason = failures[0]?.reason ?? service?.status ?? 'not found';
      throw new Error(`the ECS service ${this.#service} is not active: ${reason}`);
    }
    const { desiredCount = 0, deployments = [], capacityProviderStrategy = [] } = service;
    const counted = deployments.find(({ status }) => status === 'PRIMARY') ?? service;
    return {
      desired: desiredCount,
      running: counted.runningCount ?? 0,
      pending: counted.pendingCount ?? 0,
      spotShare: spotShareOf(capacityProviderStrategy),
    };
  }

  async scale({ desired, spotShare }: ComputeChange): Promise<void> {
    await this.#client.send(
      new UpdateServiceCommand({
        cluster: this.#cluster,
        service: this.#service,
        desiredCount: desired,
        // ECS takes another strategy only with a new deployment.
        ...(spotShare !== undefined && {
          capacityProviderStrategy: strategyOf(spotShare),
          forceNewDeployment: true,
        }),
      }),
    );
  }

  /** A task of this cluster that ECS knows no more has stopped at least an hour ago. */
  async statesOf(taskArns: readonly string[]): Promise<Map<string, TaskState>> {
    // One ARN that is none fails the whole call.
    const judged = [...new Set(taskArns)].filter((arn) => this.#isOurs(arn));
    const states = new Map<string, TaskState>();
    for (let from = 0; from < judged.length; from += TASKS_PER_CALL) {
      const { tasks = [], failures = [] } = await this.#client.send(
        new DescribeTasksCommand({
          cluster: this.#cluster,
          tasks: judged.slice(from, from + TASKS_PER_CALL),
        }),
      );
      for (const { taskArn = '', lastStatus } of tasks) {
        states.set(taskArn, lastStatus === 'STOPPED' ? 'stopped' : 'alive');
      }
      for (const { arn = '', reason } of failures) {
        if (reason === 'MISSING') states.set(arn, 'stopped');
      }
    }
    return states;
  }

  #isOurs(arn: string): boolean {
    const clusterName = this.#cluster.split('/').at(-1);
    const [, cluster] = TASK_ARN.exec(arn) ?? [];
    return cluster !== undefined && cluster === clusterName;
  }
}

const TASK_ARN = /^arn:[a-z-]+:ecs:[a-z0-9-]+:\d{12}:task\/([\w-]{1,255})\/[\w-]{1,64}$/;

const SPOT = 'FARGATE_SPOT';
const ON_DEMAND = 'FARGATE';

/** undefined: the service has a launch type and no strategy. */
function spotShareOf(strategy: readonly CapacityProviderStrategyItem[]): number | undefined {
  const weightOf = (only?: string) =>
    strategy
      .filter(({ capacityProvider }) => only === undefined || capacityProvider === only)
      .reduce((sum, { weight = 0 }) => sum + weight, 0);
  return weightOf() === 0 ? undefined : weightOf(SPOT) / weightOf();
}

function strategyOf(spotShare: number): CapacityProviderStrategyItem[] {
  const spotPercent = Math.round(spotShare * 100);
  return [
    { capacityProvider: SPOT, weight: spotPercent },
    { capacityProvider: ON_DEMAND, weight: 100 - spotPercent },
  ].filter(({ weight }) => weight > 0);
}
