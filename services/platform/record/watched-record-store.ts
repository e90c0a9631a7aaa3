import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LastContact } from '../process/last-contact.ts';
import type { RecordStore, WriteResult } from './record-store.ts';

/** A conflict: another write came first. */
export type WriteOutcome = 'written' | 'conflict' | 'failed';

/** A store of which is known when it last answered; a refused write is an answer. */
export class WatchedRecordStore implements RecordStore {
  readonly #store: RecordStore;
  readonly #contact: LastContact;
  readonly #onWrite: (outcome: WriteOutcome) => void;

  /** @param onWrite told what became of each write. @default nobody is told */
  constructor(
    store: RecordStore,
    contact: LastContact,
    onWrite: (outcome: WriteOutcome) => void = () => {},
  ) {
    this.#store = store;
    this.#contact = contact;
    this.#onWrite = onWrite;
  }

  read(): Promise<ColonyRecord> {
    return this.#noted(this.#store.read());
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    try {
      const result = await this.#noted(this.#store.replace(seen, next));
      this.#onWrite(result.ok ? 'written' : 'conflict');
      return result;
    } catch (error) {
      this.#onWrite('failed');
      throw error;
    }
  }

  async #noted<T>(answer: Promise<T>): Promise<T> {
    const value = await answer;
    this.#contact.reached();
    return value;
  }
}
