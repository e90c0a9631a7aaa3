import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import { ColonyError } from '../../../protocol/common/errors.ts';

/** Fewer than a transport has connections to one backend: a heartbeat always finds one free. */
export const PICTURES_AT_ONCE = 3;
/** Different pictures that may wait for their turn. */
export const PICTURES_WAITING_MAX = 32;

/**
 * Takes turns at what is dear, so that however many watch, the leader's heartbeats get through.
 * Those who ask for the same while it waits for its turn share it: it then shows nothing older
 * than any of them asked for.
 */
export class PictureQueue {
  readonly #turns = bulkhead(PICTURES_AT_ONCE, PICTURES_WAITING_MAX);
  readonly #waiting = new Map<string, Promise<unknown>>();

  /**
   * @param key what makes two pictures the same, their type included.
   * @throws FRAMES_BUSY if too many wait.
   */
  take<T>(key: string, make: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting as Promise<T>;
    let begun = false;
    const made = this.#turns
      .execute(() => {
        begun = true;
        this.#waiting.delete(key);
        return make();
      })
      .catch((error: unknown) => {
        if (!(error instanceof BulkheadRejectedError)) throw error;
        this.#waiting.delete(key);
        throw new ColonyError(
          'FRAMES_BUSY',
          `${PICTURES_WAITING_MAX} others wait for their picture`,
        );
      });
    if (!begun) this.#waiting.set(key, made);
    return made;
  }
}
