import type { Clock } from '../../platform/runtime/clock.ts';
import { notComing, PatientCalls } from '../../platform/snapshots/patient-calls.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';

/** What a restore needs of a store. */
type ReadStore = Pick<SnapshotStore, 'get' | 'getRange'>;

/** Twice as many as one restore has under way: those of one that was given up may hang. */
const READS_MAX = 8;

/** Reads of a store that are waited for, but not for ever. */
export class PatientReads {
  readonly #store: ReadStore;
  readonly #calls: PatientCalls;

  constructor({ store, clock }: { store: ReadStore; clock: Clock }) {
    this.#store = store;
    this.#calls = new PatientCalls({ clock, most: READS_MAX });
  }

  /** The store for reads until a signal is aborted: then they reject with its reason. */
  until(signal: AbortSignal): ReadStore {
    const read = <T>(key: string, call: () => Promise<T>) =>
      this.#calls.answer({ key, failure: notComing(key), call, signal });
    return {
      get: (key, maxBytes) => read(key, () => this.#store.get(key, maxBytes)),
      getRange: (key, offset, lengthBytes) =>
        read(key, () => this.#store.getRange(key, offset, lengthBytes)),
    };
  }
}
