import type { Clock } from '../runtime/clock.ts';
import { notComing, PatientCalls } from './patient-calls.ts';
import type { SnapshotInfo, SnapshotStore } from './snapshot-store.ts';

/** Twice as many as a sweep has under way: those of one that was given up may hang. */
const CALLS_MAX = 32;

/** A store of which no call is waited for for ever: one that hangs fails as if the store were away. */
export class PatientSnapshotStore implements SnapshotStore {
  readonly #store: SnapshotStore;
  readonly #calls: PatientCalls;

  constructor({ store, clock }: { store: SnapshotStore; clock: Clock }) {
    this.#store = store;
    this.#calls = new PatientCalls({ clock, most: CALLS_MAX });
  }

  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const call = () => this.#store.putIfAbsent(key, bytes);
    return this.#calls.answer({ key, failure: `the object ${key} cannot be stored`, call });
  }

  get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const call = () => this.#store.get(key, maxBytes);
    return this.#calls.answer({ key, failure: notComing(key), call });
  }

  getRange(key: string, offset: number, lengthBytes: number): Promise<Uint8Array | undefined> {
    const call = () => this.#store.getRange(key, offset, lengthBytes);
    return this.#calls.answer({ key, failure: notComing(key), call });
  }

  list(folder: string): Promise<SnapshotInfo[]> {
    const call = () => this.#store.list(folder);
    return this.#calls.answer({ key: folder, failure: `${folder} cannot be listed`, call });
  }

  delete(key: string): Promise<void> {
    const call = () => this.#store.delete(key);
    return this.#calls.answer({ key, failure: `the object ${key} cannot be removed`, call });
  }
}
