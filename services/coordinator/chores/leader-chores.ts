import type { BackendTasks } from '../../platform/compute/backend-tasks.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Metrics } from '../../platform/observability/metrics.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { type CheckpointAttempt, checkpointOf } from '../../protocol/checkpoint/manifest.ts';
import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';
import type { CheckpointArchive } from '../checkpoints/checkpoint-archive.ts';
import type { CheckpointSettings } from '../checkpoints/checkpoint-schedule.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import { type DriverState, isReleasing } from '../driver/driver-state.ts';
import { presentPhase } from '../driver/phase.ts';
import { PictureSweeper } from '../pictures/picture-sweeper.ts';
import type { SeriesCompaction } from '../series/series-compaction.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import type { PlannedMoves } from '../ticking/planned-moves.ts';
import type { Ticker } from '../ticking/ticker.ts';
import { Capacity, type CapacitySettings } from './capacity.ts';
import { CheckpointSweeper } from './checkpoint-sweeper.ts';
import { lookAtBackend, lookAtCoordinator } from './entry-probe.ts';
import { emitMeasurements, type MeasuredState } from './measurements.ts';
import type { Sight } from './stale-entry.ts';
import { Sweeper } from './sweeper.ts';

/** What is read of the driver. */
interface ReadDriver {
  readonly state: DriverState;
  readonly driving:
    | {
        readonly ticker: Pick<
          Ticker,
          'backends' | 'tick' | 'achievedTicksPerSecond' | 'topology' | 'replay'
        >;
        readonly checkpointer: Pick<Checkpointer, 'overdueMs' | 'tick' | 'tickedMs'> | undefined;
        readonly moves: Pick<PlannedMoves, 'reason'> | undefined;
      }
    | undefined;
}

export interface LeaderChoresOptions
  extends Pick<CheckpointSettings, 'checkpointBudgetBytes' | 'checkpointIntervalSeconds'> {
  colonyName: string;
  entry: RegistryEntry;
  registry: Registry;
  rpc: RpcCalls;
  clock: Clock;
  log: Log;
  context: CoordinatorContext;
  driver: ReadDriver;
  beatIntervalMs: number;
  capacity: CapacitySettings;
  /** How many backends are wanted where nobody asked for another number. */
  configuredBackends: number;
  /** Told what backends are registered: they may be asked about when they are not any more. */
  tasks: Pick<BackendTasks, 'know'>;
  metrics?: Metrics;
  /** Where checkpoints are. @default nowhere: none are removed */
  checkpoints?: { snapshots: SnapshotStore; archive: CheckpointArchive } | undefined;
  /** Keeps what is measured through time compact. */
  compaction: Pick<SeriesCompaction, 'run'>;
  entryProblem?: (entry: RegistryEntry) => string | undefined;
  getJson?: (url: string) => Promise<unknown>;
}

/** A start waits no longer for the compute service to answer. */
const RAISE_TIMEOUT_MS = 10_000;

/**
 * What a leader does beside driving the colony: it keeps backends running, removes the registry entries
 * of dead processes, and checkpoints and pictures that nobody needs, and emits metrics.
 */
export class LeaderChores {
  readonly #options: LeaderChoresOptions;
  readonly #capacity: Capacity;
  readonly #sweeper: Sweeper;
  readonly #checkpointSweeper: CheckpointSweeper | undefined;
  readonly #pictureSweeper: PictureSweeper | undefined;
  #term: LeaderTerm | undefined;
  #asked: string | undefined;

