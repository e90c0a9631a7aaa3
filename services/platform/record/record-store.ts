import type { ColonyRecord } from '../../protocol/record/colony-record.ts';

/** The record after a write that went through, or as it stood when the write was refused. */
export interface WriteResult {
  ok: boolean;
  record: ColonyRecord;
}

/**
 * Stores the colony record: one item, replaced as a whole. It knows only one rule of the record:
 * `revision` rises by 1 with every write, and a write needs the revision that was read.
 *
 * Both methods throw STORE_UNAVAILABLE when the store cannot be reached or its item is broken. A
 * replacement that throws may have taken effect, or may do so later.
 */
export interface RecordStore {
  /** A consistent read; an absent item is ABSENT_RECORD. */
  read(): Promise<ColonyRecord>;

  /** One conditional write: stores `next` if the stored revision is still that of `seen`. */
  replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult>;
}
