import { ColonyError } from '../../protocol/common/errors.ts';

/** At most so many readers wait for the end of a step. */
const READERS_MAX = 64;

/** A reader that waits, and whether it is to be admitted now. */
interface Waiting {
  run: () => void;
  isDue: () => boolean;
}

/** Admits readers of the shards only while no step is under way. */
export class ReadGate {
  #waiting: Waiting[] = [];
  #isClosed = false;

  /** A step begins: readers wait for its end. */
  close(): void {
    this.#isClosed = true;
  }

  /** The step is over: waiting readers that are due are admitted, one after the other. */
  open(): void {
    this.#isClosed = false;
    this.admit();
  }

  /** Admits readers that have become due, unless a step is under way. */
  admit(): void {
    if (this.#isClosed) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ isDue }) => !isDue());
    for (const one of waiting) if (!this.#waiting.includes(one)) one.run();
  }

  /**
   * Reads at once, or after the step under way.
   *
   * @param isDue asked after each step, and by `admit`. @default it is due at once
   * @throws BACKEND_FAILED if too many readers wait.
   */
  read<T>(look: () => T, isDue: () => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= READERS_MAX) {
        throw new ColonyError('BACKEND_FAILED', `${READERS_MAX} others wait to look at the shards`);
      }
      const run = () => {
        try {
          resolve(look());
        } catch (error) {
          reject(error);
        }
      };
      if (this.#isClosed || !isDue()) this.#waiting.push({ run, isDue });
      else run();
    });
  }
}
