import path from 'node:path';
import { z } from 'zod';
import { type Examination, examinationSchema, isWhole } from './examination.ts';
import { knownMarkSchema, type Mark, type RecordMark } from './mark.ts';

/**
 * Why a store is not opened:
 *
 * - gone: its mark is there, the store is not
 * - unmarked: the store is there, its mark is missing or damaged
 * - unreadable: the engine's own files are damaged or missing
 * - damaged: entries were lost, changed, or came back
 * - behind: it is whole and older than its mark, or of another lineage than the one that the mark is of
 */
export type RefusalReason = 'gone' | 'unmarked' | 'unreadable' | 'damaged' | 'behind';

/** One line for people: what was found, what is known, what to do. Nothing was changed. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What a look at a store found; `store` is undefined where there is none. */
export const findingsSchema = z.object({
  known: knownMarkSchema,
  store: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('examined'), found: examinationSchema }),
      z.object({ type: z.literal('unreadable'), why: z.string() }),
    ])
    .or(z.undefined()),
});
export type Findings = z.infer<typeof findingsSchema>;

/** With some damage an assertion of LevelDB ends the process, which has only looked at a copy then. */
export const ENDED_BY_ENGINE = 'LevelDB ended the look at it';

/** Why a store must not be opened; undefined if it may be, or may be made. Pure. */
export function judge({ known, store }: Findings): RefusalReason | undefined {
  const mark = known.type === 'known' ? known.mark : undefined;
  if (store === undefined)
    return known.type === 'absent' || mark?.commit === 0 ? undefined : 'gone';
  if (mark === undefined) return 'unmarked';
  // It was being made when its process ended: nobody was told of anything in it.
  if (mark.commit === 0 && !isStored(store)) return undefined;
  if (store.type === 'unreadable') return 'unreadable';
  const { found } = store;
  if (!isWhole(found) || found.head === undefined) return 'damaged';
  const { storeId, commit, sum } = found.head;
  // Ahead by one is a process that ended between a write and its mark.
  const fits = commit === mark.commit || commit === mark.commit + 1;
  if (storeId !== mark.storeId || !fits) return 'behind';
  return commit === mark.commit && sum !== mark.sum ? 'behind' : undefined;
}

const isStored = (store: NonNullable<Findings['store']>): boolean =>
  store.type === 'examined' && (store.found.head !== undefined || store.found.entries > 0);

/** What a person types to do something about the store in `folder`. */
const careOf = (folder: string, what: 'accept' | 'discard'): string =>
  `\`npm run colony -- store ${what} --data-dir ${path.dirname(folder)}\``;

const doIfWhole = (folder: string): string =>
  `Nothing was changed. If you have a copy of the data folder, put it back; else ${careOf(folder, 'accept')} goes on with the state that is there, and ${careOf(folder, 'discard')} puts it aside for a new colony.`;
const doIfNot = (folder: string): string =>
  `Nothing was changed. If you have a copy of the data folder, put it back; else ${careOf(folder, 'discard')} puts what is left aside for a new colony.`;

/** The refusal in words, for the store in `folder`. */
export function refusalOf(reason: RefusalReason, folder: string, findings: Findings): StoreRefusal {
  const { known, store } = findings;
  const mark = known.type === 'known' ? known.mark : undefined;
  const acknowledged = mark === undefined ? '' : ` Known of it: ${markText(mark)}.`;
  const found = store?.type === 'examined' ? store.found : undefined;
  const texts: Record<RefusalReason, () => string> = {
    gone: () => `The store ${folder} is gone, and there was one.${acknowledged} ${doIfNot(folder)}`,
    unmarked: () =>
      `The mark beside the store ${folder} is ${known.type === 'absent' ? 'missing' : 'damaged'}: whether the store is the newest one cannot be told.${found ? ` Found: ${foundText(found)}.` : ''} ${found && isWhole(found) ? doIfWhole(folder) : doIfNot(folder)}`,
    unreadable: () =>
      `The store ${folder} cannot be read: ${store?.type === 'unreadable' ? store.why : ''}.${acknowledged} ${doIfNot(folder)}`,
    damaged: () =>
      `The store ${folder} is damaged: ${damageText(found)}.${acknowledged} ${doIfNot(folder)}`,
    behind: () =>
      `The store ${folder} ${behindText(found, mark)}. Found: ${found ? foundText(found) : ''}.${acknowledged} ${doIfWhole(folder)}`,
  };
  return new StoreRefusal(reason, texts[reason]());
}

/** The refusal of a store whose files the engine cannot read. */
export const unreadable = (folder: string, why: string): StoreRefusal =>
  refusalOf('unreadable', folder, {
    known: { type: 'absent' },
    store: { type: 'unreadable', why },
  });

function behindText(found: Examination | undefined, mark: Mark | undefined): string {
  const missing = (mark?.commit ?? 0) - (found?.head?.commit ?? 0);
  return found?.head?.storeId === mark?.storeId && missing > 0
    ? `has lost its last ${missing === 1 ? 'write' : `${missing} writes`}`
    : 'is not the one that was last written here';
}

function damageText(found: Examination | undefined): string {
  if (found === undefined) return '';
  const { head, entries, damaged, damagedKeys } = found;
  const parts = [
    ...(damaged > 0
      ? [
          `${counted(damaged, 'entry does', 'entries do')} not fit the check (${damagedKeys.join(', ')})`,
        ]
      : []),
    head === undefined
      ? `its head is missing, ${counted(entries, 'entry', 'entries')} found`
      : `${entries} of ${counted(head.entries, 'entry', 'entries')} found${entries === head.entries ? ', with another sum' : ''}`,
  ];
  return parts.join('; ');
}

/** What a store holds, in words. */
export function foundText({ head, entries, records }: Examination): string {
  const commit = head === undefined ? 'no commit' : `commit ${head.commit}`;
  return [commit, counted(entries, 'entry', 'entries'), ...records.map(recordText)].join(', ');
}

/** What a mark says, in words. */
export function markText({ commit, record }: Mark): string {
  const last = record === undefined ? '' : `, last ${recordText(record)}`;
  return `commit ${commit}${last}`;
}

function recordText(record: RecordMark): string {
  const { colonyName, status, colonyInstanceId, generation, epoch, revision } = record;
  const instance = colonyInstanceId === undefined ? '' : ` instance ${colonyInstanceId}`;
  return `record of ${colonyName}: ${status}${instance} generation ${generation} epoch ${epoch} revision ${revision}`;
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
