import { BackendTasks } from '../platform/compute/backend-tasks.ts';
import { NoCompute } from '../platform/compute/no-compute.ts';
import { buildInfo } from '../platform/observability/build-info.ts';
import { ProcessMetrics } from '../platform/observability/process-metrics.ts';
import { PatientSnapshotStore } from '../platform/snapshots/patient-snapshot-store.ts';
import type { TableName } from '../protocol/series/tables.ts';
import { CheckpointArchive } from './checkpoints/checkpoint-archive.ts';
import { newestOrigin } from './checkpoints/newest-origin.ts';
import { LeaderChores } from './chores/leader-chores.ts';
import { readings } from './chores/measurements.ts';
import { EventControl } from './control/event-control.ts';
import { RunControl } from './control/run-control.ts';
import { ScaleControl } from './control/scale-control.ts';
import type { CoordinatorOptions } from './coordinator-options.ts';
import { Driver } from './driver/driver.ts';
import type { ColonyApi } from './http/colony-api.ts';
import { ColonyLayout } from './layout/colony-layout.ts';
import { Discovery } from './layout/discovery.ts';
import { Recovery } from './layout/recovery.ts';
import {
  COORDINATOR_METRICS,
  type CoordinatorCount,
  type CoordinatorMetrics,
} from './metrics/coordinator-metrics.ts';
import { createPictures } from './pictures/create-pictures.ts';
import { PictureGallery } from './pictures/picture-gallery.ts';
import { SeriesCompaction } from './series/series-compaction.ts';
import { SeriesHistory } from './series/series-history.ts';
import { tableStores } from './series/table-stores.ts';
import { ClaimTraces } from './start/claim-traces.ts';
import { StartColony } from './start/start-colony.ts';
import { Starter } from './start/starter.ts';
import { stopColony } from './start/stop-colony.ts';
import { assertWorldFits } from './start/world-memory.ts';
import { announcedLead } from './term/announced-lead.ts';
import { CoordinatorContext } from './term/coordinator-context.ts';
import { FreshRecord } from './term/fresh-record.ts';
import { Leadership } from './term/leadership.ts';
import { NO_STAGE_HOOK, withTracing } from './term/stages.ts';
import { Troubles } from './troubles/troubles.ts';
import { ClusterWatch } from './watching/cluster/cluster-watch.ts';
import { ColonyReader } from './watching/colony-reader.ts';

/**
 * A coordinator without its sockets: puts its parts together, and answers what the public HTTP API
 * asks for through them.
 */
