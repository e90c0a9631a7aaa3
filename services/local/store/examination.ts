import { z } from 'zod';
import { parseJson } from '../../protocol/common/json.ts';
import type { Engine } from './engine.ts';
import { addToSum, decodeEntry, type Entry, encodeEntry, sumText, weightOf } from './entry.ts';
import { isRecordKey, recordMarkOf } from './item-keys.ts';
import { recordMarkSchema } from './mark.ts';

/** Written with every batch; it sorts before all other keys, and is no part of the sum. */
const HEAD_KEY = '!head';

const headSchema = z.object({
  /** Made once, with the store. */
  storeId: z.uuid(),
  /** Counts the batches. */
  commit: z.int().min(1),
  /** How many entries there are beside the head. */
  entries: z.int().min(0),
  sum: z.string().regex(/^[0-9a-f]{32}$/),
});
export type Head = z.infer<typeof headSchema>;

const headOf = (text: string): Head | undefined => headSchema.safeParse(parseJson(text)).data;

/** The head as an open store has it; undefined if it has none that is whole. */
export async function readHead(engine: Engine): Promise<Head | undefined> {
  const stored = await engine.get(HEAD_KEY);
  const text = stored === undefined ? undefined : decodeEntry([HEAD_KEY, stored]);
  return text === undefined ? undefined : headOf(text);
}

export const headEntry = (head: Head): Entry => [
  HEAD_KEY,
  encodeEntry(HEAD_KEY, JSON.stringify(head)),
];

/** What a look at all entries of a store found. */
export const examinationSchema = z.object({
  /** Undefined if there is none that is whole. */
  head: headSchema.or(z.undefined()),
  entries: z.int().min(0),
  sum: z.bigint(),
  /** The first keys whose value does not fit its check. */
  damagedKeys: z.array(z.string()),
  damaged: z.int().min(0),
  records: z.array(recordMarkSchema),
});
export type Examination = z.infer<typeof examinationSchema>;

const DAMAGED_KEYS_SHOWN = 5;

/** Reads everything. */
export async function examine(
  engine: Engine,
  onLooked?: (entries: number) => void,
): Promise<Examination> {
  const found: Examination = {
    head: undefined,
    entries: 0,
    sum: 0n,
    damagedKeys: [],
    damaged: 0,
    records: [],
  };
  for await (const portion of engine.portions()) {
    for (const entry of portion) add(found, entry);
    onLooked?.(found.entries);
  }
  return found;
}

function add(found: Examination, entry: Entry): void {
  const [key, stored] = entry;
  const text = decodeEntry(entry);
  if (text === undefined) {
    found.damaged++;
    if (found.damagedKeys.length < DAMAGED_KEYS_SHOWN) found.damagedKeys.push(key);
    return;
  }
  if (key === HEAD_KEY) {
    found.head = headOf(text);
    return;
  }
  found.entries++;
  found.sum = addToSum(found.sum, weightOf(stored));
  const record = isRecordKey(key) ? recordMarkOf(key, text) : undefined;
  if (record !== undefined) found.records.push(record);
}

/** Whether all entries that were ever stored, and no others, are there as they were at the head. */
export const isWhole = ({ head, entries, sum, damaged }: Examination): boolean =>
  head !== undefined && damaged === 0 && entries === head.entries && sumText(sum) === head.sum;
