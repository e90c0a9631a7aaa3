import { colonySpecProblem } from '../../protocol/colony/spec.ts';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import { TICKS_PER_EXCHANGE } from '../../protocol/layout/topology.ts';
import { DEFAULT_WORLD_SPEC, WORLD_BOUNDS, type WorldSpec } from '../../world/spec/spec.ts';
import {
  type ConfigOf,
  type ConfigSources,
  optional,
  type ParsedConfig,
  parseConfig,
  withDefault,
} from './config.ts';
import { COMMON_OPTIONS, PORT, platformProblem } from './config-options.ts';
import { integer, list, pace, share, text, url, yesOrNo } from './config-values.ts';

/** The least and the most. */
export const CHECKPOINT_INTERVAL_SECONDS = [1, 86_400] as const;

function bounded(name: keyof typeof WORLD_BOUNDS) {
  const [min, max] = WORLD_BOUNDS[name];
  return integer(min, max);
}

export const COORDINATOR_OPTIONS = {
  ...COMMON_OPTIONS,
  httpPort: withDefault(PORT, 8083, 'Port of the public HTTP API; 0 for a free one.'),
  keepAliveMs: withDefault(
    integer(1_000, 3_600_000),
    5_000,
    'How long a connection without a request is kept; behind a gateway longer than the gateway keeps it.',
  ),
  rpcPort: withDefault(
    PORT,
    0,
    'The port of every backend; on the platform aws entries with another one are not called. 0: any.',
  ),
  allowedHosts: withDefault(
    list(/^[A-Za-z0-9.*:[\]-]{1,253}$/, 'host names, comma-separated'),
    [],
    'Hosts that requests may name beside loopback and the advertised address; `*.example.org` is every name below it.',
  ),
  storeEndpoint: optional(
    url,
    'Address of the embedded store, which only a launch has; it or dynamoEndpoint is needed on the platform local.',
  ),
  dynamoEndpoint: optional(
    url,
    "Address of the record's table in DynamoDB; on the platform aws without it that of the region.",
  ),
  tableName: withDefault(
    text(/^[A-Za-z0-9_.-]{3,255}$/, '3 to 255 of A–Z, a–z, 0–9, _, . and -'),
    'colony',
    'The DynamoDB table of the record.',
  ),
  beatIntervalMs: withDefault(integer(10, 60_000), 2_000, 'How often the leader renews its lead.'),
  leaseMs: withDefault(
    integer(30, 600_000),
    8_000,
    'How long a leader may be silent before another takes over; at least twice beatIntervalMs.',
  ),
  heartbeatIntervalMs: withDefault(
    integer(5, 10_000),
    250,
    'How often the leader talks to each backend.',
  ),
  recordPollMs: withDefault(
    integer(5, 10_000),
    250,
    'How often a coordinator looks at the record while something is awaited.',
  ),
  startTimeoutMs: withDefault(
    integer(100, 3_600_000),
    60_000,
    'A start that is not complete and initialises no further shard for so long has failed.',
  ),
  minBackends: withDefault(integer(1, BACKENDS_MAX), 1, 'A start waits for so many backends.'),
  suspectMs: withDefault(
    integer(100, 600_000),
    8_000,
    'A backend that does not answer for so long is replaced.',
  ),
  replacementWaitMs: withDefault(
    integer(0, 600_000),
    1_000,
    'How long a replacement is waited for before the shards of a lost backend go to the others; one that comes later gets some of them back.',
  ),
  rebalanceAfterSeconds: withDefault(
    integer(0, 86_400),
    10,
    'New backends get shards after they have been there for so long.',
  ),
  ticksPerExchange: withDefault(
    integer(...TICKS_PER_EXCHANGE),
    4,
    'Ticks that one exchange of halos carries: more for slow networks, fewer for small worlds.',
  ),
  checkpointIntervalSeconds: withDefault(
    integer(...CHECKPOINT_INTERVAL_SECONDS),
    10,
    'How much time of ticking lies between two checkpoints, at least.',
  ),
  checkpointMinTicks: withDefault(
    integer(1, 1_000_000_000),
    100,
    'How many ticks lie between two checkpoints, at least.',
  ),
  checkpointBudgetBytes: withDefault(
    integer(1_000_000, 1_000_000_000_000_000),
    2_000_000_000,
    'What the checkpoints of a colony may take together: older ones go first; the newest is always kept.',
  ),
  pictureIntervalSeconds: withDefault(
    integer(0, 86_400),
    30,
    'How much time lies between two stored pictures of the world, at least; they are made of checkpoints. 0: none are stored.',
  ),
  ticksPerSecond: withDefault(pace, null, 'The pace of a colony that is started.'),
  width: withDefault(bounded('width'), DEFAULT_WORLD_SPEC.width, 'Width of the default world.'),
  height: withDefault(bounded('height'), DEFAULT_WORLD_SPEC.height, 'Height of the default world.'),
  shardSize: withDefault(
    bounded('shardSize'),
    DEFAULT_WORLD_SPEC.shardSize,
    'Side of the shards of the default world; divides its width and height.',
  ),
  seed: withDefault(bounded('seed'), DEFAULT_WORLD_SPEC.seed, 'Seed of the default world.'),
  randomEvents: withDefault(
    yesOrNo,
    DEFAULT_WORLD_SPEC.randomEvents,
    'Whether the seed of the default world throws events.',
  ),
  ecsCluster: optional(
    text(/^[\x21-\x7e]{1,255}$/, 'the name or ARN of a cluster'),
    'The ECS cluster of the backend service; without it the leader scales no backends.',
  ),
  backendService: optional(
    text(/^[\x21-\x7e]{1,512}$/, 'the name or ARN of a service'),
    'The ECS service that the leader scales: to backendCount at a start, to none at a stop.',
  ),
  backendCount: withDefault(
    integer(1, BACKENDS_MAX),
    1,
    'How many backends the leader keeps of a colony that was started and not scaled; only on the platform aws.',
  ),
  backendSpotShare: withDefault(
    share,
    0,
    'Share of the backends on Spot capacity, from 0 to 1, where there is any.',
  ),
  crashAtStage: optional(
    text(/^(before|after):[a-z-]{1,64}$/, 'before: or after: and the name of a stage'),
    'For tests of faults only: the process kills itself at this point of a start or an injection.',
  ),
} as const;

