import type { ObjectStore } from '../platform/objects/object-store.ts';
import type { Log } from '../platform/observability/log.ts';
import type { Metrics } from '../platform/observability/metrics.ts';
import type { ProcessMetrics } from '../platform/observability/process-metrics.ts';
import type { Tracing } from '../platform/observability/tracing.ts';
import type { ColonyRecords } from '../platform/record/colony-records.ts';
import type { Registry } from '../platform/registry/registry.ts';
import type { RpcCalls } from '../platform/rpc/rpc-client.ts';
import type { Clock } from '../platform/runtime/clock.ts';
import type { Randomness } from '../platform/runtime/randomness.ts';
import type { DigestLog } from '../platform/series/digest-log.ts';
import type { EventLog } from '../platform/series/event-log.ts';
import type { SeriesLogs } from '../platform/series/series-log.ts';
import type { SnapshotStore } from '../platform/snapshots/snapshot-store.ts';
import type { RegistryEntry } from '../protocol/wire/registry-entry.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import type { CheckpointSettings } from './checkpoints/checkpoint-schedule.ts';
import type { CapacitySettings } from './chores/capacity.ts';
import type { CoordinatorMetrics } from './metrics/coordinator-metrics.ts';
import type { PictureSettings } from './pictures/picture-taker.ts';
import type { StageHook } from './term/stages.ts';
import type { TileSource } from './watching/tiles/tile-source.ts';

/** How a coordinator behaves; see docs/configuration.md. */
export interface CoordinatorSettings extends CheckpointSettings, PictureSettings {
  colonyName: string;
  defaultSpec: WorldSpec;
  /** The pace of a colony that is started; null is as fast as possible. */
  ticksPerSecond: number | null;
  ticksPerExchange: number;
  minBackends: number;
  beatIntervalMs: number;
  leaseMs: number;
  recordPollMs: number;
  heartbeatIntervalMs: number;
  startTimeoutMs: number;
  suspectMs: number;
  replacementWaitMs: number;
  /** New backends get shards after they have been there for so long. */
  rebalanceAfterSeconds: number;
}

export interface CoordinatorOptions {
  settings: CoordinatorSettings;
  /** Its id in the record is the boot id of its registry entry. */
  entry: RegistryEntry;
  /** Origin of its public HTTP API. */
  address: string;
  store: ColonyRecords;
  objects: ObjectStore;
  digests: DigestLog;
  events: EventLog;
  series: SeriesLogs;
  /** Keeps checkpoints. @default none are taken: a world that is lost starts from genesis */
  snapshots?: SnapshotStore;
  registry: Registry;
  rpc: RpcCalls;
  /** Makes the tiles. @default this thread does */
  tiles?: TileSource | undefined;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  /** @default the leader scales no backends, and expects one */
  capacity?: CapacitySettings;
  /** Takes what the leader measures. @default nothing is told to anybody */
  metrics?: Metrics;
  /** What `/metrics` shows. @default the coordinator's own figures, and none of its process */
  figures?: ProcessMetrics<CoordinatorMetrics>;
  /** Why an entry of the registry must not be called; undefined if it may be. @default any may be */
  entryProblem?: (entry: RegistryEntry) => string | undefined;
  /** The JSON at a URL; throws if there is none. Without it coordinators' entries are not swept. */
  getJson?: (url: string) => Promise<unknown>;
  /** Told of starts and recoveries. @default nobody is */
  tracing?: Tracing | undefined;
  /** Called at every point of a start; tests end the coordinator there. */
  hook?: StageHook;
}
