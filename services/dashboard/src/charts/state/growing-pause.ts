const FIRST_MS = 2_000;
const LAST_MS = 60_000;

/** A pause before something is tried again: each time twice as long as the time before, up to a minute. */
export class GrowingPause {
  readonly #nowMs: () => number;
  #lengthMs = FIRST_MS;
  #untilMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs a clock that only goes forward */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get isOver(): boolean {
    return this.#nowMs() >= this.#untilMs;
  }

  /** It was tried in vain. */
  begin(): void {
    this.#untilMs = this.#nowMs() + this.#lengthMs;
    this.#lengthMs = Math.min(LAST_MS, 2 * this.#lengthMs);
  }

  /** It worked. */
  end(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
    this.#lengthMs = FIRST_MS;
  }
}
