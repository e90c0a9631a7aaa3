import { existsSync } from 'node:fs';
import path from 'node:path';
import { holdDataFolder } from './data-folder.ts';
import { checkFormat, FORMAT_1_STORE, formatOf, VERSION_FILE, writeFormat } from './data-format.ts';
import { LocalError } from './local-error.ts';
import { describeDiskError, putAside } from './store/disk.ts';
import { isWhole } from './store/examination.ts';
import { makeMark } from './store/mark.ts';
import { markOf } from './store/open-store.ts';
import { type Findings, foundText, judge, markText, refusalOf } from './store/refusal.ts';
import { MARK_FILE, STORE_FOLDER, storePlace } from './store/store-folder.ts';
import { type Look, lookHere } from './store-look.ts';

/**
 * What a person can do about the store of a data folder while no launch runs on it: look at it, go on
 * with an older state that is whole, or put it aside. Nothing here deletes anything. All throw
 * LocalError, and are told how to look at it.
 */

export interface StoreReportText {
  /** What there is, a line each. */
  lines: string[];
  /** Why a launch would refuse it; undefined if it would not. */
  problem: string | undefined;
}

export async function checkStore(dataDir: string, look = lookHere): Promise<StoreReportText> {
  return withFolder(dataDir, async (folder) => {
    const { findings, problem } = await examineFolder(folder, look);
    return { lines: findingLines(findings), problem };
  });
}

/** Makes the state that is there the newest one. Answers what it is. */
export async function acceptStore(dataDir: string, look = lookHere): Promise<string> {
  return withFolder(dataDir, async (folder) => {
    assertNotForeign(folder);
    const { findings, problem } = await examineFolder(folder, look);
    const { store } = findings;
    const found = store?.type === 'examined' ? store.found : undefined;
    if (found?.head === undefined || !isWhole(found)) {
      throw new LocalError(
        `There is no whole state to accept. ${problem ?? `${folder} has no store yet.`}`,
      );
    }
    const { markFile } = storePlace(folder);
    if (judge(findings) !== undefined) {
      const marks = [path.join(folder, MARK_FILE)].filter((file) => existsSync(file));
      if (marks.length > 0) await putAside(folder, marks);
      await makeMark(markFile, markOf(found.head, found.records, undefined));
    }
    await writeFormat(folder);
    return foundText(found);
  });
}

/**
 * Moves the store, its mark and its version into a folder of their own, and answers its path.
 *
 * @param options.force also where a launch can use the store
 */
export async function discardStore(
  dataDir: string,
  { force = false, look = lookHere }: { force?: boolean; look?: Look } = {},
): Promise<string> {
  return withFolder(dataDir, async (folder) => {
    assertNotForeign(folder);
    if (!force) await assertOfNoUse(folder, look);
    const parts = [STORE_FOLDER, MARK_FILE, FORMAT_1_STORE, VERSION_FILE]
      .map((name) => path.join(folder, name))
      .filter((part) => existsSync(part));
    if (parts.length === 0) throw new LocalError(`There is no store in ${folder}.`);
    return putAside(folder, parts);
  });
}

/** Nobody puts a good store aside by mistake, for example that of another folder. */
async function assertOfNoUse(folder: string, look: Look): Promise<void> {
  const { findings, problem } = await examineFolder(folder, look);
  if (problem !== undefined || findings.store === undefined) return;
  throw new LocalError(
    `A launch can use the store in ${folder}. To put it aside all the same, say --force.`,
  );
}

/** What a later build means by its files is not known here. */
function assertNotForeign(folder: string): void {
  if (formatOf(folder) === 'other') checkFormat(folder);
}

async function withFolder<T>(dataDir: string, use: (folder: string) => Promise<T>): Promise<T> {
  const { path: folder, release } = await holdDataFolder(dataDir);
  try {
    return await use(folder);
  } catch (error) {
    if (error instanceof LocalError) throw error;
    throw new LocalError(
      `The store cannot be used: ${await describeDiskError(error, folder)}.`,
      error,
    );
  } finally {
    await release();
  }
}

/** With the reason for which a launch would refuse it. */
async function examineFolder(
  folder: string,
  look: Look,
): Promise<{ findings: Findings; problem: string | undefined }> {
  const findings = await look(folder);
  try {
    checkFormat(folder);
  } catch (error) {
    return { findings, problem: (error as LocalError).message };
  }
  const reason = judge(findings);
  return {
    findings,
    problem: reason && refusalOf(reason, storePlace(folder).folder, findings).message,
  };
}

function findingLines({ known, store }: Findings): string[] {
  const mark = known.type === 'known' ? markText(known.mark) : known.type;
  const held =
    store === undefined
      ? 'absent'
      : store.type === 'unreadable'
        ? `unreadable: ${store.why}`
        : `${foundText(store.found)}${isWhole(store.found) ? ', whole' : ', damaged'}`;
  return [`mark   ${mark}`, `store  ${held}`];
}
