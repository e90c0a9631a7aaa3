import { availableParallelism } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import {
  backendEnv,
  cleanEnv,
  coordinatorEnv,
  type Launch,
  makeSecret,
  PASSED_ON,
} from '../../../services/local/local-settings.ts';
import { BACKEND_OPTIONS } from '../../../services/platform/config/backend-config.ts';
import { COORDINATOR_OPTIONS } from '../../../services/platform/config/coordinator-config.ts';

const launch: Launch = {
  settings: {
    backends: 3,
    coordinators: 1,
    port: 8083,
    dataDir: '.colony',
    name: 'colony',
    width: 256,
    height: 192,
    shardSize: 64,
    seed: 7,
    randomEvents: false,
    pace: null,
    logLevel: 'info',
  },
  dataDir: '/data',
  storePort: 4567,
  rpcSecret: 'secret',
};

test('nothing of the person’s AWS account, of another colony or of proxies reaches the children', () => {
  const env = cleanEnv({
    PATH: '/bin',
    AWS_PROFILE: 'work',
    COLONY_NAME: 'x',
    NODE_CHANNEL_FD: '3',
    NODE_USE_ENV_PROXY: '1',
    http_proxy: 'http://proxy:3128',
    ALL_PROXY: 'http://proxy:3128',
  });
  expect(env).toEqual({ PATH: '/bin' });
});

test('coordinators are told the default spec, the pace, and how many backends to wait for', () => {
  expect(coordinatorEnv(launch, 8084)).toMatchObject({
    COLONY_HTTP_PORT: '8084',
    COLONY_WIDTH: '256',
    COLONY_HEIGHT: '192',
    COLONY_SHARD_SIZE: '64',
    COLONY_SEED: '7',
    COLONY_RANDOM_EVENTS: 'false',
    COLONY_TICKS_PER_SECOND: 'unlimited',
    COLONY_MIN_BACKENDS: '3',
  });
});

test('backends share the processors, and each has a thread at least', () => {
  const threads = (backends: number) =>
    backendEnv({ ...launch, settings: { ...launch.settings, backends } })['COLONY_THREADS'];
  expect(threads(1)).toBe(String(availableParallelism()));
  expect(threads(availableParallelism())).toBe('1');
  expect(threads(1000)).toBe('1');
});

test('more backends than the launch began with share what there is', () => {
  const [few, many] = [backendEnv(launch, 1), backendEnv(launch, 6)];
  expect(few['COLONY_THREADS']).toBe(String(availableParallelism()));
  expect(Number(many['COLONY_MEMORY_LIMIT_MIB'])).toBeLessThan(
    Number(few['COLONY_MEMORY_LIMIT_MIB']),
  );
});

test('a launch may say how many threads tick in each backend', () => {
  const settings = { ...launch.settings, threads: 3 };
  expect(backendEnv({ ...launch, settings })['COLONY_THREADS']).toBe('3');
});

test('a launch may say how often checkpoints are taken', () => {
  const settings = { ...launch.settings, checkpointIntervalSeconds: 60 };
  const name = 'COLONY_CHECKPOINT_INTERVAL_SECONDS';
  expect(coordinatorEnv({ ...launch, settings }, 8083)[name]).toBe('60');
  expect(coordinatorEnv(launch, 8083)).not.toHaveProperty(name);
});

test('all services share the data folder and the secret; the store is the coordinators’ alone', () => {
  for (const env of [backendEnv(launch), coordinatorEnv(launch, 8083)]) {
    expect(env).toMatchObject({
      COLONY_PLATFORM: 'local',
      COLONY_HOST: '127.0.0.1',
      COLONY_DATA_DIR: '/data',
      COLONY_RPC_SECRET: 'secret',
    });
  }
  expect(coordinatorEnv(launch, 8083)['COLONY_STORE_ENDPOINT']).toBe('http://127.0.0.1:4567');
  expect(backendEnv(launch)).not.toHaveProperty('COLONY_STORE_ENDPOINT');
});

test('every launch has a secret of its own', () => {
  expect(makeSecret()).toMatch(/^[0-9a-f]{64}$/);
  expect(makeSecret()).not.toBe(makeSecret());
});

afterEach(() => vi.unstubAllEnvs());

/** What a launch says itself, and what says which colony a process is of, and where. */
const WITHHELD = new Set([
  // The launch has a name, a folder, a store, ports and a secret of its own, and a world by its flags.
  ...['colonyName', 'processName', 'platform', 'dataDir', 'host', 'httpPort', 'rpcPort'],
  ...['rpcSecret', 'storeEndpoint', 'minBackends', 'logLevel', 'logFile', 'ticksPerSecond'],
  ...['width', 'height', 'shardSize', 'seed', 'randomEvents'],
  // Of a colony in AWS, or elsewhere on this machine.
  ...['awsRegion', 'snapshotBucket', 'advertisedAddress', 'dynamoEndpoint', 'tableName'],
  ...['ecsCluster', 'backendService', 'backendCount', 'backendSpotShare'],
  // A launch ends its processes by deadlines of its own: these would be cut short.
  ...['drainMs', 'handOverMs'],
  // It would end each process that is started again.
  'crashAtStage',
]);

test('every option of the processes is passed on by a launch, or withheld for a reason', () => {
  const options = Object.keys({ ...COORDINATOR_OPTIONS, ...BACKEND_OPTIONS });
  expect([...PASSED_ON, ...WITHHELD].sort()).toEqual(options.sort());
});

test('what the environment says of how processes work reaches them', () => {
  vi.stubEnv('COLONY_PICTURE_INTERVAL_SECONDS', '0');
  vi.stubEnv('COLONY_CHECKPOINT_INTERVAL_SECONDS', '3');
  vi.stubEnv('COLONY_KERNEL', 'reference');
  vi.stubEnv('COLONY_THREADS', '7');
  vi.stubEnv('COLONY_NAME', 'another');
  expect(coordinatorEnv(launch, 8084)).toMatchObject({
    COLONY_PICTURE_INTERVAL_SECONDS: '0',
    COLONY_CHECKPOINT_INTERVAL_SECONDS: '3',
    COLONY_NAME: 'colony',
  });
  expect(backendEnv(launch)).toMatchObject({ COLONY_KERNEL: 'reference', COLONY_THREADS: '7' });
});

test('deadlines that a launch would cut short do not reach them', () => {
  vi.stubEnv('COLONY_DRAIN_MS', '60000');
  vi.stubEnv('COLONY_HAND_OVER_MS', '600000');
  expect(coordinatorEnv(launch, 8084)).not.toHaveProperty('COLONY_DRAIN_MS');
  expect(backendEnv(launch)).not.toHaveProperty('COLONY_HAND_OVER_MS');
});

test('flags of a launch go before its environment', () => {
  vi.stubEnv('COLONY_CHECKPOINT_INTERVAL_SECONDS', '3');
  vi.stubEnv('COLONY_THREADS', '7');
  const settings = { ...launch.settings, checkpointIntervalSeconds: 5, threads: 2 };
  const flagged = { ...launch, settings };
  expect(coordinatorEnv(flagged, 8084)['COLONY_CHECKPOINT_INTERVAL_SECONDS']).toBe('5');
  expect(backendEnv(flagged)['COLONY_THREADS']).toBe('2');
});
