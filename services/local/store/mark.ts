import { z } from 'zod';
import { parseJson } from '../../protocol/common/json.ts';
import { decodeEntry, encodeEntry } from './entry.ts';

/**
 * The high-water mark of a store, in a file beside its folder. It is raised before a write is
 * acknowledged, so that a store which is behind its mark has lost something that somebody was told.
 *
 *     slot 0 (4 KiB)   even commits     each: an entry (entry.ts) with the mark in JSON, then zeros
 *     slot 1 (4 KiB)   odd commits
 *
 * A write that is cut off destroys one slot at most, that of a commit which nobody was told of.
 */
const SLOT_BYTES = 4096;
/** The key that the checks of slots are made with. */
const SLOT_KEY = 'mark';

/** What a record said when it was last written; for people. */
export const recordMarkSchema = z.object({
  colonyName: z.string(),
  status: z.string(),
  colonyInstanceId: z.string().optional(),
  generation: z.int(),
  epoch: z.int(),
  revision: z.int(),
});
export type RecordMark = z.infer<typeof recordMarkSchema>;

const markSchema = z.object({
  storeId: z.uuid(),
  /** 0 while the store is being made. */
  commit: z.int().min(0),
  sum: z.string().regex(/^[0-9a-f]{32}$/),
  record: recordMarkSchema.optional(),
});
export type Mark = z.infer<typeof markSchema>;

/** What a mark's file says. */
export const knownMarkSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('absent') }),
  z.object({ type: z.literal('damaged') }),
  z.object({ type: z.literal('known'), mark: markSchema }),
]);
export type KnownMark = z.infer<typeof knownMarkSchema>;

export interface MarkFile {
  /** Undefined if there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** Makes it or replaces it as a whole; on disk when it resolves. */
  replace(content: Uint8Array): Promise<void>;
  /** Overwrites a part of it; on disk when it resolves. */
  overwrite(offsetBytes: number, bytes: Uint8Array): Promise<void>;
}

/** By the highest slot that is whole. */
export function readMark(content: Uint8Array | undefined): KnownMark {
  if (content === undefined) return { type: 'absent' };
  const marks = [0, 1].flatMap((slot) => {
    const mark = readSlot(content.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
    return mark === undefined ? [] : [mark];
  });
  const [first, second] = marks;
  if (first === undefined) return { type: 'damaged' };
  return { type: 'known', mark: second && second.commit > first.commit ? second : first };
}

function readSlot(slot: Uint8Array): Mark | undefined {
  const end = slot.findLastIndex((byte) => byte !== 0) + 1;
  const text = decodeEntry([SLOT_KEY, slot.subarray(0, end)]);
  return text === undefined ? undefined : markSchema.safeParse(parseJson(text)).data;
}

function slotOf(mark: Mark): Uint8Array {
  const bytes = encodeEntry(SLOT_KEY, JSON.stringify(mark));
  if (bytes.byteLength > SLOT_BYTES) throw new Error(`a mark has ${bytes.byteLength} bytes`);
  const slot = new Uint8Array(SLOT_BYTES);
  slot.set(bytes);
  return slot;
}

/** A mark for the first time, or one that need not fit what was known. */
export async function makeMark(file: MarkFile, mark: Mark): Promise<void> {
  const content = new Uint8Array(2 * SLOT_BYTES);
  content.set(slotOf(mark), (mark.commit % 2) * SLOT_BYTES);
  await file.replace(content);
}

export async function raiseMark(file: MarkFile, mark: Mark): Promise<void> {
  await file.overwrite((mark.commit % 2) * SLOT_BYTES, slotOf(mark));
}
