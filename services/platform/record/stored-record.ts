import { ColonyError } from '../../protocol/common/errors.ts';
import { type ColonyRecord, colonyRecordSchema } from '../../protocol/record/colony-record.ts';

/** Guesses nothing in a broken item: STORE_UNAVAILABLE names the first field that does not fit. */
export function parseStoredRecord(fields: unknown): ColonyRecord {
  const parsed = colonyRecordSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ColonyError(
    'STORE_UNAVAILABLE',
    `the stored colony record is broken: ${issue?.path.join('.') || 'item'}: ${issue?.message}`,
  );
}
