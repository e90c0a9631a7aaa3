import type { RecordStore, WriteResult } from '../../../services/platform/record/record-store.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
} from '../../../services/protocol/record/colony-record.ts';

/** The record in this process; several coordinators of one test share one. */
export class MemoryRecordStore implements RecordStore {
  #record: ColonyRecord = ABSENT_RECORD;

  async read(): Promise<ColonyRecord> {
    return structuredClone(this.#record);
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const ok = seen.revision === this.#record.revision;
    if (ok) this.#record = colonyRecordSchema.parse(structuredClone(next));
    return { ok, record: structuredClone(this.#record) };
  }
}
