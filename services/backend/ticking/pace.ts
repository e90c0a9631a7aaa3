/** After a delay at most so many ticks are caught up, so that a pace never turns into a burst. */
const CATCH_UP_TICKS = 4;
/** The resolution of timers: a fast pace ticks several times per wake-up. */
const CATCH_UP_MIN_MS = 5;

/**
 * When the next tick is due. Each due time is computed from the one before, not from when the last tick
 * happened, so that late timers do not slow the pace.
 */
export class Pace {
  /** undefined: as fast as possible. */
  #intervalMs: number | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.NEGATIVE_INFINITY;

  /** @param ticksPerSecond null for as fast as possible */
  set(ticksPerSecond: number | null, nowMs: number): void {
    const intervalMs = ticksPerSecond === null ? undefined : 1000 / ticksPerSecond;
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#dueMs = Math.max(nowMs, this.#lastMs + (intervalMs ?? 0));
  }

  /** Milliseconds until the next tick is due; 0 when it is. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#dueMs - nowMs);
  }

  /** A tick begins. */
  spend(nowMs: number): void {
    const intervalMs = this.#intervalMs ?? 0;
    const catchUpMs = Math.max(CATCH_UP_MIN_MS, CATCH_UP_TICKS * intervalMs);
    this.#dueMs = Math.max(this.#dueMs, nowMs - catchUpMs) + intervalMs;
    this.#lastMs = nowMs;
  }
}
