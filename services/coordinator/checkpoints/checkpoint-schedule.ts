import { DIGEST_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import { TICK_MAX } from '../../protocol/common/limits.ts';

export interface CheckpointSettings {
  /** How much time of ticking lies between two checkpoints, at least. */
  checkpointIntervalSeconds: number;
  /** … and how many ticks. */
  checkpointMinTicks: number;
  /** What all that are kept may take together; the newest one is kept in any case. */
  checkpointBudgetBytes: number;
}

/** The world may stand still for checkpoints for one part in so many of its time. */
const STANDING_SHARE = 100;

/** When the next checkpoint is due, by the time that the world has ticked since the one before. */
export class CheckpointSchedule {
  readonly #settings: CheckpointSettings;
  /** Since the last checkpoint. */
  #tickedMs: number;
  /** That of the last attempt, which may have failed. */
  #attemptedMs = 0;
  /** When the tick changed last. */
  #changedMs: number;
  #tick: number | undefined;
  /** How long the world stood still for the last one. */
  #stoodMs = 0;
  /** That of the first attempt since the last checkpoint. */
  #expectedTick: number | undefined;

  /** @param tickedMs how long the world has ticked without a checkpoint before. @default 0 */
  constructor(settings: CheckpointSettings, nowMs: number, tickedMs = 0) {
    this.#tickedMs = tickedMs;
    this.#settings = settings;
    this.#changedMs = nowMs;
  }

  /** How long the world has ticked since the last checkpoint. */
  get tickedMs(): number {
    return this.#tickedMs;
  }

  get isDue(): boolean {
    return this.#tickedMs - this.#attemptedMs >= this.#leastMs;
  }

  /**
   * How long the world has ticked since the last checkpoint, once it has come to where the next one was to be
   * taken; undefined before: a slow world has few, and that is no fault.
   */
  get overdueMs(): number | undefined {
    const { tickedMs } = this;
    if (tickedMs < this.#leastMs || this.#expectedTick === undefined) return undefined;
    return (this.#tick ?? 0) >= this.#expectedTick ? tickedMs : undefined;
  }

  /** To be called with the tick of the world whenever it is heard of: a world that stands needs no checkpoint. */
  observe(nowMs: number, tick: number): void {
    if (tick === this.#tick) return;
    const sinceMs = nowMs - this.#changedMs;
    // The first tick that is seen says nothing, and a pause in between is no ticking.
    if (this.#tick !== undefined) {
      this.#tickedMs += Math.min(sinceMs, this.#intervalMs);
    }
    this.#tick = tick;
    this.#changedMs = nowMs;
  }

  /** A checkpoint is done: the time starts again. */
  restart(stoodMs: number): void {
    this.#tickedMs = 0;
    this.#attemptedMs = 0;
    this.#stoodMs = stoodMs;
    this.#expectedTick = undefined;
  }

  /** An attempt has led to nothing: the next one is due after the interval. */
  retry(): void {
    this.#attemptedMs = this.#tickedMs;
    this.#expectedTick ??= this.#tick;
  }

  /**
   * The tick of the next attempt: one that has a digest.
   *
   * @param running it is above this tick
   * @param lastTick that of the one before, if there is one.
   * @returns undefined if the colony has no such tick any more.
   */
  nextTick(running: number, lastTick = 0): number | undefined {
    const least = Math.max(running + 1, lastTick + this.#settings.checkpointMinTicks);
    const tick = Math.ceil(least / DIGEST_EVERY_TICKS) * DIGEST_EVERY_TICKS;
    if (tick > TICK_MAX) return undefined;
    this.#expectedTick ??= tick;
    return tick;
  }

  /** Between two checkpoints, of time that the world ticks. */
  get #leastMs(): number {
    return Math.max(this.#intervalMs, STANDING_SHARE * this.#stoodMs);
  }

  get #intervalMs(): number {
    return 1000 * this.#settings.checkpointIntervalSeconds;
  }
}
