import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import { fanOutSignal } from '../../platform/runtime/fan-out-signal.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import { ownersOf, type Topology } from '../../protocol/layout/topology.ts';
import type { HeartbeatReply } from '../../protocol/wire/rpc.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { EventBook } from '../events/event-book.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { StageHook } from '../term/stages.ts';
import { NO_TROUBLE_NEWS } from '../troubles/troubles.ts';
import { BackendCalls } from './backend-calls.ts';
import type { Grants } from './grants.ts';
import { isPausedAt, type Progress } from './horizon.ts';
import type { Journal } from './journal/journal.ts';
import type { Violation } from './journal/journal-sink.ts';
import { Losses, type LossesOptions } from './losses.ts';
import { ProgressMeter } from './progress-meter.ts';
import { type Replay, replayOf } from './replay.ts';
import { type Held, Standing } from './standing.ts';
import { type Lost, lossByStatus, type TrackedBackend, trackedBackend } from './tracked-backend.ts';
import { isUrgent } from './urgency.ts';

export interface TickerOptions extends Omit<LossesOptions, 'isRunning' | 'onLost'> {
  rpc: RpcCalls;
  randomness: Randomness;
  context: CoordinatorContext;
  hook: StageHook;
  heartbeatIntervalMs: number;
  /** Called with a determinism violation that the journal finds. */
  onViolation(violation: Violation): Promise<void>;
}

/** What one ticker drives. */
export interface TickerRun {
  scope: ColonyScope;
  topology: Topology;
  grants: Grants;
  book: EventBook;
  journal: Journal;
  /** @default no checkpoints are taken */
  checkpoints?:
    | Pick<Checkpointer, 'tick' | 'withPicture' | 'isUrgent' | 'observe' | 'take' | 'run'>
    | undefined;
  /** Ticks below this were reached before a rollback: they are replayed as fast as possible. */
  replayUntil: number;
  /** The backends hold the topology since before, and may be anywhere; else they are where it starts. */
  isHeld: boolean;
  /** Of the start or the recovery that led to it. @default it is not traced */
  trace?: string | undefined;
}

/** Without jitter: each backend is asked by a loop of its own. */
const START_RETRY = { firstMs: 250, mostMs: 5_000, leastShare: 1 };

/**
 * The coordinator's ticker: started when the colony is TopographyInitialized, it tells every
 * backend to start ticking and then drives them by heartbeats, each backend in a loop of its own,
 * so that a slow one delays only its own heartbeats.
 */
export class Ticker {
  readonly #options: TickerOptions;
  readonly #run: TickerRun;
  readonly #calls: BackendCalls;
  readonly #backends: TrackedBackend[];
  readonly #meter: ProgressMeter;
  readonly #stop = new AbortController();
  /** Wakes the loops of the backends. */
  readonly #wakeups: Wakeup[];
  readonly #standing: Standing;
  readonly #losses: Losses;
  #isRunning = false;

