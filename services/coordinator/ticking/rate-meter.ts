/** Ticks per second over a sliding window of readings (time in ms, tick). */
export class RateMeter {
  readonly #windowMs: number;
  #readings: { atMs: number; tick: number }[] = [];

  constructor(windowMs = 5_000) {
    this.#windowMs = windowMs;
  }

  /** Adds a reading. A tick lower than the last one (a rollback) starts over. */
  add(atMs: number, tick: number): void {
    const last = this.#readings.at(-1);
    if (last !== undefined && tick < last.tick) this.#readings = [];
    this.#readings.push({ atMs, tick });
    // One reading older than the window stays, so that the window is always covered.
    while (this.#readings.length > 2 && atMs - (this.#readings[1]?.atMs ?? 0) > this.#windowMs) {
      this.#readings.shift();
    }
  }

  /** Forgets all readings. */
  restart(): void {
    this.#readings = [];
  }

  /** undefined until there are two readings at least half a second apart. */
  ticksPerSecond(): number | undefined {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < 500) return undefined;
    return ((last.tick - first.tick) * 1000) / (last.atMs - first.atMs);
  }
}
