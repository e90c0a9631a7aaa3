import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import { ColonyError } from '../../protocol/common/errors.ts';

/** An answer waits for stores no longer than this, for all its calls together. */
export const PATIENCE_MS = 3_000;

/**
 * Calls to one store, one at a time, which may hang for longer than those wait who ask. While one hangs no other
 * begins: it would hang too. What comes late is left to the call itself.
 */
export class BoundedCalls {
  readonly #clock: Clock;
  readonly #store: string;
  /** The call under way, which never rejects, and when it began. */
  #underWay: { end: Promise<unknown>; beganMs: number } | undefined;

  /** @param store its name in errors. */
  constructor(clock: Clock, store: string) {
    this.#clock = clock;
    this.#store = store;
  }

  /**
   * @param byMs until then, by the clock, the caller waits.
   * @throws ColonyError STORE_UNAVAILABLE if the call takes longer, or the one before has for PATIENCE_MS; else what
   * it throws.
   */
  async call<T>(byMs: number, work: () => Promise<T>): Promise<T> {
    // Whoever waited as long may have begun another call meanwhile.
    while (this.#underWay !== undefined) {
      const { end, beganMs } = this.#underWay;
      await this.#assertDone(end, Math.min(byMs, beganMs + PATIENCE_MS));
    }
    const beganMs = this.#clock.nowMs();
    if (beganMs >= byMs) throw this.#late();
    const result = work();
    const underWay = { end: result.catch(() => {}), beganMs };
    this.#underWay = underWay;
    underWay.end.then(() => {
      this.#underWay = undefined;
    });
    await this.#assertDone(underWay.end, byMs);
    return result;
  }

  async #assertDone(end: Promise<unknown>, byMs: number): Promise<void> {
    const leftMs = byMs - this.#clock.nowMs();
    if (leftMs > 0 && (await isDoneWithin(this.#clock, leftMs, end))) return;
    throw this.#late();
  }

  #late(): ColonyError {
    const detail = `the store of ${this.#store} has not answered within ${PATIENCE_MS / 1_000} s`;
    return new ColonyError('STORE_UNAVAILABLE', detail);
  }
}
