import type { Clock } from '../../platform/runtime/clock.ts';
import { grouped } from '../colony/status-text.ts';
import type { Output } from '../terminal/output.ts';
import { duration, REDRAW_MS } from './replay-progress.ts';

/** Shows how many of some things are done, and how long the rest will take. */
export class CountProgress {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #what: string;
  readonly #count: number;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;

  /** To be created when the work begins. @param what names one of them: `picture`. */
  constructor(output: Output, clock: Clock, { what, count }: { what: string; count: number }) {
    this.#output = output;
    this.#clock = clock;
    this.#what = what;
    this.#count = count;
    this.#startedMs = clock.nowMs();
  }

  show(done: number): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const seconds = (nowMs - this.#startedMs) / 1_000;
    const left = done === 0 ? undefined : (seconds / done) * (this.#count - done);
    const parts = [`${this.#what} ${grouped(done)} of ${grouped(this.#count)}`];
    if (left !== undefined && done < this.#count) parts.push(`${duration(left)} left`);
    this.#output.progress(parts.join(' · '));
  }
}