export type CoordinatorConfig = ConfigOf<typeof COORDINATOR_OPTIONS>;

/** Throws CONFIG_INVALID, see parseConfig. */
export function parseCoordinatorConfig(sources: ConfigSources): ParsedConfig<CoordinatorConfig> {
  return parseConfig(COORDINATOR_OPTIONS, sources, (config) => {
    const { platform, storeEndpoint, dynamoEndpoint, beatIntervalMs, leaseMs } = config;
    const { ecsCluster, backendService } = config;
    if ((ecsCluster === undefined) !== (backendService === undefined)) {
      return 'one of COLONY_ECS_CLUSTER and COLONY_BACKEND_SERVICE is set, expected both or none';
    }
    if (platform === 'local' && (storeEndpoint === undefined) === (dynamoEndpoint === undefined)) {
      const which = storeEndpoint === undefined ? 'none' : 'both';
      return `${which} of COLONY_STORE_ENDPOINT and COLONY_DYNAMO_ENDPOINT is set, expected one of them on the platform local`;
    }
    if (platform === 'aws' && storeEndpoint !== undefined) {
      return 'COLONY_STORE_ENDPOINT is set, expected none on the platform aws';
    }
    if (leaseMs < 2 * beatIntervalMs) {
      return `COLONY_LEASE_MS is ${leaseMs}, expected at least twice COLONY_BEAT_INTERVAL_MS (${beatIntervalMs})`;
    }
    return platformProblem(config) ?? colonySpecProblem(defaultSpecOf(config));
  });
}

/** The world of a start that carries no spec of its own. */
export function defaultSpecOf(
  config: Pick<CoordinatorConfig, 'width' | 'height' | 'shardSize' | 'seed' | 'randomEvents'>,
): WorldSpec {
  const { width, height, shardSize, seed, randomEvents } = config;
  return { ...DEFAULT_WORLD_SPEC, width, height, shardSize, seed, randomEvents };
}
