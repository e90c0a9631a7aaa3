import { COORDINATOR_OPTIONS } from '../services/platform/config/coordinator-config.ts';
import { ENVIRONMENT } from '../services/protocol/common/names.ts';
import { COORDINATOR_SETTINGS, type ColonyConfig } from './config-schema.ts';

/** Ports of the tasks. A task has its own address, so they need not be free ones. */
export const PORTS = {
  /** The public HTTP API of a coordinator. */
  http: 8083,
  /** The private RPC of a backend. */
  rpc: 9000,
} as const;

/**
 * A task of Fargate is there after a minute or two, on Spot capacity later. Each registers itself,
 * and of all of them the parameter store takes about three a second.
 */
const startTimeoutMs = (backends: number): number =>
  Math.max(300_000, 120_000 + Math.ceil(backends / 3) * 1000);

/** One thread of the leader talks to all backends, half a millisecond at a time: a thousand times a second at most. */
const heartbeatIntervalMs = (backends: number): number =>
  Math.max(COORDINATOR_OPTIONS.heartbeatIntervalMs.default.value, backends);

/** Within the two minutes that a task has to end: answers that are held for 25 s are cut off. */
const DRAIN_MS = 20_000;

/** … and before that, until its shards have gone to other backends. */
const HAND_OVER_MS = 60_000;

/**
 * Longer than the API keeps an idle connection, else it would send a request into one that is being
 * closed. AWS does not say how long that is; its network paths forget a connection after 350 s.
 */
const KEEP_ALIVE_MS = 360_000;

/** Of one vCPU. */
const CPU_UNITS = 1024;

type Variables = Record<string, string>;

/** What coordinators and backends are both told; the RPC secret comes beside it. */
export function commonEnvironment(
  config: ColonyConfig,
  { region, bucketName }: { region: string; bucketName: string },
): Variables {
  return {
    [ENVIRONMENT.platform]: 'aws',
    [ENVIRONMENT.colonyName]: config.colonyName,
    [ENVIRONMENT.awsRegion]: region,
    [ENVIRONMENT.snapshotBucket]: bucketName,
    [ENVIRONMENT.host]: '0.0.0.0',
    [ENVIRONMENT.logLevel]: config.logLevel,
    [ENVIRONMENT.drainMs]: String(DRAIN_MS),
    ...(config.otlpEndpoint !== undefined && { [ENVIRONMENT.otlpEndpoint]: config.otlpEndpoint }),
  };
}

export function coordinatorEnvironment(
  config: ColonyConfig,
  names: {
    tableName: string;
    clusterName: string;
    backendServiceName: string;
    /** Under which the API reaches a coordinator. */
    allowedHosts: readonly string[];
  },
): Variables {
  const { worldSpec } = config;
  return {
    [ENVIRONMENT.httpPort]: String(PORTS.http),
    [ENVIRONMENT.keepAliveMs]: String(KEEP_ALIVE_MS),
    [ENVIRONMENT.rpcPort]: String(PORTS.rpc),
    [ENVIRONMENT.allowedHosts]: names.allowedHosts.join(','),
    [ENVIRONMENT.tableName]: names.tableName,
    [ENVIRONMENT.ecsCluster]: names.clusterName,
    [ENVIRONMENT.backendService]: names.backendServiceName,
    [ENVIRONMENT.backendCount]: String(config.backends),
    [ENVIRONMENT.backendSpotShare]: String(config.emulator ? 0 : config.spotShare),
    // A start waits for all of them: the first topology is already spread over every backend.
    [ENVIRONMENT.minBackends]: String(config.backends),
    [ENVIRONMENT.startTimeoutMs]: String(startTimeoutMs(config.backends)),
    [ENVIRONMENT.heartbeatIntervalMs]: String(heartbeatIntervalMs(config.backends)),
    [ENVIRONMENT.width]: String(worldSpec.width),
    [ENVIRONMENT.height]: String(worldSpec.height),
    [ENVIRONMENT.shardSize]: String(worldSpec.shardSize),
    [ENVIRONMENT.seed]: String(worldSpec.seed),
    [ENVIRONMENT.ticksPerSecond]: String(config.pace),
    ...Object.fromEntries(
      COORDINATOR_SETTINGS.map((name) => [ENVIRONMENT[name], String(config[name])]),
    ),
  };
}

export function backendEnvironment({ cpu }: ColonyConfig): Variables {
  // A task sees the processors of its host; as many as it pays for can tick.
  const threads = Math.max(1, Math.floor(cpu / CPU_UNITS));
  return {
    [ENVIRONMENT.rpcPort]: String(PORTS.rpc),
    [ENVIRONMENT.threads]: String(threads),
    [ENVIRONMENT.handOverMs]: String(HAND_OVER_MS),
  };
}
