import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Inputs that once led to a failure, a file each, by target. */
export interface Corpus {
  /** The path of the folder from the root of the repository. */
  readonly folder: string;
  /** Sorted by name. */
  readonly inputs: readonly { file: string; bytes: Uint8Array }[];
}

const folderOf = (target: string): string => path.join('test', 'fuzz', 'corpus', target);

export function readCorpus(target: string): Corpus {
  const folder = folderOf(target);
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return {
    folder,
    inputs: files.map((name) => {
      const file = path.join(folder, name);
      return { file, bytes: new Uint8Array(readFileSync(file)) };
    }),
  };
}

/** Adds an input; answers its file, named by its hash. */
export function addToCorpus(target: string, input: Uint8Array): string {
  const folder = folderOf(target);
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(input).digest('hex').slice(0, 16);
  const file = path.join(folder, name);
  writeFileSync(file, input);
  return file;
}
