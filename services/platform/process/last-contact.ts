import type { Clock } from '../runtime/clock.ts';

/** When something outside of this process last answered it. */
export class LastContact {
  readonly #clock: Pick<Clock, 'nowMs'>;
  #atMs: number | undefined;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** It answered just now. */
  reached(): void {
    this.#atMs = this.#clock.nowMs();
  }

  /** How long it has been silent; undefined: it has never answered. */
  get silentMs(): number | undefined {
    return this.#atMs === undefined ? undefined : this.#clock.nowMs() - this.#atMs;
  }
}
