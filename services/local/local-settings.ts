import { randomBytes } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { MEMORY_LIMIT_MIB, MEMORY_SHARE } from '../platform/config/backend-config.ts';
import type { LogLevel } from '../platform/observability/pino-log.ts';
import { ENVIRONMENT } from '../protocol/common/names.ts';

/** The most backends of a launch. */
export const LOCAL_BACKENDS_MAX = 64;

/** What a launch was asked for. */
export interface LocalSettings {
  backends: number;
  /** That tick, in each backend. @default the processors, shared among the backends */
  threads?: number;
  coordinators: number;
  /** Of the first coordinator; 0: any. */
  port: number;
  dataDir: string;
  name: string;
  /** Default spec of the coordinators: used when a start carries none. */
  width: number;
  height: number;
  shardSize: number;
  seed: number;
  /** Whether it throws events. */
  randomEvents: boolean;
  /** Ticks per second; null: as fast as possible. */
  pace: number | null;
  /** How much time of ticking lies between two checkpoints. @default that of the coordinators */
  checkpointIntervalSeconds?: number;
  logLevel: LogLevel;
}

/** A secret for the calls between the processes of one launch. */
export function makeSecret(): string {
  return randomBytes(32).toString('hex');
}

/** What all services of a launch are told. */
export interface Launch {
  settings: LocalSettings;
  /** Absolute. */
  dataDir: string;
  storePort: number;
  rpcSecret: string;
}

/**
 * The options that a launch leaves to its environment: how its processes work. All others it sets itself, or they say
 * which colony a process belongs to, and where.
 */
export const PASSED_ON = [
  'otlpEndpoint',
  'keepAliveMs',
  'allowedHosts',
  'beatIntervalMs',
  'leaseMs',
  'heartbeatIntervalMs',
  'recordPollMs',
  'startTimeoutMs',
  'suspectMs',
  'replacementWaitMs',
  'rebalanceAfterSeconds',
  'ticksPerExchange',
  'checkpointIntervalSeconds',
  'checkpointMinTicks',
  'checkpointBudgetBytes',
  'pictureIntervalSeconds',
  'kernel',
  'threads',
  'memoryLimitMiB',
] as const satisfies readonly (keyof typeof ENVIRONMENT)[];

const PASSED_ON_NAMES: ReadonlySet<string> = new Set(PASSED_ON.map((name) => ENVIRONMENT[name]));

/**
 * Settings of the person's own AWS account, of other colonies and of proxies do not belong in a local one: its
 * processes talk to nobody but each other, on loopback.
 */
export function cleanEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        PASSED_ON_NAMES.has(name) ||
        (!/^(AWS_|COLONY_|NODE_CHANNEL_|NODE_USE_ENV_PROXY$)/.test(name) &&
          !/^(all|ftp|https?|no)_proxy$/i.test(name)),
    ),
  );
}

/** The environment of each of so many backends: they share the machine. */
export function backendEnv(
  launch: Launch,
  backends: number = launch.settings.backends,
): NodeJS.ProcessEnv {
  const { threads } = launch.settings;
  const limitMiB = Math.floor((totalmem() * MEMORY_SHARE) / backends / 2 ** 20);
  return {
    [ENVIRONMENT.memoryLimitMiB]: String(Math.max(MEMORY_LIMIT_MIB[0], limitMiB)),
    [ENVIRONMENT.threads]: String(fairThreads(backends)),
    ...serviceEnv(launch),
    ...(threads !== undefined && { [ENVIRONMENT.threads]: String(threads) }),
  };
}

/** No more threads tick than can run at once, where there are as many processors as backends. */
export const fairThreads = (backends: number): number =>
  Math.max(1, Math.floor(availableParallelism() / backends));

/** The environment of a coordinator that serves people on `port`. */
export function coordinatorEnv(launch: Launch, port: number): NodeJS.ProcessEnv {
  const { settings, storePort } = launch;
  const { checkpointIntervalSeconds } = settings;
  return {
    ...serviceEnv(launch),
    [ENVIRONMENT.storeEndpoint]: `http://127.0.0.1:${storePort}`,
    [ENVIRONMENT.httpPort]: String(port),
    // A start waits for all of them: the first topology is already spread over every backend.
    [ENVIRONMENT.minBackends]: String(settings.backends),
    [ENVIRONMENT.width]: String(settings.width),
    [ENVIRONMENT.height]: String(settings.height),
    [ENVIRONMENT.shardSize]: String(settings.shardSize),
    [ENVIRONMENT.seed]: String(settings.seed),
    [ENVIRONMENT.randomEvents]: String(settings.randomEvents),
    [ENVIRONMENT.ticksPerSecond]: settings.pace === null ? 'unlimited' : String(settings.pace),
    ...(checkpointIntervalSeconds !== undefined && {
      [ENVIRONMENT.checkpointIntervalSeconds]: String(checkpointIntervalSeconds),
    }),
  };
}

function serviceEnv({ settings, dataDir, rpcSecret }: Launch): NodeJS.ProcessEnv {
  return {
    ...cleanEnv(process.env),
    [ENVIRONMENT.platform]: 'local',
    [ENVIRONMENT.colonyName]: settings.name,
    [ENVIRONMENT.host]: '127.0.0.1',
    [ENVIRONMENT.dataDir]: dataDir,
    [ENVIRONMENT.rpcSecret]: rpcSecret,
    [ENVIRONMENT.logLevel]: settings.logLevel,
  };
}