  constructor(options: TickerOptions, run: TickerRun) {
    this.#options = options;
    this.#run = run;
    this.#calls = new BackendCalls({ ...options, ...run });
    const nowMs = options.clock.nowMs();
    this.#backends = ownersOf(run.topology).map((backend) =>
      trackedBackend(run.topology, backend, nowMs),
    );
    this.#meter = new ProgressMeter(this.#backends, run);
    this.#wakeups = this.#backends.map(() => new Wakeup(options.clock));
    this.#standing = new Standing({
      ...options,
      grants: run.grants,
      isRunning: () => this.#isRunning,
      nudge: () => this.nudge(),
    });
    this.#losses = new Losses({
      ...options,
      isRunning: () => this.#isRunning && run.scope.isActive,
      onLost: () => this.#stop.abort(),
    });
  }

  get topology(): Topology {
    return this.#run.topology;
  }

  get backends(): readonly TrackedBackend[] {
    return this.#backends;
  }

  /** The least tick over all shards; undefined until every backend has answered once. */
  get tick(): number | undefined {
    return this.#meter.tick;
  }

  get maxTick(): number {
    return this.#meter.maxTick;
  }

  /** To be shown; 0 while it stands because it is paused. */
  get achievedTicksPerSecond(): number | undefined {
    return this.#isPaused ? 0 : this.#meter.ticksPerSecond;
  }

  get #isPaused(): boolean {
    return isPausedAt(this.#options.context.storedInfo(), this.tick);
  }

  get replayUntil(): number {
    return this.#run.replayUntil;
  }

  /**
   * What is computed again after a loss; undefined once the world is where it stood, and while it is not known where
   * backends are that hold it since before.
   */
  get replay(): Replay | undefined {
    const { topology, replayUntil, tick, achievedTicksPerSecond: ticksPerSecond } = this;
    if (tick === undefined && this.#run.isHeld) return undefined;
    return replayOf({ topology, replayUntil, tick, ticksPerSecond });
  }

  get replaying(): boolean {
    return (this.tick ?? 0) < this.replayUntil;
  }

  /**
   * The input for horizon and reservation. It has the asked pace during a replay too: ticks that are
   * replayed were granted before, and those after them follow that pace.
   */
  get progress(): Progress {
    return this.#meter.progress(this.#options.context.storedInfo().ticksPerSecond);
  }

  /**
   * Drives the backends until one is lost, which it returns, or it is ended; or the scope ends: then it throws
   * the reason.
   */
  async run(): Promise<Lost | undefined> {
    const { scope, journal, checkpoints } = this.#run;
    const stop = fanOutSignal([scope.signal, this.#stop.signal]);
    const storing = Promise.all([
      journal.run(stop, this.#options.onViolation, () => this.#wakeStalled()),
      checkpoints?.run(stop),
    ]);
    const { grants } = this.#run;
    grants.follow(
      this.#backends.map(({ backend }) => backend.bootId),
      this.#options.context.storedInfo(),
      this.#run.isHeld,
    );
    this.#isRunning = true;
    try {
      await Promise.all(this.#backends.map((tracked, i) => this.#drive(tracked, i, stop)));
    } finally {
      this.#isRunning = false;
    }
    await storing;
    const { first: lost } = this.#losses;
    if (lost === undefined && scope.signal.aborted) throw scope.signal.reason;
    return lost;
  }

  /** Sends heartbeats now: the record, or what is to be granted, has changed. */
  nudge(): void {
    for (const wakeup of this.#wakeups) wakeup.notify();
  }

  /** Tells those that wait for it what has become durable. */
  #wakeStalled(): void {
    for (const [i, { isStalled }] of this.#backends.entries()) {
      if (isStalled) this.#wakeups[i]?.notify();
    }
  }

  /** Holds the colony at a tick; see `Standing`. */
  hold(tick: number): Promise<Held> {
    return this.#standing.hold(tick);
  }

  /** Brings all shards to stand in one state, near where they are. */
  stand(): Promise<Held> {
    return this.#standing.standNear(this.maxTick);
  }

  /** Ends the run, which then answers undefined: nothing more is granted. */
  end(): void {
    this.#stop.abort();
  }

  async #drive(tracked: TrackedBackend, index: number, stop: AbortSignal): Promise<void> {
    const { context, log, heartbeatIntervalMs } = this.#options;
    const startBackoff = new Backoff(this.#options, START_RETRY);
    while (!stop.aborted) {
      let waitMs = heartbeatIntervalMs;
      if (!context.isInitialized()) {
        log.debug({}, 'the coordinator context is not initialized yet: heartbeat skipped');
      } else {
        if (!tracked.started) {
          await this.#calls.startTicking(tracked);
          if (!tracked.started) waitMs = Math.max(waitMs, startBackoff.nextMs());
        }
        if ((await this.#heartbeat(tracked)) === 'urgent') waitMs /= 10;
      }
      await this.#wakeups[index]?.wait(waitMs, stop);
    }
  }

  /** Answers whether the next one is urgent; 'failed' if this one was not answered. */
  async #heartbeat(tracked: TrackedBackend): Promise<'urgent' | 'answered' | 'failed'> {
    const { clock, context } = this.#options;
    const { scope, grants, book, journal, checkpoints } = this.#run;
    try {
      scope.check();
      const record = context.storedInfo();
      const granted = grants.next(record, this.progress);
      const heldSeq = tracked.status?.colony?.eventSeq ?? 0;
      const { events, eventSeq, horizonMax } = book.handOver(heldSeq, record);
      const horizon = Math.min(granted, horizonMax);
      const durableThroughTick = journal.durableThroughTick;
      const reply = await this.#calls.heartbeat(tracked.backend, {
        horizon,
        grantNumber: grants.give(tracked.backend.bootId, horizon),
        ticksPerSecond: this.replaying ? null : record.ticksPerSecond,
        durableThroughTick,
        events,
        eventSeq,
        ...(checkpoints?.tick !== undefined && { checkpointTick: checkpoints.tick }),
        ...(checkpoints?.withPicture && { withPicture: true }),
      });
      this.#options.count?.('colony_heartbeats_total', { outcome: 'answered' });
      tracked.lastAnswerMs = clock.nowMs();
      tracked.suspect = false;
      this.#take(tracked, reply);
      const confirmsMore = durableThroughTick > tracked.confirmedThroughTick;
      tracked.confirmedThroughTick = durableThroughTick;
      const isDurableMeanwhile = journal.durableThroughTick > durableThroughTick;
      tracked.isStalled = reply.status.state === 'Blocked' && !confirmsMore && !isDurableMeanwhile;
      const { progress } = this;
      const now = { horizon, isStalled: tracked.isStalled, record: context.storedInfo(), progress };
      return isUrgent(reply, this.#run, now) ? 'urgent' : 'answered';
    } catch (error) {
      if (scope.isActive) {
        this.#options.count?.('colony_heartbeats_total', { outcome: 'failed' });
        this.#losses.failed(tracked, error);
      }
      return 'failed';
    }
  }

  #take(tracked: TrackedBackend, { status, samples, checkpoint }: HeartbeatReply): void {
    const { topology, journal, grants, checkpoints } = this.#run;
    const loss = lossByStatus(status, topology);
    const { colony } = status;
    if (loss !== undefined || colony === undefined) {
      this.#losses.lose(tracked, loss ?? 'it holds no colony', 'status');
      return;
    }
    tracked.status = status;
    grants.acknowledge(tracked.backend.bootId, colony.grant);
    tracked.started &&= colony.ticking;
    journal.add(tracked.backend.bootId, samples, colony.tick);
    this.#meter.answered(this.#options.clock.nowMs(), this.#isPaused);
    this.#tellWell(tracked);
    checkpoints?.take(tracked.backend.bootId, checkpoint);
    checkpoints?.observe({ tick: this.tick, running: grants.running });
  }

  #tellWell({ backend, started }: TrackedBackend): void {
    const { troubles = NO_TROUBLE_NEWS } = this.#options;
    if (started) troubles.well(backend.id);
    if (this.tick === undefined) return;
    // All have answered: those that are not among them matter no more.
    troubles.only(this.#backends.map((tracked) => tracked.backend.id));
  }
}
