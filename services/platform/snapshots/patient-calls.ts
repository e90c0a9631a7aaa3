import { ColonyError, isStoreUnavailable } from '../../protocol/common/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { beforeDeadline, unlessAborted } from '../runtime/deadline.ts';

/** A store that is asked again by itself has time for that; a leader gives a backend up later. */
const CALL_MAX_MS = 45_000;

export interface PatientCall<T> {
  /** Of the object, or the folder. */
  key: string;
  /** What it means that it fails, in words. */
  failure: string;
  call: () => Promise<T>;
  /** Ends the waiting, with its reason. */
  signal?: AbortSignal;
}

/**
 * Calls of a snapshot store that are waited for, but not for ever. A disk that hangs never answers: each such call
 * keeps its memory, and a thread of this process where the store is a folder, so there are few of them.
 */
export class PatientCalls {
  readonly #clock: Clock;
  readonly #most: number;
  #underWay = 0;

  /** @param most how many may be under way, with those that hang. */
  constructor({ clock, most }: { clock: Clock; most: number }) {
    this.#clock = clock;
    this.#most = most;
  }

  /**
   * What the store answers; the call goes on where that is not waited for.
   *
   * @throws ColonyError STORE_UNAVAILABLE with the `key`, as the store does, after `CALL_MAX_MS`, and at once while
   * too many calls hang.
   */
  async answer<T>({ key, failure, call, signal }: PatientCall<T>): Promise<T> {
    const failed = (why: string, cause?: unknown) =>
      new ColonyError('STORE_UNAVAILABLE', `${failure}: ${why}`, { cause, extra: { key } });
    if (this.#underWay >= this.#most) {
      throw failed(`${this.#underWay} earlier calls have not been answered`);
    }
    const reason = failed(`no answer within ${CALL_MAX_MS} ms`);
    this.#underWay++;
    const answer = call().finally(() => {
      this.#underWay--;
    });
    try {
      return await beforeDeadline(this.#clock, CALL_MAX_MS, { reason, signal }, (over) =>
        unlessAborted(answer, over),
      );
    } catch (error) {
      if (error === reason || !isStoreUnavailable(error)) throw error;
      throw failed((error as Error).message, error);
    }
  }
}

/** What it means that a read fails. */
export const notComing = (key: string): string => `the object ${key} does not come`;
