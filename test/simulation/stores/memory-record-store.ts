import type { RecordStore, WriteResult } from '../../../services/platform/record/record-store.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
} from '../../../services/protocol/record/colony-record.ts';

/**
 * The record in this process; several coordinators of one test share one. All are given the same object, which
 * throws when one of them would change it.
 */
export class MemoryRecordStore implements RecordStore {
  #record: ColonyRecord = frozen(structuredClone(ABSENT_RECORD));

  async read(): Promise<ColonyRecord> {
    return this.#record;
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const ok = seen.revision === this.#record.revision;
    if (ok) this.#record = frozen(colonyRecordSchema.parse(next));
    return { ok, record: this.#record };
  }
}

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (part !== null && typeof part === 'object') frozen(part);
  }
  return Object.freeze(value);
}
