import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import { ColonyError } from '../../protocol/common/errors.ts';

/** Those who ask for rows wait for a store no longer than this. */
const PATIENCE_MS = 3_000;

/**
 * Calls to one store, which may hang for longer than those wait who ask. While one hangs no other begins: it would
 * hang too. What comes late is left to the call itself.
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

  /** @throws ColonyError STORE_UNAVAILABLE if the call hangs, or the one before still does; else what it throws. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#underWay;
    if (before !== undefined) await this.#assertDone(before.end, before.beganMs);
    const beganMs = this.#clock.nowMs();
    const result = work();
    const underWay = { end: result.catch(() => {}), beganMs };
    this.#underWay = underWay;
    underWay.end.then(() => {
      if (this.#underWay === underWay) this.#underWay = undefined;
    });
    await this.#assertDone(underWay.end, beganMs);
    return result;
  }

  async #assertDone(end: Promise<unknown>, beganMs: number): Promise<void> {
    const leftMs = beganMs + PATIENCE_MS - this.#clock.nowMs();
    if (leftMs > 0 && (await isDoneWithin(this.#clock, leftMs, end))) return;
    const detail = `the store of ${this.#store} has not answered for ${PATIENCE_MS / 1_000} s`;
    throw new ColonyError('STORE_UNAVAILABLE', detail);
  }
}
