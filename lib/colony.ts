import { type App, PermissionsBoundary, Tags } from 'aws-cdk-lib/core';
import { ApiStack } from './api.stack.ts';
import type { ColonyConfig } from './config-schema.ts';
import { NetworkStack } from './network.stack.ts';
import { ObservabilityStack } from './observability.stack.ts';
import { ServicesStack } from './services.stack.ts';
import { StateStack } from './state.stack.ts';

export interface ColonyStacks {
  network: NetworkStack;
  state: StateStack;
  api: ApiStack;
  services: ServicesStack;
  observability: ObservabilityStack;
}

/**
 * All stacks of a colony, in the order in which they are deployed. The API comes before the
 * services, which must know the name under which it calls them.
 *
 * @param sourceDir the folder with the Dockerfile
 */
export function createColony(app: App, config: ColonyConfig, sourceDir: string): ColonyStacks {
  const { colonyName } = config;
  const named = (what: string, description: string) => ({
    config,
    stackName: `${colonyName}-${what}`,
    description: `Colony ${colonyName}: ${description}`,
    ...(config.permissionsBoundary !== undefined && {
      permissionsBoundary: boundary(config.permissionsBoundary),
    }),
  });
  const network = new NetworkStack(
    app,
    `${colonyName}-network`,
    named('network', 'VPC, security groups, discovery'),
  );
  const state = new StateStack(app, `${colonyName}-state`, named('state', 'record and snapshots'));
  const api = new ApiStack(app, `${colonyName}-api`, {
    ...named('api', 'HTTP API'),
    network,
  });
  const { table, bucket } = state;
  const services = new ServicesStack(app, `${colonyName}-services`, {
    ...named('services', 'coordinators and backends'),
    network,
    table,
    bucket,
    apiHosts: api.hosts,
    sourceDir,
  });
  const { coordinator, backend } = services;
  const observability = new ObservabilityStack(app, `${colonyName}-observability`, {
    ...named('observability', 'dashboard and alarms'),
    api: api.api,
    table,
    coordinator,
    backend,
  });
  // Costs by colony, once the tag is activated for cost allocation.
  Tags.of(app).add('colony', colonyName);
  return { network, state, api, services, observability };
}

/** @param policy its name or its ARN */
const boundary = (policy: string): PermissionsBoundary =>
  policy.startsWith('arn:')
    ? PermissionsBoundary.fromArn(policy)
    : PermissionsBoundary.fromName(policy);
