import type { Clock } from '../../platform/runtime/clock.ts';
import { READ_WAIT_MS } from '../../protocol/wire/rpc.ts';
import { ReadGate } from './read-gate.ts';

/** Those who read the shards: when each is let in, and what the tick loop does for them. */
export class ShardReaders {
  readonly #clock: Clock;
  readonly #tickNow: () => number;
  readonly #gate = new ReadGate();
  /** The ticks that waiting readers named. */
  readonly #awaited = new Set<{ tick: number }>();

  /** @param tickNow the tick of the state that all shards are in. */
  constructor(clock: Clock, tickNow: () => number) {
    this.#clock = clock;
    this.#tickNow = tickNow;
  }

  /** A step begins: readers wait for its end. */
  stepBegins(): void {
    this.#gate.close();
  }

  /** The step is over: readers are let in. */
  stepEnds(): void {
    this.#gate.open();
  }

  /** The first tick after the present one that a reader waits for: a step should end there. */
  get awaitedTick(): number | undefined {
    const now = this.#tickNow();
    const ahead = [...this.#awaited].map(({ tick }) => tick).filter((tick) => tick > now);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  /**
   * Reads as soon as no step is under way, and the shards have come to a tick or have not for
   * `READ_WAIT_MS`. Throws BACKEND_FAILED if too many readers wait.
   */
  async read<T>(look: () => T, fromTick: number): Promise<T> {
    if (this.#tickNow() >= fromTick) return this.#gate.read(look);
    const awaited = { tick: fromTick };
    const enough = new AbortController();
    let isLate = false;
    const patience = this.#clock.sleep(READ_WAIT_MS, enough.signal).then(
      () => {
        isLate = true;
        this.#gate.admit();
      },
      () => {},
    );
    this.#awaited.add(awaited);
    try {
      return await this.#gate.read(look, () => isLate || this.#tickNow() >= fromTick);
    } finally {
      this.#awaited.delete(awaited);
      enough.abort();
      await patience;
    }
  }
}
