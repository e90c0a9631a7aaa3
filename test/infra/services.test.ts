import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  dependenciesOf,
  ECR_IMAGE,
  ISOLATED,
  type Properties,
  READY_IMAGE,
  templatesOf,
  text,
} from './support/synth.ts';
import { BUNDLES, containerOf, ROLES, serviceOf, taskOf, variablesOf } from './support/tasks.ts';

const { services } = templatesOf();

describe.each(ROLES)('a %s', (role) => {
  test('is a node process of its own bundle, not of a shell', () => {
    const { Command, EntryPoint } = containerOf(role);
    const flags = role === 'backend' ? ['--max-semi-space-size=1'] : [];
    expect(Command).toEqual(['node', ...flags, `${role}.js`]);
    expect(EntryPoint).toBeUndefined();
  });

  test('is checked from within, without a shell', () => {
    const port = role === 'coordinator' ? 8083 : 9000;
    const { HealthCheck, PortMappings } = containerOf(role);
    expect(HealthCheck.Command.slice(0, 3)).toEqual(['CMD', 'node', '-e']);
    expect(HealthCheck.Command[3]).toContain(`http://127.0.0.1:${port}/healthz`);
    expect(HealthCheck).toMatchObject({ Interval: 15, Timeout: 10, Retries: 3, StartPeriod: 120 });
    expect(PortMappings).toEqual([{ ContainerPort: port, Protocol: 'tcp' }]);
  });

  test('runs unprivileged on a read-only file system', () => {
    const { User, ReadonlyRootFilesystem, Privileged } = containerOf(role);
    expect([User, ReadonlyRootFilesystem, Privileged]).toEqual(['65532:65532', true, undefined]);
  });

  test('has an init process above it and two minutes to stop', () => {
    const { LinuxParameters, StopTimeout } = containerOf(role);
    expect(LinuxParameters.InitProcessEnabled).toBe(true);
    expect(StopTimeout).toBe(120);
  });

  test('logs to a group of its own that is kept for so long', () => {
    const { LogConfiguration } = containerOf(role);
    expect(LogConfiguration.LogDriver).toBe('awslogs');
    expect(text(LogConfiguration.Options['awslogs-group'])).toBe(`<${BUNDLES[role]}Log>`);
    services.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/colony/colony/${role}`,
      RetentionInDays: 30,
    });
  });

  test('takes the RPC secret from Secrets Manager, not from the template', () => {
    const { Secrets } = containerOf(role);
    expect(Secrets.map((s: Properties) => [s.Name, text(s.ValueFrom)])).toEqual([
      ['COLONY_RPC_SECRET', '<RpcSecret>'],
    ]);
    expect(variablesOf(role)).not.toHaveProperty('COLONY_RPC_SECRET');
  });

  test('runs on ARM64 Fargate', () => {
    const { RequiresCompatibilities, NetworkMode, RuntimePlatform } = taskOf(role);
    expect([RequiresCompatibilities, NetworkMode]).toEqual([['FARGATE'], 'awsvpc']);
    expect(RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
  });

  test('is replaced by what is better, or by what was there before', () => {
    const { DeploymentConfiguration, AvailabilityZoneRebalancing } = serviceOf(role);
    expect(DeploymentConfiguration).toEqual({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    });
    expect(AvailabilityZoneRebalancing).toBe('DISABLED');
  });

  test('has a public address in public subnets and none in isolated ones', () => {
    const isolated = templatesOf(ISOLATED).services;
    const address = (template: typeof services) =>
      serviceOf(role, template).NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp;
    expect([address(services), address(isolated)]).toEqual(['ENABLED', 'DISABLED']);
  });

  test('is in its own security group', () => {
    const { SecurityGroups } = serviceOf(role).NetworkConfiguration.AwsvpcConfiguration;
    expect(SecurityGroups.map(text)).toEqual([
      `<colony-network:SecurityGroups${BUNDLES[role]}GroupId>`,
    ]);
  });
});

test('a task drains well within the time that it has to end', () => {
  for (const role of ROLES) {
    const { COLONY_DRAIN_MS: drainMs, COLONY_HAND_OVER_MS: handOverMs = 0 } = variablesOf(role);
    const endsS = (Number(drainMs) + Number(handOverMs)) / 1000;
    expect(endsS).toBeLessThanOrEqual(containerOf(role).StopTimeout - 30);
  }
});

test('coordinators do not wait for the backends, which may find no capacity', () => {
  const resources = Object.entries<Properties>(services.toJSON()['Resources']);
  const [backendId = ''] = Object.keys(
    services.findResources('AWS::ECS::Service', { Properties: { DesiredCount: Match.absent() } }),
  );
  expect(backendId).toMatch(/^BackendService/);
  const mentioning = resources.filter(([, resource]) =>
    JSON.stringify(resource).includes(backendId),
  );
  expect(mentioning.map(([id]) => id)).toEqual([]);
});

test('backends come after the capacity providers of the cluster, and go before them', () => {
  services.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
    CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    DefaultCapacityProviderStrategy: [],
  });
  expect(dependenciesOf(services, 'AWS::ECS::Service', 'BackendService')).toContain(
    'CapacityProviders',
  );
});

test('the cluster itself is made without capacity providers', () => {
  services.hasResourceProperties('AWS::ECS::Cluster', { CapacityProviders: Match.absent() });
});

test('an image of a private registry is run as it was named', () => {
  const { services: template } = templatesOf(ECR_IMAGE);
  expect(text(containerOf('backend', template).Image)).toBe(
    '123456789012.dkr.ecr.eu-central-1.<AWS::URLSuffix>/games/colony:1',
  );
});

test('world, pace and counts are those of the configuration', () => {
  const { services: template } = templatesOf({
    ...READY_IMAGE,
    worldSpec: { width: 400, height: 200, shardSize: 100, seed: 7 },
    pace: 'unlimited',
    backends: 2,
    coordinators: 2,
    cpu: 512,
    memoryMiB: 1024,
    spotShare: 0.75,
  });
  expect(variablesOf('coordinator', template)).toMatchObject({
    COLONY_WIDTH: '400',
    COLONY_HEIGHT: '200',
    COLONY_SHARD_SIZE: '100',
    COLONY_SEED: '7',
    COLONY_TICKS_PER_SECOND: 'unlimited',
    COLONY_BACKEND_COUNT: '2',
    COLONY_MIN_BACKENDS: '2',
    COLONY_BACKEND_SPOT_SHARE: '0.75',
  });
  expect(serviceOf('coordinator', template).DesiredCount).toBe(2);
  expect(taskOf('backend', template)).toMatchObject({ Cpu: '512', Memory: '1024' });
  expect(serviceOf('backend', template).CapacityProviderStrategy).toEqual([
    { CapacityProvider: 'FARGATE_SPOT', Weight: 75 },
    { CapacityProvider: 'FARGATE', Weight: 25 },
  ]);
});

test('the template says nothing of how many backends there are', () => {
  expect(serviceOf('backend')).not.toHaveProperty('DesiredCount');
});

test.each([
  [1, 'FARGATE_SPOT'],
  [0, 'FARGATE'],
])('a Spot share of %s leaves only %s', (spotShare, CapacityProvider) => {
  const { services: template } = templatesOf({ ...READY_IMAGE, spotShare });
  expect(serviceOf('backend', template).CapacityProviderStrategy).toEqual([
    { CapacityProvider, Weight: 100 },
  ]);
});

test('coordinators are on demand, never on Spot', () => {
  const { LaunchType, CapacityProviderStrategy } = serviceOf('coordinator');
  expect([LaunchType, CapacityProviderStrategy]).toEqual(['FARGATE', undefined]);
});

test('coordinators register under the name that the API looks up', () => {
  const [registry, ...others] = serviceOf('coordinator').ServiceRegistries;
  expect(others).toEqual([]);
  expect(registry).toMatchObject({ ContainerName: 'coordinator', ContainerPort: 8083 });
  expect(text(registry.RegistryArn)).toBe('<colony-network:NamespaceCoordinatorArn>');
  expect(serviceOf('backend').ServiceRegistries).toBeUndefined();
});

test.each([
  ['one', 1],
  ['all', 2],
])('backends in zones %s are in %d of them', (backendZones, count) => {
  const { services: template } = templatesOf({ ...READY_IMAGE, backendZones });
  const { Subnets } = serviceOf('backend', template).NetworkConfiguration.AwsvpcConfiguration;
  expect(Subnets).toHaveLength(count);
});

test('the secret is made by AWS and long', () => {
  services.hasResourceProperties('AWS::SecretsManager::Secret', {
    GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    SecretString: Match.absent(),
  });
});

test.each([
  [true, 'enabled'],
  [false, 'disabled'],
])('container insights %s are %s', (containerInsights, Value) => {
  const { services: template } = templatesOf({ ...READY_IMAGE, containerInsights });
  template.hasResourceProperties('AWS::ECS::Cluster', {
    ClusterSettings: [{ Name: 'containerInsights', Value }],
  });
});
