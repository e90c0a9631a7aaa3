import type { Log } from '../../platform/observability/log.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { beforeDeadline } from '../../platform/runtime/deadline.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import { ownersOf } from '../../protocol/layout/topology.ts';
import { PART_PATIENCE_MS } from '../checkpoints/attempt.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import type { Ticker } from './ticker.ts';

export interface PlannedMovesOptions {
  /** New backends get shards after they have been there for so long. */
  rebalanceAfterSeconds: number;
  clock: Clock;
  randomness: Randomness;
  log: Log;
}

/** What may be moved. */
export interface MovableRun {
  ticker: Pick<Ticker, 'topology' | 'backends' | 'stand'>;
  checkpointer: Pick<Checkpointer, 'settled' | 'takeAt' | 'tookMs'>;
  /** The backends that are there now. */
  discover: () => Promise<readonly LiveBackend[]>;
}

/** A state in which all shards stand: the newest checkpoint is of it. */
export interface StoodStill {
  readonly tick: number;
  /** Why, in one line. */
  readonly reason: string;
  /** To be called once these backends get no heartbeats any more: grants go on with the next ones. */
  readonly release: () => void;
}

const LOOK_MS = 250;
/** Looks for new backends cost a call to each. */
const DISCOVER_MS = 5_000;
/** So long the world may stand for a move; longer where checkpoints take longer, or one that drains was not moved. */
const STANDING_LEAST_MS = 15_000;
/** … up to so many times as long as the last one took. */
const STANDING_TIMES = 4;
/** One that drains does not wait for ever. */
const SETTLING_MAX_MS = 10_000;
/** A move that led to nothing is tried again, while those that drain are still there. */
const AGAIN_MS = 2_000;
/** For new backends less and less often: while the store is away, the world would stand for most of the time. */
const REBALANCE_AGAIN = { firstMs: 20_000, mostMs: 600_000 };

/**
 * Brings the world to stand where shards should go to other backends: a backend is to end, or one has come that
 * has none. All stop in one state M, and a checkpoint of M is taken: whoever starts from it computes nothing
 * again. If that fails the world ticks on, and it is tried again.
 */
export class PlannedMoves {
  readonly #options: PlannedMovesOptions;
  readonly #run: MovableRun;
  #reason: string | undefined;
  /** Since when more backends are there than hold shards. */
  #idleSinceMs: number | undefined;
  #discoveredMs: number;
  readonly #rebalanceBackoff: Backoff;
  #rebalanceFromMs = Number.NEGATIVE_INFINITY;
  /** How long the world may stand for one that is to end, however little checkpoints take. */
  #standingLeastMs = STANDING_LEAST_MS;

  constructor(options: PlannedMovesOptions, run: MovableRun) {
    this.#options = options;
    this.#run = run;
    this.#rebalanceBackoff = new Backoff(options, REBALANCE_AGAIN);
    this.#discoveredMs = options.clock.nowMs();
  }

  /** Why the world is being brought to stand; undefined if it is not. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /**
   * Resolves once all shards stand and nothing more is granted; undefined if the signal was aborted.
   *
   * @param signal what brings it to stand ends with it, too.
   */
  async run(signal: AbortSignal): Promise<StoodStill | undefined> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const drainingReason = this.#drainingReason();
      const reason = drainingReason ?? (await this.#idleReason());
      if (reason !== undefined && !signal.aborted) {
        this.#reason = reason;
        // The world need not stand while another checkpoint is written.
        await this.#settled(signal);
        log.info({ reason }, 'shards are to be moved: the world is brought to stand');
        const still = await this.#standAt(signal, drainingReason !== undefined);
        if (still !== undefined) return { ...still, reason };
        this.#reason = undefined;
        if (drainingReason === undefined) {
          this.#rebalanceFromMs = clock.nowMs() + this.#rebalanceBackoff.nextMs();
        }
        await clock.sleep(AGAIN_MS, signal).catch(() => {});
      }
      await clock.sleep(LOOK_MS, signal).catch(() => {});
    }
    return undefined;
  }

  async #settled(signal: AbortSignal): Promise<void> {
    const { checkpointer } = this.#run;
    await beforeDeadline(this.#options.clock, SETTLING_MAX_MS, { signal }, (over) =>
      checkpointer.settled(over),
    );
  }

  #drainingReason(): string | undefined {
    const draining = this.#run.ticker.backends.filter(({ status }) => status?.draining);
    if (draining.length === 0) return undefined;
    return `moving shards off what is to end: ${draining.map(({ backend }) => backend.id).join(', ')}`;
  }

  /** Only where another backend would get shards. */
  async #idleReason(): Promise<string | undefined> {
    const { clock, rebalanceAfterSeconds } = this.#options;
    const { topology } = this.#run.ticker;
    const used = ownersOf(topology);
    const nowMs = clock.nowMs();
    const most = Math.min(BACKENDS_MAX, topology.owners.length);
    if (used.length >= most || nowMs - this.#discoveredMs < DISCOVER_MS) return;
    this.#discoveredMs = nowMs;
    const found = await this.#run.discover().catch(() => []);
    const holding = new Set(used.map(({ bootId }) => bootId));
    const idle = found.filter(({ bootId, status }) => !holding.has(bootId) && !status.draining);
    if (idle.length === 0) {
      this.#idleSinceMs = undefined;
      return undefined;
    }
    this.#idleSinceMs ??= nowMs;
    if (nowMs - this.#idleSinceMs < 1000 * rebalanceAfterSeconds) return undefined;
    if (nowMs < this.#rebalanceFromMs) return undefined;
    return `moving shards to what is new: ${idle.map(({ id }) => id).join(', ')}`;
  }

  /** The state in which all stand; undefined if that did not work out, and the world ticks on. */
  async #standAt(
    signal: AbortSignal,
    isDraining: boolean,
  ): Promise<Omit<StoodStill, 'reason'> | undefined> {
    const { clock, log } = this.#options;
    const { ticker, checkpointer } = this.#run;
    const leastMs = isDraining ? this.#standingLeastMs : STANDING_LEAST_MS;
    const mostMs = standingMaxMs(leastMs, checkpointer.tookMs);
    const tooLong = new Error(`the world would stand for more than ${mostMs} ms`);
    return beforeDeadline(clock, mostMs, { reason: tooLong, signal }, async (over) => {
      const { granted, release } = await ticker.stand();
      try {
        await checkpointer.takeAt(granted, over);
        return { tick: granted, release };
      } catch (error) {
        release();
        if (signal.aborted) return undefined;
        // A new leader does not know how long checkpoints take; for a new backend nothing is lost by waiting.
        if (isDraining && over.aborted) this.#standingLeastMs = 2 * mostMs;
        const reason = messageOf(error);
        log.warn({ tick: granted, reason }, 'shards are not moved; the world ticks on');
        return undefined;
      }
    });
  }
}

/**
 * How long the world may stand for a move: a checkpoint that is always given up would move nothing, ever.
 *
 * @param tookMs how long the last checkpoint took.
 */
const standingMaxMs = (leastMs: number, tookMs: number): number =>
  Math.min(PART_PATIENCE_MS, Math.max(leastMs, STANDING_TIMES * Math.round(tookMs)));
