import { isDeepStrictEqual } from 'node:util';
import { type Engine, EngineDamaged, EngineLocked, type EngineSource } from './engine.ts';
import { sumText } from './entry.ts';
import { examine, type Head, headEntry, readHead } from './examination.ts';
import {
  type Mark,
  type MarkFile,
  makeMark,
  type RecordMark,
  raiseMark,
  readMark,
} from './mark.ts';
import { type Findings, judge, refusalOf } from './refusal.ts';

/** The places of a store on a disk. */
export interface StorePlace {
  /** For words. */
  folder: string;
  source: EngineSource;
  markFile: MarkFile;
}

export interface OpenedStore {
  engine: Engine;
  head: Head;
  mark: Mark;
}

export interface OpeningOptions {
  /** The id of a store that is made where there was none; absent where one must be there. */
  makeId?: () => string;
  /** What this process has acknowledged, if anything: the file may have lost it. */
  acknowledged?: Mark | undefined;
  /** Runs once the store is known to be good, before it is opened. */
  beforeOpening?: () => Promise<void>;
  /** Told how many entries were looked at so far. */
  onLooked?: (entries: number) => void;
}

/** How often it is looked at again when another process has written meanwhile. */
const LOOKS_MAX = 3;

const EMPTY_SUM = sumText(0n);

/**
 * Opens a store, or makes it where there was none. It is looked at in a copy before: opening would
 * already let the engine drop what it cannot read. Throws StoreRefusal, or what the disk said.
 *
 *     make:  mark at commit 0 ─▶ engine ─▶ head at commit 1 ─▶ mark at commit 1
 *
 * so that whatever is left by a process that ends in between is known to be nobody's.
 */
export async function openStore(place: StorePlace, options: OpeningOptions): Promise<OpenedStore> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const opened = await openAsFound(place, options);
    if (opened !== undefined) return opened;
  }
  throw new EngineLocked('another process writes to it');
}

/**
 * Answers undefined if a store was written to between the look and the opening, which takes its lock: the
 * process of a launch that was killed may have had a batch under way.
 */
async function openAsFound(
  place: StorePlace,
  { makeId, acknowledged, beforeOpening = async () => {}, onLooked }: OpeningOptions,
): Promise<OpenedStore | undefined> {
  const seen = await lookAt(place, onLooked);
  const findings = withMemory(seen, acknowledged);
  const isMissing = findings.store === undefined && makeId === undefined;
  const reason = isMissing ? 'gone' : judge(findings);
  if (reason !== undefined) throw refusalOf(reason, place.folder, findings);
  const { known, store } = findings;
  await beforeOpening();
  const head = store?.type === 'examined' ? store.found.head : undefined;
  const mark = known.type === 'known' ? known.mark : undefined;
  if (head === undefined) {
    if (makeId === undefined) throw new Error('a store that was open has no head');
    return makeStore(place, mark, makeId);
  }

  const { source, markFile } = place;
  const engine = await source.open();
  try {
    const isAsSeen =
      isDeepStrictEqual(await readHead(engine), head) &&
      isDeepStrictEqual(readMark(await markFile.read()), seen.known);
    if (!isAsSeen) {
      await engine.close();
      return undefined;
    }
    if (mark?.commit === head.commit) return { engine, head, mark };
    // The process ended between a write and its mark.
    const records = store?.type === 'examined' ? store.found.records : [];
    const raised = markOf(head, records, mark);
    await raiseMark(markFile, raised);
    return { engine, head, mark: raised };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** What this process acknowledged counts, whatever became of the mark's file. */
function withMemory({ known, store }: Findings, acknowledged: Mark | undefined): Findings {
  const isForgotten =
    known.type === 'known'
      ? acknowledged !== undefined && known.mark.commit < acknowledged.commit
      : store === undefined;
  return isForgotten && acknowledged !== undefined
    ? { known: { type: 'known', mark: acknowledged }, store }
    : { known, store };
}

/** Finds out what is there, and changes nothing. */
export async function lookAt(
  { source, markFile }: StorePlace,
  onLooked?: (entries: number) => void,
): Promise<Findings> {
  const known = readMark(await markFile.read());
  if (!(await source.isThere())) return { known, store: undefined };
  try {
    const copy = await source.openCopy();
    try {
      return { known, store: { type: 'examined', found: await examine(copy, onLooked) } };
    } finally {
      await copy.close();
    }
  } catch (error) {
    if (!(error instanceof EngineDamaged)) throw error;
    return { known, store: { type: 'unreadable', why: error.message } };
  }
}

async function makeStore(
  { source, markFile }: StorePlace,
  begun: Mark | undefined,
  makeId: () => string,
): Promise<OpenedStore> {
  const storeId = begun?.storeId ?? makeId();
  if (begun === undefined) await makeMark(markFile, { storeId, commit: 0, sum: EMPTY_SUM });
  const engine = await source.create();
  try {
    const head: Head = { storeId, commit: 1, entries: 0, sum: EMPTY_SUM };
    await engine.write([headEntry(head)]);
    const mark: Mark = { storeId, commit: 1, sum: EMPTY_SUM };
    await raiseMark(markFile, mark);
    return { engine, head, mark };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** The mark of what a store holds; it names the same colony as the mark before, or any. */
export function markOf(
  { storeId, commit, sum }: Head,
  records: readonly RecordMark[],
  before: Mark | undefined,
): Mark {
  const named = records.find(({ colonyName }) => colonyName === before?.record?.colonyName);
  const record = named ?? records[0];
  return { storeId, commit, sum, ...(record !== undefined && { record }) };
}
