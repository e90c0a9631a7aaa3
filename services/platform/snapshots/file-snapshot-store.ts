import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ColonyError } from '../../protocol/common/errors.ts';
import {
  byKey,
  checkFolder,
  checkKey,
  objectTooLarge,
  plainBytes,
  type SnapshotInfo,
  type SnapshotStore,
} from './snapshot-store.ts';

/** Of unfinished files: no key begins with a dot. */
const TEMPORARY = '.unfinished-';
/** A folder may be tidied away by somebody else between its making and its use. */
const ATTEMPTS = 20;

/**
 * Objects as files under their keys, for their owner only. A file is written whole under a
 * temporary name, forced to disk, and then linked to its own, which fails if that is taken.
 */
export class FileSnapshotStore implements SnapshotStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    const file = join(this.#root, key);
    const temporary = join(this.#root, `${TEMPORARY}${randomUUID()}`);
    return mapErrors(async () => {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      try {
        await writeWhole(temporary, bytes);
        return await linkTo(temporary, file);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    const handle = await mapErrors(() => absentAs(undefined, open(join(this.#root, key), 'r')));
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw objectTooLarge(key, size, maxBytes);
      return plainBytes(await mapErrors(() => handle.readFile()));
    } finally {
      await handle.close();
    }
  }

  async list(folder: string): Promise<SnapshotInfo[]> {
    checkFolder(folder);
    return mapErrors(async () => (await this.#below(folder)).sort(byKey));
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await mapErrors(async () => {
      await rm(join(this.#root, key), { force: true });
      // Folders are no objects: an empty one would be all that is left.
      for (let folder = dirname(key); folder !== '.'; folder = dirname(folder)) {
        const isGone = await rmdir(join(this.#root, folder)).then(
          () => true,
          () => false,
        );
        if (!isGone) return;
      }
    });
  }

  async #below(folder: string): Promise<SnapshotInfo[]> {
    const found: SnapshotInfo[] = [];
    const entries = await absentAs([], readdir(join(this.#root, folder), { withFileTypes: true }));
    for (const entry of entries) {
      const key = `${folder}${entry.name}`;
      if (entry.isDirectory()) found.push(...(await this.#below(`${key}/`)));
      else if (entry.isFile() && !entry.name.startsWith('.')) {
        const info = await absentAs(undefined, stat(join(this.#root, key)));
        if (info !== undefined) found.push({ key, sizeBytes: info.size });
      }
    }
    return found;
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** false: the name is taken. */
async function linkTo(temporary: string, file: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Fails too, if a folder on the way goes while the next one is made.
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await link(temporary, file);
      return true;
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' && syscall === 'link') return false;
      if (code !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

async function absentAs<A, T>(absent: A, reading: Promise<T>): Promise<A | T> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      return absent;
    throw error;
  }
}

/** A full disk, missing rights and the like. */
async function mapErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ColonyError('STORE_UNAVAILABLE', `the files cannot be used: ${message}`, {
      cause: error,
    });
  }
}
