import { type Clock, sleepBy } from '../../../services/platform/runtime/clock.ts';
import type { Timeline } from './timeline.ts';

/** Wall time when virtual time begins. */
const WALL_ORIGIN_MS = Date.UTC(2026, 0, 1);
/** A sleep never ends before its time, by the clock of who sleeps. */
const ROUNDING_MS = 1e-6;

export interface ClockFaults {
  /** How fast it goes: 1 is as fast as virtual time. */
  rate: number;
  /** What it shows when it begins. */
  originMs: number;
  /** How far its wall time is ahead. */
  skewMs: number;
}

/** The clock of one process: with an origin, a rate and a wall time of its own. */
export class ProcessClock implements Clock {
  readonly #timeline: Timeline;
  readonly #reach: (run: () => void) => void;
  readonly #bornMs: number;
  readonly #faults: ClockFaults;
  readonly #yieldMs: () => number;

  /**
   * @param o.reach carries what the clock tells to its process.
   * @param o.yieldMs how long its process does not get the processor when it yields. @default not at all
   */
  constructor(o: {
    timeline: Timeline;
    reach: (run: () => void) => void;
    faults: ClockFaults;
    yieldMs?: () => number;
  }) {
    this.#timeline = o.timeline;
    this.#reach = o.reach;
    this.#bornMs = o.timeline.nowMs;
    this.#faults = { ...o.faults };
    this.#yieldMs = o.yieldMs ?? (() => 0);
  }

  get rate(): number {
    return this.#faults.rate;
  }

  nowMs(): number {
    const { originMs, rate } = this.#faults;
    return originMs + rate * (this.#timeline.nowMs - this.#bornMs);
  }

  wallTime(): string {
    return new Date(this.wallMs()).toISOString();
  }

  wallMs(): number {
    return WALL_ORIGIN_MS + Math.floor(this.#timeline.nowMs + this.#faults.skewMs);
  }

  /** As when somebody sets the time of its machine. */
  jump(skewMs: number): void {
    this.#faults.skewMs = skewMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, durationMs, signal);
  }

  alarm(durationMs: number, ring: () => void): () => void {
    let isTakenBack = false;
    // Where the process is paused, what has come due still waits to be told.
    const timer = this.after(durationMs, () => {
      if (!isTakenBack) ring();
    });
    return () => {
      isTakenBack = true;
      timer.happen = undefined;
    };
  }

  /** Once so long has passed by this clock. */
  after(durationMs: number, happen: () => void) {
    const delayMs = Math.max(0, durationMs) / this.#faults.rate + ROUNDING_MS;
    return this.#timeline.after(delayMs, () => this.#reach(happen));
  }

  yieldToIo(): Promise<void> {
    const ms = this.#yieldMs();
    return ms > 0 ? this.sleep(ms) : new Promise((resolve) => this.#reach(resolve));
  }
}
