import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LastContact } from '../process/last-contact.ts';
import type { RecordStore, WriteResult } from './record-store.ts';

/** A store of which is known when it last answered; a refused write is an answer. */
export class WatchedRecordStore implements RecordStore {
  readonly #store: RecordStore;
  readonly #contact: LastContact;

  constructor(store: RecordStore, contact: LastContact) {
    this.#store = store;
    this.#contact = contact;
  }

  read(): Promise<ColonyRecord> {
    return this.#noted(this.#store.read());
  }

  replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    return this.#noted(this.#store.replace(seen, next));
  }

  async #noted<T>(answer: Promise<T>): Promise<T> {
    const value = await answer;
    this.#contact.reached();
    return value;
  }
}
