/** What an open page may receive in an hour, when others pay for the way: 0.25 GB. */
export const HOURLY_BYTES = 250_000_000;

/** Of the hour's bytes, those that may come at once, so that what a person asks for comes without waiting. */
const BURST_SHARE = 0.01;
/** Received, but counted by nobody: heads of answers, retries, what is under way. */
const COUNTED_SHARE = 0.94;

/**
 * Holds what a page receives to a number of bytes per hour. A bucket fills evenly and every answer
 * draws on it, whoever asked for it; pictures that come by themselves wait until it holds what one
 * is likely to take. What a person asks for may leave a debt, up to the burst once more.
 */
export class ByteBudget {
  readonly #bytesPerMs: number;
  readonly #burstBytes: number;
  #leftBytes: number;
  #atMs: number;

  constructor(hourlyBytes: number, nowMs: number) {
    this.#bytesPerMs = (hourlyBytes * (COUNTED_SHARE - 2 * BURST_SHARE)) / 3_600_000;
    this.#burstBytes = hourlyBytes * BURST_SHARE;
    this.#leftBytes = this.#burstBytes;
    this.#atMs = nowMs;
  }

  received(bytes: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#leftBytes -= bytes;
  }

  /**
   * How long to wait before an answer of so many bytes may be asked for.
   *
   * @param isAskedFor a person waits for it.
   * @returns milliseconds, 0 for at once.
   */
  waitMs(bytes: number, isAskedFor: boolean, nowMs: number): number {
    this.#fill(nowMs);
    // A larger answer than the bucket would never come.
    const needed = Math.min(bytes, this.#burstBytes);
    const missing = isAskedFor ? -this.#burstBytes - this.#leftBytes : needed - this.#leftBytes;
    return Math.max(0, missing) / this.#bytesPerMs;
  }

  /** Milliseconds in which an answer of so many bytes is earned. */
  intervalMs(bytes: number): number {
    return bytes / this.#bytesPerMs;
  }

  #fill(nowMs: number): void {
    const earned = Math.max(0, nowMs - this.#atMs) * this.#bytesPerMs;
    this.#leftBytes = Math.min(this.#burstBytes, this.#leftBytes + earned);
    this.#atMs = Math.max(nowMs, this.#atMs);
  }
}