  constructor(options: LeaderChoresOptions) {
    this.#options = options;
    const { context, driver, capacity, entry } = options;
    this.#capacity = new Capacity({
      ...options,
      ...capacity,
      record: () => context.storedInfo(),
      isReleasing: () => isReleasing(driver.state),
    });
    this.#sweeper = new Sweeper({
      ...options,
      compute: capacity.compute,
      selfBootId: entry.bootId,
      isKnownAlive: (bootId) => this.#isKnownAlive(bootId),
      look: (role, other) => this.#look(role, other),
    });
    const { checkpoints } = options;
    this.#checkpointSweeper =
      checkpoints &&
      new CheckpointSweeper({
        ...options,
        ...checkpoints,
        record: () => context.storedInfo(),
        origin: () => this.#origin(),
        writingFromTick: () => this.#writingFromTick(),
      });
    this.#pictureSweeper =
      checkpoints &&
      new PictureSweeper({ ...options, ...checkpoints, record: () => context.storedInfo() });
  }

  /** Runs until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    this.#term = term;
    const { metrics, clock, compaction } = this.#options;
    await Promise.all([
      this.#capacity.run(term),
      this.#sweeper.run(term),
      this.#checkpointSweeper?.run(term),
      compaction.run(term),
      this.#pictureSweeper?.run(term),
      metrics && emitMeasurements({ metrics, clock, state: () => this.#state() }, term),
    ]);
    this.#term = undefined;
  }

  /** To be called after every look at the record. */
  recordChanged(): void {
    const { status, wantedBackends } = this.#options.context.storedInfo();
    const asked = `${status} ${wantedBackends}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#capacity.nudge();
  }

  /** Asks for the backends of a start, before the start looks for them. */
  async raiseCapacity({ term, signal }: ColonyScope): Promise<void> {
    const { clock } = this.#options;
    await isDoneWithin(clock, RAISE_TIMEOUT_MS, this.#capacity.reconcileAgain(term), signal);
  }

  /** What is known of the colony; undefined while this coordinator does not lead. */
  get measured(): MeasuredState | undefined {
    return this.#term?.mayAct ? this.#state() : undefined;
  }

  /** Whether heartbeats found a backend alive a moment ago. */
  #isKnownAlive(bootId: string): boolean {
    const tracked = this.#ticker?.backends.find(({ backend }) => backend.bootId === bootId);
    return tracked !== undefined && tracked.status !== undefined && !tracked.suspect;
  }

  async #look(role: Role, entry: RegistryEntry): Promise<Sight> {
    const { rpc, context, entryProblem, getJson } = this.#options;
    if (this.#term === undefined) return 'silent';
    // A process behind an address that must not be called counts as silent.
    if (role === 'backends' && entryProblem?.(entry) !== undefined) return 'silent';
    if (role === 'coordinators') return getJson ? lookAtCoordinator(getJson, entry) : 'alive';
    const { generation, topologyVersion } = context.storedInfo();
    const { epoch } = this.#term;
    return lookAtBackend(rpc, entry, { generation, epoch, topologyVersion });
  }

  /** While it ticks: during a recovery the driver still has the ticker that ended with the loss. */
  get #ticker() {
    const { state, driving } = this.#options.driver;
    return state.phase === 'Ticking' ? driving?.ticker : undefined;
  }

  /** The checkpoint from which the world that ticks has started. */
  #origin(): CheckpointAttempt | null | undefined {
    const topology = this.#ticker?.topology;
    return topology && checkpointOf(topology.origin);
  }

  /** A checkpoint that was given up may be taken once more where the world stands. */
  #writingFromTick(): number {
    const writing = this.#options.driver.driving?.checkpointer?.tick ?? Number.POSITIVE_INFINITY;
    return Math.min(writing, this.#ticker?.tick ?? 0);
  }

  #state(): MeasuredState {
    const { context, configuredBackends, driver } = this.#options;
    const ticker = this.#ticker;
    const record = context.storedInfo();
    const checkpointer = ticker && driver.driving?.checkpointer;
    return {
      record,
      phase: presentPhase(record, driver).phase,
      configuredBackends,
      aliveBackends: this.#sweeper.aliveBackends,
      tick: ticker?.tick,
      achievedTicksPerSecond: ticker?.achievedTicksPerSecond,
      replayUntil: ticker?.replay?.toTick,
      tickedMs: checkpointer?.tickedMs,
      overdueMs: checkpointer?.overdueMs,
    };
  }
}
