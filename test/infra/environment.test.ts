import { expect, test } from 'vitest';
import { parseBackendConfig } from '../../services/platform/config/backend-config.ts';
import { parseCoordinatorConfig } from '../../services/platform/config/coordinator-config.ts';
import { READY_IMAGE, templatesOf } from './support/synth.ts';
import { type Role, serviceOf, variablesOf } from './support/tasks.ts';

/** What a task is told, as it could be read by it. */
const told = (role: Role, template = templatesOf().services) => {
  const variables = Object.entries(variablesOf(role, template)).map(([name, value]) => [
    name,
    value.replace(/<.*?>/g, 'ref'),
  ]);
  return {
    argv: [],
    env: { ...Object.fromEntries(variables), COLONY_RPC_SECRET: 'x'.repeat(64) },
  };
};

test('the services read exactly what they are told', () => {
  const coordinator = parseCoordinatorConfig(told('coordinator'));
  const backend = parseBackendConfig(told('backend'));
  expect([...coordinator.warnings, ...backend.warnings]).toEqual([]);
  expect(coordinator.config).toMatchObject({
    platform: 'aws',
    host: '0.0.0.0',
    httpPort: 8083,
    minBackends: 4,
    backendCount: 4,
    backendSpotShare: 0,
    drainMs: 20_000,
    keepAliveMs: 360_000,
    startTimeoutMs: 300_000,
    replacementWaitMs: 1_000,
    ticksPerSecond: 60,
    width: 2000,
    shardSize: 250,
    allowedHosts: [
      'coordinator.colony.colony.internal',
      '*.coordinator.colony.colony.internal',
      'ref.execute-api.ref.ref',
    ],
  });
  expect(backend.config).toMatchObject({
    platform: 'aws',
    host: '0.0.0.0',
    rpcPort: 9000,
    drainMs: 20_000,
    handOverMs: 60_000,
  });
});

test('a coordinator is told of table, cluster and service', () => {
  expect(variablesOf('coordinator')).toMatchObject({
    COLONY_TABLE_NAME: '<colony-state:Table>',
    COLONY_ECS_CLUSTER: '<Cluster>',
    COLONY_BACKEND_SERVICE: 'colony-backend',
  });
  expect(serviceOf('backend').ServiceName).toBe('colony-backend');
});

test.each([
  [256, 512, '1'],
  [1024, 2048, '1'],
  [4096, 8192, '4'],
])('a backend of %i CPU units and %i MiB ticks in %s threads', (cpu, memoryMiB, threads) => {
  const sized = templatesOf({ ...READY_IMAGE, cpu, memoryMiB }).services;
  expect(variablesOf('backend', sized)['COLONY_THREADS']).toBe(threads);
});

test('checkpoints, and when new backends get shards, are those of the configuration', () => {
  const { services: template } = templatesOf({
    ...READY_IMAGE,
    checkpointIntervalSeconds: 60,
    checkpointMinTicks: 1_000,
    checkpointBudgetBytes: 50_000_000_000,
    rebalanceAfterSeconds: 0,
  });
  expect(variablesOf('coordinator', template)).toMatchObject({
    COLONY_CHECKPOINT_INTERVAL_SECONDS: '60',
    COLONY_CHECKPOINT_MIN_TICKS: '1000',
    COLONY_CHECKPOINT_BUDGET_BYTES: '50000000000',
    COLONY_REBALANCE_AFTER_SECONDS: '0',
  });
  expect(Object.keys(variablesOf('backend', template)).join()).not.toMatch(/CHECKPOINT|REBALANCE/);
});

test.each([
  ['the largest', 1_000_000_000_000_000],
  ['the smallest', 1_000_000],
])('coordinators take %s budget of checkpoints that is an option', (_which, bytes) => {
  const { services: template } = templatesOf({ ...READY_IMAGE, checkpointBudgetBytes: bytes });
  const { config } = parseCoordinatorConfig(told('coordinator', template));
  expect(config.checkpointBudgetBytes).toBe(bytes);
});

test.each([
  [500, '300000'],
  [1000, '454000'],
])('a start of %d backends may take as long as they need to register', (backends, expected) => {
  const { services: template } = templatesOf({ ...READY_IMAGE, backends });
  expect(variablesOf('coordinator', template)).toMatchObject({ COLONY_START_TIMEOUT_MS: expected });
});

test.each([
  [250, '250'],
  [1000, '1000'],
])(
  'the leader of %d backends sends a thousand heartbeats a second at most',
  (backends, expected) => {
    const { services: template } = templatesOf({ ...READY_IMAGE, backends });
    expect(variablesOf('coordinator', template)).toMatchObject({
      COLONY_HEARTBEAT_INTERVAL_MS: expected,
    });
  },
);

test('all tasks are told of a collector, and of none by default', () => {
  const otlpEndpoint = 'http://collector.example.org:4318';
  const { services: template } = templatesOf({ ...READY_IMAGE, otlpEndpoint });
  for (const role of ['coordinator', 'backend'] as const) {
    expect(variablesOf(role, template)['COLONY_OTLP_ENDPOINT']).toBe(otlpEndpoint);
    expect(variablesOf(role)).not.toHaveProperty('COLONY_OTLP_ENDPOINT');
  }
  expect(parseBackendConfig(told('backend', template)).config).toMatchObject({ otlpEndpoint });
});
