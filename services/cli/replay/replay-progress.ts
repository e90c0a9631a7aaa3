import type { Clock } from '../../platform/runtime/clock.ts';
import { grouped } from '../colony/status-text.ts';
import type { Output } from '../terminal/output.ts';

/** A line that is drawn more often than this is not read. */
export const REDRAW_MS = 100;

/** The line of progress of a replay: where it is, how fast, and how long the rest will take. */
export class ReplayProgress {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #from: number;
  readonly #to: number;
  readonly #startedMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;

  /** To be created when the replay begins. */
  constructor(output: Output, clock: Clock, { from, to }: { from: number; to: number }) {
    this.#output = output;
    this.#clock = clock;
    this.#from = from;
    this.#to = to;
    this.#startedMs = clock.nowMs();
  }

  /** @param note said behind it. @default nothing */
  show(tick: number, note?: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const parts = [`tick ${grouped(tick)} of ${grouped(this.#to)}`];
    const perSecond = ((tick - this.#from) / (nowMs - this.#startedMs)) * 1_000;
    if (perSecond > 0 && Number.isFinite(perSecond)) {
      parts.push(`${perSecond.toFixed(1)} ticks/s`);
      if (tick < this.#to) parts.push(`${duration((this.#to - tick) / perSecond)} left`);
    }
    if (note !== undefined) parts.push(note);
    this.#output.progress(parts.join(' · '));
  }
}

/** An estimate: no more exact than it is known. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
