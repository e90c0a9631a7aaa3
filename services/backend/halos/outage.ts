/** The two directions in which halos travel. */
export type Way = 'stream' | 'pull';

/**
 * An outage is logged once it has lasted so long: backends that end together, as at a stop, see each
 * other's streams end before they handle their own signal.
 */
const WARN_AFTER_MS = 500;

/** An outage of the connection to a peer: it lasts while either direction fails, and is logged once. */
export class Outage {
  readonly #failing = new Set<Way>();
  #sinceMs = 0;
  #isWarnedOf = false;

  /** @returns whether it has lasted long enough to be logged now. */
  fails(way: Way, nowMs: number): boolean {
    if (this.#failing.size === 0) this.#sinceMs = nowMs;
    this.#failing.add(way);
    if (this.#isWarnedOf || nowMs - this.#sinceMs < WARN_AFTER_MS) return false;
    this.#isWarnedOf = true;
    return true;
  }

  /** @returns whether that ends an outage that was logged. */
  works(way: Way): boolean {
    this.#failing.delete(way);
    if (this.#failing.size > 0 || !this.#isWarnedOf) return false;
    this.#isWarnedOf = false;
    return true;
  }
}
