import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LocalError } from './local-error.ts';
import { replaceFile } from './store/disk.ts';
import { MARK_FILE, STORE_FOLDER } from './store/store-folder.ts';

/**
 * The format of a data folder, in its file `version`. Format 1 had no such file, and its store in
 * `dynamo`.
 */
const FORMAT = 2;
export const VERSION_FILE = 'version';
export const FORMAT_1_STORE = 'dynamo';

const TEXT = /^distributed-colony data folder, format ([1-9]\d{0,5})\n$/;

const OTHER_FOLDER = 'choose another folder with --data-dir';

export type FolderFormat =
  | 'ours'
  /** Nothing is stored yet. */
  | 'new'
  /** The file that says it is missing or damaged. */
  | 'unknown'
  | 'older'
  /** Of a later build, as far as this one can know. */
  | 'other';

export function formatOf(folder: string): FolderFormat {
  const text = readVersion(folder);
  if (text !== undefined) {
    const format = TEXT.exec(text)?.[1];
    if (format === undefined) return 'unknown';
    return Number(format) === FORMAT ? 'ours' : 'other';
  }
  const has = (name: string) => existsSync(path.join(folder, name));
  if (has(FORMAT_1_STORE)) return 'older';
  return has(STORE_FOLDER) || has(MARK_FILE) ? 'unknown' : 'new';
}

/** Throws LocalError if a launch of this build must not use what is in the folder. Changes nothing. */
export function checkFormat(folder: string): void {
  const text = readVersion(folder);
  const problems: Partial<Record<FolderFormat, string>> = {
    unknown: `The file ${VERSION_FILE} of the data folder ${folder}, which says its format, is ${text === undefined ? 'missing' : `damaged: ${JSON.stringify(text.slice(0, 80))}`}. Nothing was changed. \`npm run colony -- store accept --data-dir ${folder}\` writes it anew if the store is whole`,
    older: `The data folder ${folder} was made by an earlier build, which kept its store in ${FORMAT_1_STORE}. Nothing was changed. Use that build, or ${OTHER_FOLDER}; \`npm run colony -- store discard --data-dir ${folder}\` puts the old store aside for a new colony`,
    other: `The data folder ${folder} says: ${text?.trim()}; this build has format ${FORMAT}. Nothing was changed. Use the build that wrote it, or ${OTHER_FOLDER}`,
  };
  const problem = problems[formatOf(folder)];
  if (problem !== undefined) throw new LocalError(`${problem}.`);
}

function readVersion(folder: string): string | undefined {
  const file = path.join(folder, VERSION_FILE);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Marks a folder as one of this build. */
export async function writeFormat(folder: string): Promise<void> {
  const file = path.join(folder, VERSION_FILE);
  const text = `distributed-colony data folder, format ${FORMAT}\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) await replaceFile(file, text);
}