export class Coordinator implements ColonyApi {
  readonly context: CoordinatorContext;
  readonly pictures: PictureGallery;
  readonly #options: CoordinatorOptions;
  readonly #figures: ProcessMetrics<CoordinatorMetrics>;
  readonly #driver: Driver;
  readonly #leadership: Leadership;
  readonly #chores: LeaderChores;
  readonly #starts: StartColony;
  readonly #runControl: RunControl;
  readonly #scaleControl: ScaleControl;
  readonly #eventControl: EventControl;
  readonly #reader: ColonyReader;
  readonly #history: SeriesHistory;
  readonly #watch: ClusterWatch;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#figures = options.figures ?? new ProcessMetrics(COORDINATOR_METRICS);
    const count: CoordinatorCount = (...counted) => this.#figures.count(...counted);
    const { settings, entry, address, store, objects, digests, events, registry, rpc } = options;
    const { clock, randomness, log, entryProblem, tracing, tiles } = options;
    const hook = withTracing(options.hook ?? NO_STAGE_HOOK, tracing);
    this.context = new CoordinatorContext(log, clock);
    const { context } = this;
    const discovery = new Discovery({ registry, rpc, log, ...(entryProblem && { entryProblem }) });
    const { capacity = { compute: new NoCompute(), backendCount: 1, spotShare: 0 } } = options;
    const expectedBackends = Math.max(settings.minBackends, capacity.backendCount);
    const troubles = new Troubles(clock);
    const ports = {
      ...{ store, objects, digests, events, rpc, clock, randomness, log },
      ...{ hook, context, count, troubles, tracing, claims: new ClaimTraces() },
    };
    const snapshots =
      options.snapshots && new PatientSnapshotStore({ store: options.snapshots, clock });
    const archive = snapshots && new CheckpointArchive({ ...ports, ...settings, snapshots });
    const tables = tableStores({ ...settings, series: options.series, snapshots });
    const pictures = snapshots && createPictures({ ...ports, ...settings, snapshots });
    const layout = new ColonyLayout({ ...ports, ...settings, discovery });
    const tasks = new BackendTasks({ ...ports, registry, compute: capacity.compute });
    this.#driver = new Driver({
      ...ports,
      ...settings,
      layout,
      tables,
      starter: new Starter({ ...ports, ...settings, layout, expectedBackends }),
      archive,
      pictures: pictures?.taker,
      recovery: new Recovery({
        ...{ ...ports, ...settings, layout, tasks },
        newestOrigin: newestOrigin(archive),
      }),
      ticker: { ...ports, ...settings, tasks },
      prepareStart: (scope) => this.#chores.raiseCapacity(scope),
    });
    this.#chores = new LeaderChores({
      ...options,
      ...{ capacity, tasks, configuredBackends: expectedBackends },
      ...{ ...settings, context, driver: this.#driver },
      checkpoints: snapshots && archive && { snapshots, archive },
      compaction: new SeriesCompaction({ ...ports, tables, record: () => context.storedInfo() }),
    });
    this.#leadership = new Leadership({
      ...ports,
      ...settings,
      self: { id: entry.bootId, address },
    });
    const record = new FreshRecord({ ...ports, onNews: () => this.#nudge() });
    this.#starts = new StartColony({
      ...ports,
      ...settings,
      record,
      registry,
      expectedBackends,
      onClaimed: () => this.#nudge(),
    });
    this.#runControl = new RunControl({ ...ports, driver: this.#driver });
    this.#scaleControl = new ScaleControl({
      ...ports,
      term: () => this.#leadership.term,
      configuredBackends: expectedBackends,
      assertFits: async (record, backends) => {
        const { spec } = await layout.loadSpec(record);
        const all = { expectedBackends: backends, atMost: backends };
        await assertWorldFits(spec, { registry, log, ...all });
      },
      onScaled: () => this.#nudge(),
    });
    this.#eventControl = new EventControl({ ...ports, ...settings, driver: this.#driver });
    this.#watch = new ClusterWatch({ ...ports, driver: this.#driver });
    this.pictures = new PictureGallery({ archive: pictures?.archive, record, layout });
    this.#reader = new ColonyReader({
      ...ports,
      ...settings,
      record,
      registry,
      ...{ archive, layout, tiles },
      configuredBackends: expectedBackends,
      driver: this.#driver,
      memory: { watch: this.#watch, troubles },
      leads: () => this.leadership().leads,
    });
    this.#history = new SeriesHistory({
      ...{ tables, record, clock },
      waiting: (table) => this.#waitingRows(table),
    });
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
        run: (term) =>
          announcedLead(
            { registry, entry, log },
            () => Promise.all([this.#chores.run(term), this.#watch.run(term), driver.run(term)]),
            signal,
          ),
      },
      signal,
    );
  }

  start(request: Parameters<ColonyApi['start']>[0]): ReturnType<ColonyApi['start']> {
    return this.#starts.start(request);
  }

  stop(colonyInstanceId: string): ReturnType<ColonyApi['stop']> {
    const { store, log } = this.#options;
    const onStopped = () => this.#nudge();
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

  scale(backends: number): ReturnType<ColonyApi['scale']> {
    return this.#scaleControl.scale(backends);
  }

  view(): ReturnType<ColonyApi['view']> {
    return this.#reader.view();
  }

  async clusterHistory(sinceMs: number): ReturnType<ColonyApi['clusterHistory']> {
    return this.#reader.clusterHistory(sinceMs);
  }

  topology(): ReturnType<ColonyApi['topology']> {
    return this.#reader.topology();
  }

  digests(range: Parameters<ColonyApi['digests']>[0]): ReturnType<ColonyApi['digests']> {
    return this.#reader.digests(range);
  }

  checkpoints(): ReturnType<ColonyApi['checkpoints']> {
    return this.#reader.checkpoints();
  }

  events(page: Parameters<ColonyApi['events']>[0]): ReturnType<ColonyApi['events']> {
    return this.#reader.events(page);
  }

  series(...asked: Parameters<ColonyApi['series']>): ReturnType<ColonyApi['series']> {
    return this.#history.read(...asked);
  }

  inject(injection: Parameters<ColonyApi['inject']>[0]): ReturnType<ColonyApi['inject']> {
    return this.#eventControl.inject(injection);
  }

  cancelEvent(sequence: number): ReturnType<ColonyApi['cancelEvent']> {
    return this.#eventControl.cancel(sequence);
  }

  drawnWorld(): ReturnType<ColonyApi['drawnWorld']> {
    return this.#reader.world.drawnWorld();
  }

  picture(...[layer, rect]: Parameters<ColonyApi['picture']>): ReturnType<ColonyApi['picture']> {
    return this.#reader.world.picture(layer, rect);
  }

  tiles(...[range, since]: Parameters<ColonyApi['tiles']>): ReturnType<ColonyApi['tiles']> {
    return this.#reader.world.tiles(range, since);
  }

  cells(request: Parameters<ColonyApi['cells']>[0]): ReturnType<ColonyApi['cells']> {
    return this.#reader.world.cells(request);
  }

  leadership(): { leads: boolean; leaderAddress: string | undefined } {
    const leads = this.#leadership.term !== undefined;
    return { leads, leaderAddress: this.context.storedInfo().leader?.address };
  }

  notReady(): string | undefined {
    return this.context.isInitialized() ? undefined : 'the colony record has not been read yet';
  }

  metrics(): ReturnType<ColonyApi['metrics']> {
    return this.#figures.scrape(() => {
      const { version, protocolVersion } = this.#options.entry;
      const measured = this.#chores.measured;
      return {
        ...(measured && readings(measured)),
        colony_build_info: buildInfo(version, protocolVersion),
        colony_leader: this.leadership().leads ? 1 : 0,
        colony_leader_epoch: this.context.storedInfo().leader?.epoch,
      };
    });
  }

  answered(...[request, seconds]: Parameters<ColonyApi['answered']>): void {
    this.#figures.observe('colony_http_request_duration_seconds', request, seconds);
  }

  #waitingRows(table: TableName) {
    const driving = this.leadership().leads ? this.#driver.driving : undefined;
    if (driving === undefined) return undefined;
    const { colonyInstanceId } = driving.ticker.topology;
    return { colonyInstanceId, rows: driving.rows[table].waiting };
  }

  /** The record is known to have changed: nothing waits for the next look at it. */
  #nudge(): void {
    this.#driver.recordChanged();
    this.#leadership.nudge();
  }
}
