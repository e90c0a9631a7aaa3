import { Wakeup } from '../../platform/runtime/wakeup.ts';
import { type CheckpointReport, checkpointOf } from '../../protocol/checkpoint/manifest.ts';
import { DIGEST_EVERY_TICKS, STATISTICS_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import { ownersOf } from '../../protocol/layout/topology.ts';
import { atStage } from '../term/stages.ts';
import {
  type Attempt,
  type CheckpointedRun,
  type CheckpointPast,
  hasPassed,
  newAttempt,
  PART_PATIENCE_MS,
  silentOf,
  stoodMsOf,
} from './attempt.ts';
import type { StoredManifest } from './checkpoint-archive.ts';
import { CheckpointSchedule } from './checkpoint-schedule.ts';
import type { CheckpointerOptions } from './checkpointer-options.ts';
import { nextManifest } from './next-manifest.ts';
import { againWhileAway } from './while-away.ts';

const LOOK_MS = 50;

/**
 * Takes the checkpoints of one topology, one at a time:
 *
 *     named C ──heartbeats──▶ backends copy state C, tick on, write ──reports──▶ all parts
 *        ▲                                                                          │
 *        └── next one is due ◀── record points at it ◀── manifest ◀── digest of C agrees
 *
 * C is above every tick that a backend may run to when it is named, and every heartbeat from then on names it: so
 * none can have run beyond it unasked. If anything fails, or another topology comes, the attempt is given up: nobody
 * points at its objects, which are swept. Nothing here ever stops ticking.
 */
export class Checkpointer implements CheckpointPast {
  readonly #options: CheckpointerOptions;
  readonly #run: CheckpointedRun;
  /** Their names for people, by boot id. */
  readonly #owners: ReadonlyMap<string, string>;
  readonly #schedule: CheckpointSchedule;
  readonly #wakeup: Wakeup;
  #attempt: Attempt | undefined;
  #failure: { tick: number; reason: string } | undefined;
  #previous: StoredManifest | undefined;
  /** The least tick of all shards, as it was heard of last. */
  #seenTick = 0;
  #tookMs: number;

  /** @param past of the topology before. @default there was none */
  constructor(
    options: CheckpointerOptions,
    run: CheckpointedRun,
    { tickedMs, tookMs }: CheckpointPast = { tickedMs: 0, tookMs: 0 },
  ) {
    this.#tookMs = tookMs;
    this.#options = options;
    this.#run = run;
    this.#owners = new Map(ownersOf(run.topology).map(({ bootId, id }) => [bootId, id]));
    this.#schedule = new CheckpointSchedule(options, options.clock.nowMs(), tickedMs);
    this.#wakeup = new Wakeup(options.clock);
  }

  /** The tick that heartbeats name; undefined while no checkpoint is asked for. */
  get tick(): number | undefined {
    return this.#attempt?.tick;
  }

  /** Whether a picture is wanted of it. */
  get withPicture(): boolean {
    return this.#attempt?.withPicture ?? false;
  }

  /** Whether the world stands for it: then each moment counts. */
  get isUrgent(): boolean {
    return this.#attempt?.awaited !== undefined;
  }

  /** Why the last attempt led to nothing; undefined if it did not fail. */
  get failure(): { tick: number; reason: string } | undefined {
    return this.#failure;
  }

  /** How long the world has ticked since the last checkpoint. */
  get tickedMs(): number {
    return this.#schedule.tickedMs;
  }

  /** The same, once another one is overdue; undefined before. */
  get overdueMs(): number | undefined {
    return this.#schedule.overdueMs;
  }

  /** How long the last one took, see `CheckpointPast`. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /**
   * To be called whenever backends have answered: names the next checkpoint when it is due.
   *
   * @param o.running the highest tick to which a backend may run
   */
  observe({ tick, running }: { tick: number | undefined; running: number }): void {
    if (tick === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const attempt = this.#attempt;
    this.#seenTick = tick;
    this.#schedule.observe(nowMs, tick);
    if (attempt === undefined) {
      if (this.#schedule.isDue) this.#name(running);
    } else if (hasPassed(attempt, tick)) {
      attempt.passedMs ??= nowMs;
      const isWritten = attempt.written.size === this.#owners.size;
      if (isWritten || nowMs - attempt.passedMs < PART_PATIENCE_MS) return;
      this.#giveUp(attempt, `no part has come from ${silentOf(attempt, this.#owners)}`);
    }
  }

  /**
   * Takes one of the state in which all shards stand, or will: nothing is granted beyond. One of an earlier tick
   * comes first, and one of this tick is joined: its parts may be written already.
   *
   * @throws Error if it cannot be taken; the signal's reason if that is aborted.
   */
  async takeAt(tick: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (this.#attempt !== undefined && this.#attempt.tick < tick) {
      await clock.sleep(LOOK_MS, signal);
    }
    if (this.#lastTick === tick) return;
    await new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      // One that was named for a later tick is not reached any more.
      const named = this.#attempt?.tick === tick ? this.#attempt : undefined;
      const attempt: Attempt = named ?? newAttempt(tick);
      attempt.awaited = { resolve, reject };
      this.#attempt = attempt;
      signal.addEventListener('abort', () => this.#giveUp(attempt, messageOf(signal.reason)), {
        once: true,
      });
    });
  }

  /** Resolves once none is being written of a state that all shards have passed, or the signal is aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#attempt !== undefined && this.#attempt.tick <= this.#seenTick) {
      await this.#options.clock.sleep(LOOK_MS, signal).catch(() => {});
    }
  }

  /** Takes what a backend says of the checkpoint that it was asked for last. */
  take(bootId: string, report: CheckpointReport | undefined): void {
    const attempt = this.#attempt;
    const id = this.#owners.get(bootId);
    if (attempt === undefined || report === undefined || id === undefined) return;
    if (report.tick !== attempt.tick || report.epoch !== this.#run.scope.term.epoch) return;
    if (report.state === 'failed') {
      this.#giveUp(attempt, `${id}: ${report.reason}`);
    } else if (report.state === 'written') {
      if (report.part.bootId !== bootId) {
        this.#giveUp(attempt, `${id}: the part that it tells of is that of ${report.part.bootId}`);
        return;
      }
      attempt.written.set(bootId, report);
      this.#wakeup.notify();
    }
  }

  /** Finishes the checkpoints whose parts are there, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const attempt = this.#attempt;
      if (attempt === undefined || attempt.written.size < this.#owners.size) {
        await this.#wakeup.wait(undefined, signal);
        continue;
      }
      try {
        await this.#finish(attempt, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#giveUp(attempt, messageOf(error));
      }
    }
  }

  /** The tick of the newest one that this topology has taken, or has started from. */
  get #lastTick(): number | undefined {
    const { topologyVersion, origin } = this.#run.topology;
    const { checkpoint } = this.#options.context.storedInfo();
    const isOwn = checkpoint?.topologyVersion === topologyVersion;
    return (isOwn ? checkpoint : checkpointOf(origin))?.tick;
  }

  #name(running: number): void {
    const tick = this.#schedule.nextTick(running, this.#lastTick);
    if (tick === undefined) return;
    this.#attempt = newAttempt(tick, this.#options.pictures?.isDue);
    this.#options.log.debug({ tick }, 'a checkpoint is asked for');
  }

  #giveUp(attempt: Attempt, reason: string): void {
    if (this.#attempt !== attempt) return;
    const { tick } = attempt;
    this.#attempt = undefined;
    this.#failure = { tick, reason };
    attempt.awaited?.reject(new Error(reason));
    this.#schedule.retry();
    const { log, count } = this.#options;
    count?.('colony_checkpoints_total', { outcome: 'failed' });
    log.warn({ tick, reason }, 'a checkpoint could not be taken; the colony ticks on');
  }

  async #finish(attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { archive, store, context, clock, hook, log } = this.#options;
    const { scope, topology, eventSeq, durableThroughTick, wantDurable } = this.#run;
    const { tick } = attempt;
    // A world that starts from here measures nothing of earlier ticks.
    const measuredTick = tick - (tick % STATISTICS_EVERY_TICKS);
    wantDurable(measuredTick);
    while (durableThroughTick() < measuredTick) {
      await clock.sleep(LOOK_MS, signal);
    }
    const manifest = nextManifest({
      topology,
      epoch: scope.term.epoch,
      tick,
      reports: [...attempt.written.values()],
      eventSeq: eventSeq(),
      previous: await this.#again(() => this.#latest(), signal),
      budgetBytes: this.#options.checkpointBudgetBytes,
      at: clock.wallTime(),
    });
    // A world that is brought to stand does so at any tick; most have no stored digest.
    const storedDigest =
      tick % DIGEST_EVERY_TICKS === 0 ? await this.#untilStored(tick, signal) : manifest.digest;
    if (manifest.digest !== storedDigest) {
      throw new Error(`digest of tick ${tick}: ${storedDigest} is stored, the parts have another`);
    }
    const stored = await this.#again(() => {
      scope.check();
      return atStage(hook, 'put-manifest', () => archive.put(manifest));
    }, signal);
    const { ok, record } = await this.#again(() => {
      scope.check();
      return atStage(hook, 'set-checkpoint', () =>
        store.setCheckpoint(scope.storeTerm, stored.pointer),
      );
    }, signal);
    context.initializeWithStoredInfo(record);
    if (!ok) throw new Error('the record does not take it');
    this.#previous = stored;
    if (this.#attempt === attempt) this.#attempt = undefined;
    this.#failure = undefined;
    const stoodMs = stoodMsOf(attempt);
    this.#schedule.restart(stoodMs);
    this.#tookMs = attempt.passedMs === undefined ? 0 : clock.nowMs() - attempt.passedMs;
    const { sizeBytes, kept } = manifest;
    this.#options.count?.('colony_checkpoints_total', { outcome: 'taken' });
    log.info({ tick, sizeBytes, stoodMs, kept: kept.length + 1 }, 'checkpoint taken');
    attempt.awaited?.resolve();
    if (attempt.withPicture) this.#options.pictures?.take(stored.manifest);
  }

  /** The newest checkpoint, whose list the next one continues. */
  async #latest(): Promise<StoredManifest | undefined> {
    const { archive, context } = this.#options;
    const { checkpoint } = context.storedInfo();
    if (this.#previous?.pointer.sha256 === checkpoint?.sha256) return this.#previous;
    const { colonyInstanceId } = this.#run.topology;
    return archive.newest(colonyInstanceId, checkpoint, new Set());
  }

  /** The stored digest of a tick, once the journal has stored it. */
  async #untilStored(tick: number, signal: AbortSignal): Promise<string> {
    const { colonyInstanceId } = this.#run.topology;
    const notYet = new ColonyError('STORE_UNAVAILABLE', `the digest of tick ${tick} is not stored`);
    return this.#again(async () => {
      const options = { fromTick: tick, limit: 1 };
      const [stored] = await this.#options.digests.list(colonyInstanceId, options);
      if (stored?.tick !== tick) throw notYet;
      return stored.digest;
    }, signal);
  }

  #again<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return againWhileAway(this.#options, work, signal);
  }
}
