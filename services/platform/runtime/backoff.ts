import type { Clock } from './clock.ts';
import type { Randomness } from './randomness.ts';

export interface BackoffPauses {
  /** The longest that the first pause can be, at most mostMs; it doubles with each further one. */
  firstMs: number;
  /** No pause is longer. */
  mostMs: number;
  /**
   * The part of a pause that is not random: 0 is full jitter, 1 is none.
   * @default 0.5, so that no retry follows at once
   */
  leastShare?: number;
}

/**
 * The pauses between attempts at something that fails: they grow exponentially and are random in
 * part, so that processes which failed together do not come back together. (Marc Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
 *
 * It does not count attempts, for most loops here go on until their scope ends. Rejected: cockatiel
 * and p-retry, whose pauses cannot run on an injected clock and randomness.
 */
export class Backoff {
  readonly #parts: { clock: Clock; randomness: Randomness };
  readonly #pauses: BackoffPauses;
  #longestMs: number;

  constructor(parts: { clock: Clock; randomness: Randomness }, pauses: BackoffPauses) {
    this.#parts = parts;
    this.#pauses = pauses;
    this.#longestMs = pauses.firstMs;
  }

  /** The length of the next pause, in milliseconds. */
  nextMs(): number {
    const { mostMs, leastShare = 0.5 } = this.#pauses;
    const longestMs = this.#longestMs;
    this.#longestMs = Math.min(mostMs, 2 * longestMs);
    return longestMs * (1 - (1 - leastShare) * this.#parts.randomness.fraction());
  }

  /** Resolves after the next pause, or as soon as the signal is aborted. */
  async pause(signal?: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(this.nextMs(), signal).catch(() => {});
  }

  /** After a success: the next pause is a first one again. */
  reset(): void {
    this.#longestMs = this.#pauses.firstMs;
  }
}
