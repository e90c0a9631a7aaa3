import { NoCompute } from '../platform/compute/no-compute.ts';
import type { ObjectStore } from '../platform/objects/object-store.ts';
import type { Log } from '../platform/observability/log.ts';
import type { Metrics } from '../platform/observability/metrics.ts';
import type { ColonyRecords } from '../platform/record/colony-records.ts';
import type { Registry } from '../platform/registry/registry.ts';
import type { RpcClient } from '../platform/rpc/rpc-client.ts';
import type { Clock } from '../platform/runtime/clock.ts';
import type { Randomness } from '../platform/runtime/randomness.ts';
import type { DigestLog } from '../platform/series/digest-log.ts';
import type { EventLog } from '../platform/series/event-log.ts';
import type { ColonyView, TopologyView } from '../protocol/api/public-api.ts';
import type { ColonyEvent } from '../protocol/colony/colony-event.ts';
import type { DigestEntry } from '../protocol/colony/sampling.ts';
import type { StoredSpec } from '../protocol/colony/spec.ts';
import { ColonyError } from '../protocol/common/errors.ts';
import { shardsOf } from '../protocol/layout/topology.ts';
import type { RegistryEntry } from '../protocol/wire/registry-entry.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import type { CapacitySettings } from './chores/capacity.ts';
import { LeaderChores } from './chores/leader-chores.ts';
import { EventControl } from './control/event-control.ts';
import { RunControl } from './control/run-control.ts';
import { Driver } from './driver/driver.ts';
import type { ColonyApi } from './http/colony-api.ts';
import { ColonyLayout } from './layout/colony-layout.ts';
import { Discovery } from './layout/discovery.ts';
import { Recovery } from './layout/recovery.ts';
import { StartColony } from './start/start-colony.ts';
import { Starter } from './start/starter.ts';
import { stopColony } from './start/stop-colony.ts';
import { CoordinatorContext } from './term/coordinator-context.ts';
import { Leadership } from './term/leadership.ts';
import { NO_STAGE_HOOK, type StageHook } from './term/stages.ts';
import { colonyView } from './watching/colony-view.ts';
import { CoordinatorList } from './watching/coordinator-list.ts';
import { EventHistory } from './watching/event-history.ts';
import { assemblePicture } from './watching/picture-assembly.ts';
import { PictureQueue } from './watching/picture-queue.ts';

/** How a coordinator behaves; see docs/configuration.md. */
export interface CoordinatorSettings {
  colonyName: string;
  defaultSpec: WorldSpec;
  /** The pace of a colony that is started; null is as fast as it goes. */
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
  registry: Registry;
  rpc: RpcClient;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  /** @default backends are nobody's to scale, and one is expected */
  capacity?: CapacitySettings;
  /** @default nothing is measured */
  metrics?: Metrics;
  /** Why an entry of the registry must not be called; undefined if it may be. @default any may be */
  entryProblem?: (entry: RegistryEntry) => string | undefined;
  /** The JSON at a URL; throws if there is none. Without it coordinators' entries are not swept. */
  getJson?: (url: string) => Promise<unknown>;
  /** Called at every point of a start; tests end the coordinator there. */
  hook?: StageHook;
}

