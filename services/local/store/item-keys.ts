import { z } from 'zod';
import { parseJson } from '../../protocol/common/json.ts';
import { COLONY_NAME, SORT_KEYS } from '../../protocol/common/names.ts';
import type { RecordMark } from './mark.ts';

/** Keys of a store are `<colony name>/<sort key>`, with the sort keys of the table in DynamoDB. */
const SEPARATOR = '/';

export const keyOf = (colonyName: string, sortKey: string): string =>
  `${colonyName}${SEPARATOR}${sortKey}`;

export const RECORD_SORT_KEY: string = SORT_KEYS.record;
const RECORD_SUFFIX = `${SEPARATOR}${RECORD_SORT_KEY}`;

export const isRecordKey = (key: string): boolean =>
  key.endsWith(RECORD_SUFFIX) && COLONY_NAME.test(key.slice(0, -RECORD_SUFFIX.length));

/** The fields of the colony record that a store looks at; all others pass through it. */
const recordFieldsSchema = z.object({
  revision: z.int().min(1),
  generation: z.int().min(0),
  status: z.string(),
  colonyInstanceId: z.string().optional(),
  leader: z.object({ epoch: z.int() }).optional(),
});

/** Undefined if it is no record. */
export function recordMarkOf(key: string, text: string): RecordMark | undefined {
  const fields = recordFieldsSchema.safeParse(parseJson(text)).data;
  if (fields === undefined) return undefined;
  const { leader, ...rest } = fields;
  return {
    colonyName: key.slice(0, -RECORD_SUFFIX.length),
    ...rest,
    epoch: leader?.epoch ?? 0,
  };
}

/** Undefined if it is no record. */
export const revisionOf = (text: string): number | undefined =>
  recordFieldsSchema.safeParse(parseJson(text)).data?.revision;
