import type { Clock } from '../../platform/runtime/clock.ts';
import { WAITS, type Wait, type Waited } from '../../protocol/wire/backend-load.ts';

/**
 * How long the shards of one topology have waited, and for what. The clock is read where a wait begins and where
 * it ends: shards that need not wait pay nothing.
 */
export class WaitMeter {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #waitedMs: Record<Wait, number> = { halos: 0, horizon: 0, pace: 0, samples: 0 };
  #open: { wait: Wait; sinceMs: number } | undefined;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** A wait begins; it ends with `end`. Shards wait for one thing at a time. */
  begin(wait: Wait): void {
    this.#open = { wait, sinceMs: this.#clock.nowMs() };
  }

  end(): void {
    if (this.#open === undefined) return;
    const { wait, sinceMs } = this.#open;
    this.#waitedMs[wait] += this.#clock.nowMs() - sinceMs;
    this.#open = undefined;
  }

  /** So far, with what is being waited for now. */
  get waitedMs(): Waited {
    const waited = { ...this.#waitedMs };
    if (this.#open !== undefined) {
      waited[this.#open.wait] += this.#clock.nowMs() - this.#open.sinceMs;
    }
    return waited;
  }
}

/** Milliseconds of two meters together. */
export const addWaits = (a: Waited, b: Waited): Waited =>
  Object.fromEntries(WAITS.map((wait) => [wait, a[wait] + b[wait]])) as Record<Wait, number>;
