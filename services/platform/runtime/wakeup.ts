import type { Clock } from './clock.ts';

/**
 * Wakes one waiting loop. A notification that comes while nothing waits is kept for the next wait,
 * so that none is lost between looking at a condition and waiting for it to change.
 */
export class Wakeup {
  readonly #clock: Clock;
  #isNotified = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  notify(): void {
    this.#isNotified = true;
    this.#wake?.();
  }

  /**
   * Resolves at the next notification, after timeoutMs, or when the signal is aborted, as far as
   * they are given. The caller looks again.
   */
  async wait(timeoutMs?: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isNotified && !signal?.aborted) await this.#woken(timeoutMs, signal);
    this.#isNotified = false;
  }

  /** Joins no signals by AbortSignal.any: each join stays with a signal that outlives it. */
  #woken(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#wake = undefined;
        signal?.removeEventListener('abort', end);
        silence?.();
        resolve();
      };
      this.#wake = end;
      signal?.addEventListener('abort', end);
      const silence = timeoutMs === undefined ? undefined : this.#clock.alarm(timeoutMs, end);
    });
  }
}
