/**
 * Names that services and infrastructure share. It imports nothing, so that both may import it.
 */

/** Keys of the table: the partition of all items of a colony is its name. */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk' } as const;

/** Sort keys of the items of a colony. */
export const SORT_KEYS = {
  record: 'record',
  /** The prefix of the keys of an instance's digests; ticks are padded, so that keys sort by tick. */
  digests: (colonyInstanceId: string): string => `digest#${colonyInstanceId}#`,
  digest: (colonyInstanceId: string, tick: number): string =>
    `digest#${colonyInstanceId}#${String(tick).padStart(12, '0')}`,
  /** Likewise for an instance's injected events, by sequence. */
  events: (colonyInstanceId: string): string => `event#${colonyInstanceId}#`,
  event: (colonyInstanceId: string, sequence: number): string =>
    `event#${colonyInstanceId}#${String(sequence).padStart(12, '0')}`,
  /** Likewise for the rows of a table through time, by the tick of the last row of an item. */
  rows: (table: string, colonyInstanceId: string): string => `rows#${table}#${colonyInstanceId}#`,
  rowsItem: (table: string, colonyInstanceId: string, tick: number): string =>
    `rows#${table}#${colonyInstanceId}#${String(tick).padStart(12, '0')}`,
} as const;

/** Paths of the registry in the SSM parameter store. */
export const SSM_PATHS = {
  root: (colonyName: string): string => `/colony/${colonyName}`,
  role: (colonyName: string, role: 'backends' | 'coordinators'): string =>
    `/colony/${colonyName}/${role}`,
  entry: (colonyName: string, role: 'backends' | 'coordinators', bootId: string): string =>
    `/colony/${colonyName}/${role}/${bootId}`,
  /** The leader's own entry. */
  leader: (colonyName: string): string => `/colony/${colonyName}/coordinator`,
} as const;

/** 1 to 31 of a–z, 0–9 and -, a letter first: fits stack names, parameter paths and item keys. */
export const COLONY_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** All environment variables of the services begin so. */
export const ENVIRONMENT_PREFIX = 'COLONY_';

/** Environment variables by the name of their option; services/platform/config/config.ts reads them. */
export const ENVIRONMENT = {
  colonyName: 'COLONY_NAME',
  processName: 'COLONY_PROCESS_NAME',
  platform: 'COLONY_PLATFORM',
  configFile: 'COLONY_CONFIG_FILE',
  host: 'COLONY_HOST',
  httpPort: 'COLONY_HTTP_PORT',
  rpcPort: 'COLONY_RPC_PORT',
  kernel: 'COLONY_KERNEL',
  memoryLimitMiB: 'COLONY_MEMORY_LIMIT_MIB',
  handOverMs: 'COLONY_HAND_OVER_MS',
  threads: 'COLONY_THREADS',
  advertisedAddress: 'COLONY_ADVERTISED_ADDRESS',
  dataDir: 'COLONY_DATA_DIR',
  awsRegion: 'COLONY_AWS_REGION',
  snapshotBucket: 'COLONY_SNAPSHOT_BUCKET',
  storeEndpoint: 'COLONY_STORE_ENDPOINT',
  dynamoEndpoint: 'COLONY_DYNAMO_ENDPOINT',
  tableName: 'COLONY_TABLE_NAME',
  rpcSecret: 'COLONY_RPC_SECRET',
  logLevel: 'COLONY_LOG_LEVEL',
  logFile: 'COLONY_LOG_FILE',
  otlpEndpoint: 'COLONY_OTLP_ENDPOINT',
  drainMs: 'COLONY_DRAIN_MS',
  keepAliveMs: 'COLONY_KEEP_ALIVE_MS',
  beatIntervalMs: 'COLONY_BEAT_INTERVAL_MS',
  leaseMs: 'COLONY_LEASE_MS',
  heartbeatIntervalMs: 'COLONY_HEARTBEAT_INTERVAL_MS',
  recordPollMs: 'COLONY_RECORD_POLL_MS',
  startTimeoutMs: 'COLONY_START_TIMEOUT_MS',
  minBackends: 'COLONY_MIN_BACKENDS',
  suspectMs: 'COLONY_SUSPECT_MS',
  replacementWaitMs: 'COLONY_REPLACEMENT_WAIT_MS',
  rebalanceAfterSeconds: 'COLONY_REBALANCE_AFTER_SECONDS',
  ticksPerExchange: 'COLONY_TICKS_PER_EXCHANGE',
  checkpointIntervalSeconds: 'COLONY_CHECKPOINT_INTERVAL_SECONDS',
  checkpointMinTicks: 'COLONY_CHECKPOINT_MIN_TICKS',
  checkpointBudgetBytes: 'COLONY_CHECKPOINT_BUDGET_BYTES',
  pictureIntervalSeconds: 'COLONY_PICTURE_INTERVAL_SECONDS',
  ticksPerSecond: 'COLONY_TICKS_PER_SECOND',
  width: 'COLONY_WIDTH',
  height: 'COLONY_HEIGHT',
  shardSize: 'COLONY_SHARD_SIZE',
  seed: 'COLONY_SEED',
  randomEvents: 'COLONY_RANDOM_EVENTS',
  allowedHosts: 'COLONY_ALLOWED_HOSTS',
  ecsCluster: 'COLONY_ECS_CLUSTER',
  backendService: 'COLONY_BACKEND_SERVICE',
  backendCount: 'COLONY_BACKEND_COUNT',
  backendSpotShare: 'COLONY_BACKEND_SPOT_SHARE',
  crashAtStage: 'COLONY_CRASH_AT_STAGE',
} as const;

/**
 * Options of Node by service. Halos arrive in buffers that V8 counts as external memory. If that grows
 * faster than the young generation fills, V8 marks the whole heap several times a second. Scavenging
 * the young generation would free the buffers too, so that generation is kept small.
 */
export const NODE_FLAGS = {
  backend: ['--max-semi-space-size=1'],
  coordinator: [],
} as const satisfies Record<string, readonly string[]>;

/** Prefixes of keys in the snapshot bucket. */
export const OBJECT_PREFIXES = {
  checkpoints: (colonyName: string): string => `checkpoints/${colonyName}/`,
  pictures: (colonyName: string): string => `pictures/${colonyName}/`,
  statistics: (colonyName: string): string => `statistics/${colonyName}/`,
} as const;

/**
 * The CloudWatch metrics, which coordinators write to their log as embedded metrics. Dashboard and
 * alarms use the same table.
 */
export const METRICS = {
  namespace: 'DistributedColony',
  /** The one dimension; its value is the colony's name. */
  dimension: 'Colony',
  names: {
    /** 1, written at least every minute by the coordinator that leads, and by no other. */
    leader: 'Leader',
    /** How many of the wanted backends do not answer the leader; 0 while no colony is started. */
    backendsMissing: 'BackendsMissing',
    /** The achieved pace, only while the colony should tick: not idle, paused or starting. */
    ticksPerSecond: 'TicksPerSecond',
    /**
     * Seconds of ticking since the newest checkpoint was whole, or since ticking began without one. Only while the
     * colony should tick and has come to the tick at which another one was to be taken: a slow colony has few.
     */
    checkpointAge: 'CheckpointAge',
  },
} as const;
