import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { EventLog } from '../../platform/series/event-log.ts';
import type { ClusterHistoryView } from '../../protocol/api/cluster-history.ts';
import type { CheckpointView, ColonyView, TopologyView } from '../../protocol/api/public-api.ts';
import { manifestKey } from '../../protocol/checkpoint/manifest.ts';
import type { ColonyEvent } from '../../protocol/colony/colony-event.ts';
import { DIGEST_EVERY_TICKS, type DigestEntry } from '../../protocol/colony/sampling.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { shardsOf } from '../../protocol/layout/topology.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { CheckpointArchive } from '../checkpoints/checkpoint-archive.ts';
import { keptOf } from '../checkpoints/next-manifest.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { FreshRecord } from '../term/fresh-record.ts';
import type { BackendMemory } from './backend-view.ts';
import type { ClusterWatch } from './cluster/cluster-watch.ts';
import { colonyView, type ShownDriver } from './colony-view.ts';
import { CoordinatorList } from './coordinator-list.ts';
import { EventHistory } from './event-history.ts';
import type { TileSource } from './tiles/tile-source.ts';
import { type DrivenColony, WorldReader } from './world-reader.ts';

/** What is read of the driver. */
interface ReadDriver extends ShownDriver {
  readonly driving: (NonNullable<ShownDriver['driving']> & DrivenColony) | undefined;
}

export interface ColonyReaderOptions {
  colonyName: string;
  record: FreshRecord;
  digests: DigestLog;
  events: EventLog;
  /** undefined: no checkpoints are taken. */
  archive: Pick<CheckpointArchive, 'newest'> | undefined;
  registry: Pick<Registry, 'list'>;
  rpc: RpcCalls;
  /** Makes the tiles. @default this thread does */
  tiles?: TileSource | undefined;
  clock: Clock;
  log: Log;
  context: CoordinatorContext;
  layout: Pick<ColonyLayout, 'loadSpec' | 'loadTopology'>;
  driver: ReadDriver;
  memory: BackendMemory & { watch: Pick<ClusterWatch, 'history'> };
  /** How many backends are wanted where nobody asked for another number. */
  configuredBackends: number;
  /** The world of a start that sends no spec of its own. */
  defaultSpec: WorldSpec;
  /** Whether this coordinator leads right now: then its driver knows more than the record. */
  leads: () => boolean;
}

/** Everything about a colony that can be looked at without changing it. */
export class ColonyReader {
  readonly #options: ColonyReaderOptions;
  readonly #eventHistory: EventHistory;
  /** Reads the world itself. */
  readonly world: WorldReader;
  readonly #coordinators: CoordinatorList;
  #spec: { ref: string; stored: StoredSpec } | undefined;

  constructor(options: ColonyReaderOptions) {
    this.#options = options;
    this.#eventHistory = new EventHistory(options.events);
    this.#coordinators = new CoordinatorList(options);
    this.world = new WorldReader(options);
  }

