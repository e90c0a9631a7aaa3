import type { Clock } from '../../platform/runtime/clock.ts';
import { beforeDeadline, unlessAborted } from '../../platform/runtime/deadline.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { ColonyError, isStoreUnavailable } from '../../protocol/common/errors.ts';

/** What a restore needs of a store. */
type ReadStore = Pick<SnapshotStore, 'get' | 'getRange'>;

/** A store that is asked again by itself has time for that; a leader gives a backend up later. */
const READ_MAX_MS = 45_000;
/** Twice as many as one restore has under way: those of one that was given up may hang. */
const READS_MAX = 8;

/**
 * Reads that are waited for, but not for ever. A disk that hangs never answers: each such read keeps its memory, and
 * a thread of this process where the store is a folder, so there are few of them.
 */
export class PatientReads {
  readonly #store: ReadStore;
  readonly #clock: Clock;
  #underWay = 0;

  constructor({ store, clock }: { store: ReadStore; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The store for reads until a signal is aborted: then they reject with its reason.
   *
   * It throws ColonyError STORE_UNAVAILABLE with the `key` that did not come, as the store does, after `READ_MAX_MS`,
   * and at once while too many reads hang.
   */
  until(signal: AbortSignal): ReadStore {
    return {
      get: (key, maxBytes) => this.#read(key, signal, () => this.#store.get(key, maxBytes)),
      getRange: (key, offset, lengthBytes) =>
        this.#read(key, signal, () => this.#store.getRange(key, offset, lengthBytes)),
    };
  }

  async #read<T>(key: string, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    if (this.#underWay >= READS_MAX) {
      throw notComing(key, `${this.#underWay} earlier reads have not been answered`);
    }
    const reason = notComing(key, `it has not come within ${READ_MAX_MS} ms`);
    this.#underWay++;
    const reading = read().finally(() => {
      this.#underWay--;
    });
    try {
      return await beforeDeadline(this.#clock, READ_MAX_MS, { reason, signal }, (over) =>
        unlessAborted(reading, over),
      );
    } catch (error) {
      if (error === reason || !isStoreUnavailable(error)) throw error;
      throw notComing(key, (error as Error).message, error);
    }
  }
}

const notComing = (key: string, why: string, cause?: unknown): ColonyError =>
  new ColonyError('STORE_UNAVAILABLE', `the object ${key} does not come: ${why}`, {
    cause,
    extra: { key },
  });