/** A coordinator without its sockets: everything the public HTTP API asks for. */
export class Coordinator implements ColonyApi {
  readonly context: CoordinatorContext;
  readonly #options: CoordinatorOptions;
  readonly #layout: ColonyLayout;
  readonly #driver: Driver;
  readonly #leadership: Leadership;
  readonly #chores: LeaderChores;
  readonly #starts: StartColony;
  readonly #runControl: RunControl;
  readonly #eventControl: EventControl;
  readonly #eventHistory: EventHistory;
  readonly #pictures = new PictureQueue<Awaited<ReturnType<typeof assemblePicture>>>();
  readonly #coordinators: CoordinatorList;
  #spec: { ref: string; stored: StoredSpec } | undefined;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#eventHistory = new EventHistory(options.events);
    this.#coordinators = new CoordinatorList(options);
    const { settings, entry, address, store, objects, digests, events, registry, rpc } = options;
    const { clock, randomness, log, hook = NO_STAGE_HOOK, entryProblem } = options;
    this.context = new CoordinatorContext(log);
    const { context } = this;
    const discovery = new Discovery({ registry, rpc, log, ...(entryProblem && { entryProblem }) });
    const ports = { store, objects, digests, events, rpc, clock, randomness, log, hook, context };
    this.#layout = new ColonyLayout({ ...ports, ...settings, discovery });
    const layout = this.#layout;
    this.#driver = new Driver({
      ...ports,
      ...settings,
      layout,
      starter: new Starter({ ...ports, ...settings, layout }),
      recovery: new Recovery({ ...ports, ...settings, layout }),
      ticker: { ...ports, ...settings },
      prepareStart: (scope) => this.#chores.raiseCapacity(scope),
    });
    this.#chores = new LeaderChores({
      ...options,
      capacity: options.capacity ?? { compute: new NoCompute(), backendCount: 1, spotShare: 0 },
      beatIntervalMs: settings.beatIntervalMs,
      context,
      driver: this.#driver,
    });
    this.#leadership = new Leadership({
      ...ports,
      ...settings,
      self: { id: entry.bootId, address },
    });
    const nudge = () => {
      this.#driver.recordChanged();
      this.#leadership.nudge();
    };
    this.#starts = new StartColony({ ...ports, ...settings, onClaimed: nudge });
    this.#runControl = new RunControl({ ...ports, driver: this.#driver });
    this.#eventControl = new EventControl({ ...ports, driver: this.#driver });
  }

  /** Campaigns, leads and drives until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { registry, entry, log } = this.#options;
    const driver = this.#driver;
    await this.#leadership.run(
      {
        recordChanged: () => {
          driver.recordChanged();
          this.#chores.recordChanged();
        },
        reservation: () => driver.reservation(),
        run: async (term) => {
          const announce = registry
            .putLeader(entry)
            .catch((err: unknown) => log.warn({ err }, 'the leader could not be announced'));
          const chores = this.#chores.run(term);
          await driver.run(term);
          await Promise.all([announce, chores]);
          // Before the lead is resigned: nobody else has announced itself yet.
          if (signal.aborted) {
            await registry
              .removeLeader(entry.bootId)
              .catch((err: unknown) =>
                log.warn({ err }, "the leader's entry could not be removed"),
              );
          }
        },
      },
      signal,
    );
  }

  start(request: Parameters<ColonyApi['start']>[0]): ReturnType<ColonyApi['start']> {
    return this.#starts.start(request);
  }

  stop(colonyInstanceId: string): ReturnType<ColonyApi['stop']> {
    const { store, log } = this.#options;
    const onStopped = () => {
      this.#driver.recordChanged();
      this.#leadership.nudge();
    };
    return stopColony({ store, context: this.context, log, onStopped }, colonyInstanceId);
  }

  pause(): ReturnType<ColonyApi['pause']> {
    return this.#runControl.pause();
  }

  resume(): ReturnType<ColonyApi['resume']> {
    return this.#runControl.resume();
  }

  step(request: { key: string; ticks: number }): ReturnType<ColonyApi['step']> {
    return this.#runControl.step(request);
  }

  setPace(ticksPerSecond: number | null): ReturnType<ColonyApi['setPace']> {
    return this.#runControl.setPace(ticksPerSecond);
  }

  async view(): Promise<ColonyView> {
    const { settings, digests } = this.#options;
    const leads = this.leadership().leads;
    const record = leads ? this.context.storedInfo() : await this.#read();
    const { colonyInstanceId } = record;
    const driver = leads ? this.#driver : undefined;
    const driving = driver?.driving;
    return colonyView({
      name: settings.colonyName,
      record,
      driver,
      stored: driving?.stored ?? (await this.#storedSpec(record.specRef)),
      coordinators: await this.#coordinators.entries(),
      lastDigest:
        driving !== undefined || colonyInstanceId === undefined
          ? undefined
          : await digests.last(colonyInstanceId),
    });
  }

  async topology(): Promise<TopologyView> {
    const record = await this.#read();
    if (record.status === 'Initializing') return { status: 'in-progress' };
    const topology = await this.#layout.loadTopology(record);
    if (record.status === 'NotInitialized' || topology === undefined) {
      throw new ColonyError('TOPOLOGY_NOT_FOUND', 'no colony is started');
    }
    const { owners: _owners, origin: _origin, backends, ...rest } = topology;
    return {
      status: 'initialized',
      ...rest,
      backends: backends.map((backend, index) => ({
        ...backend,
        shards: shardsOf(topology, index),
      })),
    };
  }

  async digests({ from, limit }: { from: number; limit?: number }): Promise<DigestEntry[]> {
    const { colonyInstanceId } = await this.#read();
    if (colonyInstanceId === undefined) return [];
    const range = { fromTick: from, ...(limit !== undefined && { limit }) };
    return this.#options.digests.list(colonyInstanceId, range);
  }

  async events({ from, limit }: { from?: number; limit: number }): Promise<ColonyEvent[]> {
    const leads = this.leadership().leads;
    const driving = leads ? this.#driver.driving : undefined;
    const record = driving === undefined ? await this.#read() : this.context.storedInfo();
    const { colonyInstanceId, status } = record;
    const spec = (await this.#storedSpec(record.specRef))?.spec;
    if (status !== 'TopographyInitialized' || !colonyInstanceId || !spec) return [];
    return this.#eventHistory.list({ ...record, colonyInstanceId }, spec, { from, limit });
  }

  inject(injection: Parameters<ColonyApi['inject']>[0]): ReturnType<ColonyApi['inject']> {
    return this.#eventControl.inject(injection);
  }

  async picture(...[layer, rect]: Parameters<ColonyApi['picture']>) {
    const driving = this.#driver.driving;
    if (driving === undefined) {
      const { status } = this.context.storedInfo();
      if (status === 'TopographyInitialized') {
        throw new ColonyError('NO_LEADER', 'the leader has not taken up the started colony yet');
      }
      throw new ColonyError('COLONY_NOT_STARTED', `there is nothing to draw: ${status}`);
    }
    const { topology } = driving.ticker;
    const fence = driving.scope.fence(topology.topologyVersion);
    const { x, y, width, height, scale } = rect;
    const { generation, epoch, topologyVersion } = fence;
    const key = [generation, epoch, topologyVersion, layer, x, y, width, height, scale].join();
    return this.#pictures.take(key, () =>
      assemblePicture({ rpc: this.#options.rpc, topology, fence, layer, rect }),
    );
  }

  leadership(): { leads: boolean; leaderAddress: string | undefined } {
    const leads = this.#leadership.term !== undefined;
    return { leads, leaderAddress: this.context.storedInfo().leader?.address };
  }

  notReady(): string | undefined {
    return this.context.isInitialized() ? undefined : 'the colony record has not been read yet';
  }

  async #read() {
    const record = await this.#options.store.read();
    this.context.initializeWithStoredInfo(record);
    return record;
  }

  async #storedSpec(ref: string | undefined): Promise<StoredSpec | undefined> {
    if (ref === undefined) return undefined;
    if (this.#spec?.ref !== ref) {
      const stored = await this.#layout.loadSpec({ ...this.context.storedInfo(), specRef: ref });
      this.#spec = { ref, stored };
    }
    return this.#spec.stored;
  }
}
