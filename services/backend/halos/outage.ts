/** The two ways by which halos come and go. */
export type Way = 'stream' | 'pull';

/**
 * How long an outage lasts before it is warned of: backends that end together, as at a stop, see each
 * other's streams end before they are told to end themselves.
 */
const WARN_AFTER_MS = 500;

/** What is known of the ways to a peer: an outage lasts as long as either fails, and is told of once. */
export class Outage {
  readonly #failing = new Set<Way>();
  #sinceMs = 0;
  #isWarnedOf = false;

  /** @returns whether it has lasted long enough, and is to be warned of now. */
  fails(way: Way, nowMs: number): boolean {
    if (this.#failing.size === 0) this.#sinceMs = nowMs;
    this.#failing.add(way);
    if (this.#isWarnedOf || nowMs - this.#sinceMs < WARN_AFTER_MS) return false;
    this.#isWarnedOf = true;
    return true;
  }

  /** @returns whether that ends an outage that was warned of. */
  works(way: Way): boolean {
    this.#failing.delete(way);
    if (this.#failing.size > 0 || !this.#isWarnedOf) return false;
    this.#isWarnedOf = false;
    return true;
  }
}
