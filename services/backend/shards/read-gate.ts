import { ColonyError } from '../../protocol/common/errors.ts';

/** At most so many readers wait for the end of a step. */
const READERS_MAX = 64;

/** Admits readers of the shards only while no step is under way. */
export class ReadGate {
  #waiting: (() => void)[] = [];
  #isClosed = false;

  /** A step begins: readers wait for its end. */
  close(): void {
    this.#isClosed = true;
  }

  /** The step is over: waiting readers are admitted, one after the other. */
  open(): void {
    this.#isClosed = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  /**
   * Reads at once, or after the step under way.
   *
   * @throws BACKEND_FAILED if too many readers wait.
   */
  read<T>(look: () => T): Promise<T> {
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
      if (this.#isClosed) this.#waiting.push(run);
      else run();
    });
  }
}
