import { type Clock, sleepBy } from '../../services/platform/runtime/clock.ts';

interface Timer {
  atMs: number;
  sequence: number;
  fire(): void;
}

export interface VirtualClockOptions {
  /** @default 0 */
  startMs?: number;
  /**
   * Turns of the event loop that pending promises get before the next timer fires. In-memory HTTP
   * apps need 2 to 3; work that leaves the process (sockets, files) is not waited for.
   * @default 10
   */
  turns?: number;
}

export interface RunUntilOptions {
  /** Virtual time after which waiting is given up. */
  limitMs: number;
  /** Says in the error what was awaited. @default the condition's source */
  what?: string;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Wall time when the virtual clock shows 0. */
const WALL_ORIGIN_MS = Date.UTC(2026, 0, 1);

/**
 * Time for tests and simulation: it stands still until `advance` or `runUntil` moves it from timer
 * to timer. Timers fire in the order of (time, sequence of their sleep), and everything that one
 * sets going runs until it waits before the next one fires: the same program gives the same
 * order, and an hour costs what its timers cost.
 */
export class VirtualClock implements Clock {
  /** Ascending by (atMs, sequence). */
  readonly #timers: Timer[] = [];
  readonly #turns: number;
  #nowMs: number;
  #sequence = 0;
  #yields = 0;
  #running = false;

  constructor({ startMs = 0, turns = 10 }: VirtualClockOptions = {}) {
    this.#nowMs = startMs;
    this.#turns = turns;
  }

  /** How many sleeps have not ended. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallTime(): string {
    return new Date(WALL_ORIGIN_MS + this.#nowMs).toISOString();
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, durationMs, signal);
  }

  alarm(durationMs: number, fire: () => void): () => void {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, durationMs),
      sequence: this.#sequence++,
      fire,
    };
    this.#insert(timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  yieldToIo(): Promise<void> {
    this.#yields++;
    return turn();
  }

  /** Moves time on by durationMs, firing what falls due on the way. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await this.#exclusively(async () => {
      await this.#settle();
      while (await this.#fireNext(endMs)) await this.#settle();
      this.#nowMs = endMs;
    });
  }

  /** Moves time on until the condition holds; throws when it does not within limitMs. */
  async runUntil(
    condition: () => boolean | Promise<boolean>,
    { limitMs, what = String(condition) }: RunUntilOptions,
  ): Promise<void> {
    const startMs = this.#nowMs;
    await this.#exclusively(async () => {
      for (;;) {
        await this.#settle();
        if (await condition()) return;
        if (await this.#fireNext(startMs + limitMs)) continue;
        throw new Error(
          this.#timers.length === 0
            ? `nothing is left to happen at ${this.#nowMs} ms, waiting for: ${what}`
            : `not within ${limitMs} ms of virtual time (from ${startMs} ms): ${what}`,
        );
      }
    });
  }

  /** Fires the next timer if it is due at endMs or before. */
  async #fireNext(endMs: number): Promise<boolean> {
    const [timer] = this.#timers;
    if (timer === undefined || timer.atMs > endMs) return false;
    this.#timers.shift();
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.fire();
    return true;
  }

  /** Gives so many turns after the last one in which somebody yielded: work takes no virtual time. */
  async #settle(): Promise<void> {
    let seenYields = this.#yields;
    for (let quietTurns = 0; quietTurns < this.#turns; quietTurns++) {
      await turn();
      if (this.#yields === seenYields) continue;
      seenYields = this.#yields;
      quietTurns = 0;
    }
  }

  #insert(timer: Timer): void {
    let at = this.#timers.length;
    while (at > 0 && (this.#timers[at - 1] as Timer).atMs > timer.atMs) at--;
    this.#timers.splice(at, 0, timer);
  }

  async #exclusively(run: () => Promise<void>): Promise<void> {
    if (this.#running) throw new Error('the virtual clock is already being moved');
    this.#running = true;
    try {
      await run();
    } finally {
      this.#running = false;
    }
  }
}