  async view(): Promise<ColonyView> {
    const { colonyName, digests, leads, context, clock } = this.#options;
    const { configuredBackends, defaultSpec } = this.#options;
    // Before the record is read, which then knows all events of earlier ticks.
    const seenTick = leads() ? this.#options.driver.driving?.ticker.tick : undefined;
    const { record, isFresh } = await this.#options.record.readOrKnown();
    const driver = leads() ? this.#options.driver : undefined;
    const { colonyInstanceId, specRef } = record;
    const driving = driver?.driving;
    const stored = driving?.stored ?? (await this.#ifThere(this.#storedSpec(specRef)));
    return colonyView({
      name: colonyName,
      record,
      configuredBackends,
      defaultSpec,
      driver,
      memory: this.#options.memory,
      stored,
      rules: driving === undefined ? undefined : await this.#rulesAt(seenTick, record, stored),
      lastTick: context.lastTick(),
      isFresh,
      nowMs: clock.nowMs(),
      coordinators: await this.#coordinators.entries(),
      lastDigest:
        driving !== undefined || colonyInstanceId === undefined
          ? undefined
          : await this.#ifThere(digests.last(colonyInstanceId)),
    });
  }

  /** What the leader remembers of the time after a moment; throws NO_LEADER. */
  clusterHistory(sinceMs: number): { etag: string; history: ClusterHistoryView } {
    const known = this.#options.memory.watch.history(sinceMs);
    if (known === undefined) throw new ColonyError('NO_LEADER', 'this coordinator does not lead');
    return known;
  }

  /** Throws TOPOLOGY_NOT_FOUND before a start. */
  async topology(): Promise<TopologyView> {
    const record = await this.#options.record.read();
    if (record.status === 'Initializing') return { status: 'in-progress' };
    const topology = await this.#options.layout.loadTopology(record);
    if (record.status === 'NotInitialized' || topology === undefined) {
      throw new ColonyError('TOPOLOGY_NOT_FOUND', 'no colony is started');
    }
    // Named one by one: what a topology has beside is not for the outside.
    const { colonyInstanceId, generation, topologyVersion } = topology;
    const { width, height, shardSize, ticksPerExchange } = topology;
    return {
      status: 'initialized',
      ...{ colonyInstanceId, generation, topologyVersion },
      ...{ width, height, shardSize, ticksPerExchange },
      backends: topology.backends.map(({ bootId, id, address }, index) => ({
        bootId,
        id,
        address,
        shards: [...shardsOf(topology, index)],
      })),
    };
  }

  /** From a tick on, in the order of ticks; without it the newest, newest first. */
  async digests({ from, limit }: { from?: number; limit: number }): Promise<DigestEntry[]> {
    const { digests } = this.#options;
    const { colonyInstanceId } = await this.#options.record.read();
    if (colonyInstanceId === undefined) return [];
    if (from !== undefined) return digests.list(colonyInstanceId, { fromTick: from, limit });
    const last = await digests.last(colonyInstanceId);
    if (last === undefined) return [];
    const fromTick = Math.max(0, last.tick - (limit - 1) * DIGEST_EVERY_TICKS);
    return (await digests.list(colonyInstanceId, { fromTick, limit })).reverse();
  }

  /** The checkpoints that are kept, newest first. */
  async checkpoints(): Promise<CheckpointView[]> {
    const { colonyInstanceId = '', checkpoint } = await this.#options.record.read();
    const newest = await this.#options.archive?.newest(colonyInstanceId, checkpoint, new Set());
    if (newest === undefined) return [];
    const { colonyName } = this.#options;
    return [...newest.manifest.kept, keptOf(newest)]
      .map((one): CheckpointView => {
        const { tick, at, sizeBytes, digest, sha256 } = one;
        const key = manifestKey(colonyName, colonyInstanceId, one);
        return { tick, at, sizeBytes, digest, manifest: { key, sha256 } };
      })
      .reverse();
  }

  /** From a tick on, whole ticks; without it those round the tick of the world. */
  async events({ from, limit }: { from?: number; limit: number }): Promise<ColonyEvent[]> {
    const { record } = await this.#options.record.readOrKnown();
    const { colonyInstanceId, status } = record;
    const spec = (await this.#storedSpec(record.specRef))?.spec;
    if (status !== 'TopographyInitialized' || !colonyInstanceId || !spec) return [];
    const { driver, leads } = this.#options;
    const tick = leads() ? driver.driving?.ticker.tick : undefined;
    const page = { from, limit, now: tick ?? record.horizon };
    return this.#eventHistory.list({ ...record, colonyInstanceId }, spec, page);
  }

  /** undefined while they are not known. */
  async #rulesAt(
    tick: number | undefined,
    record: ColonyRecord,
    stored: StoredSpec | undefined,
  ): Promise<Rules | undefined> {
    const { colonyInstanceId } = record;
    if (tick === undefined || colonyInstanceId === undefined || stored === undefined) return;
    const known = { ...record, colonyInstanceId };
    return this.#ifThere(this.#eventHistory.rulesAt(known, stored.spec, tick));
  }

  /** What a store gives; undefined if it does not: the view shows the rest. */
  async #ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
    return reading.catch((err: unknown) => {
      this.#options.log.info({ err }, 'a part of the view could not be read');
      return undefined;
    });
  }

  /** The spec never changes, so it is loaded once. */
  async #storedSpec(ref: string | undefined): Promise<StoredSpec | undefined> {
    if (ref === undefined) return undefined;
    if (this.#spec?.ref !== ref) {
      const { context, layout } = this.#options;
      const stored = await layout.loadSpec({ ...context.storedInfo(), specRef: ref });
      this.#spec = { ref, stored };
    }
    return this.#spec.stored;
  }
}
