import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';

/** A leader that has not called for so long is not there: nobody would take the shards. */
const LEADER_SILENT_MS = 3_000;
const LOOK_MS = 100;

/**
 * The end of a backend that hands over what it holds: it says that it is draining, and waits until its shards
 * have gone to others.
 */
export class HandOver {
  readonly #clock: Clock;
  readonly #isHolding: () => boolean;
  readonly #wakeup: Wakeup;
  #isDraining = false;
  #calledMs = Number.NEGATIVE_INFINITY;

  /** @param isHolding whether shards are held. */
  constructor(clock: Clock, isHolding: () => boolean) {
    this.#clock = clock;
    this.#isHolding = isHolding;
    this.#wakeup = new Wakeup(clock);
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** The leader has sent a heartbeat. */
  heard(): void {
    this.#calledMs = this.#clock.nowMs();
    this.#wakeup.notify();
  }

  /**
   * Drains: resolves once no shards are held, once no leader calls any more, or after so long.
   *
   * @param atOnce ends the waiting once it is aborted.
   * @returns whether nothing is held.
   */
  async drain(atMostMs: number, atOnce?: AbortSignal): Promise<boolean> {
    this.#isDraining = true;
    const untilMs = this.#clock.nowMs() + atMostMs;
    while (this.#isHolding()) {
      const nowMs = this.#clock.nowMs();
      if (atOnce?.aborted || nowMs >= untilMs || nowMs - this.#calledMs >= LEADER_SILENT_MS)
        return false;
      await this.#wakeup.wait(LOOK_MS, atOnce);
    }
    return true;
  }
}
