import type { Clock } from '../../platform/runtime/clock.ts';

/** What has failed so often, and for so long, is not going to work in a moment. */
const LASTING_TIMES = 5;
const LASTING_MS = 10_000;

/** Tells failures that last from those that pass. */
export class LastingFailures {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { times: number; sinceMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has failed again; answers whether that lasts by now. */
  note(what: string): boolean {
    const nowMs = this.#clock.nowMs();
    const { times, sinceMs } = this.#seen.get(what) ?? { times: 0, sinceMs: nowMs };
    this.#seen.set(what, { times: times + 1, sinceMs });
    return times + 1 >= LASTING_TIMES && nowMs - sinceMs >= LASTING_MS;
  }

  /** It has worked, or it is not known any more what fails. @param what by default everything */
  forget(what?: string): void {
    if (what === undefined) this.#seen.clear();
    else this.#seen.delete(what);
  }
}
