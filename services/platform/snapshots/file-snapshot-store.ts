import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ColonyError } from '../../protocol/common/errors.ts';
import {
  byKey,
  checkFolder,
  checkKey,
  checkRange,
  objectTooLarge,
  objectTooShort,
  plainBytes,
  type SnapshotInfo,
  type SnapshotStore,
} from './snapshot-store.ts';

/** The folder of snapshots in a data folder. */
export const snapshotsFolder = (dataDir: string): string => join(dataDir, 'snapshots');

/** Of unfinished files: no key begins with a dot. */
const TEMPORARY = '.unfinished-';
/** An unfinished file of this age is nobody's any more. */
const LEFT_OVER_MS = 3_600_000;
/** A folder may be tidied away by somebody else between its making and its use. */
const ATTEMPTS = 20;

/**
 * Objects as files under their keys, for their owner only. A file is written whole under a
 * temporary name, forced to disk, and then linked to its own, which fails if that is taken.
 */
export class FileSnapshotStore implements SnapshotStore {
  readonly #root: string;
  readonly #epochMs: () => number;
  readonly #open: typeof open;
  #sweptMs = Number.NEGATIVE_INFINITY;

  /** @param o.open of node:fs/promises: tests have disks that are full */
  constructor(root: string, o: { epochMs?: () => number; open?: typeof open } = {}) {
    this.#root = root;
    this.#epochMs = o.epochMs ?? Date.now;
    this.#open = o.open ?? open;
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    const file = join(this.#root, key);
    const temporary = join(this.#root, `${TEMPORARY}${randomUUID()}`);
    return this.#mapErrors(async () => {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      await this.#sweep();
      try {
        await this.#writeWhole(temporary, bytes);
        const isNew = await linkTo(temporary, file);
        if (isNew) await syncFolders(dirname(file), this.#root);
        return isNew;
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    return this.#read(key, async (handle) => {
      const { size } = await handle.stat();
      if (size > maxBytes) throw objectTooLarge(key, size, maxBytes);
      return plainBytes(await handle.readFile());
    });
  }

  async getRange(
    key: string,
    offset: number,
    lengthBytes: number,
  ): Promise<Uint8Array | undefined> {
    checkRange(offset, lengthBytes);
    return this.#read(key, async (handle) => {
      const { size } = await handle.stat();
      if (size < offset + lengthBytes) throw objectTooShort(key, offset, lengthBytes);
      const bytes = new Uint8Array(lengthBytes);
      for (let at = 0; at < lengthBytes; ) {
        const { bytesRead } = await handle.read(bytes, at, lengthBytes - at, offset + at);
        if (bytesRead === 0) throw objectTooShort(key, offset, lengthBytes);
        at += bytesRead;
      }
      return bytes;
    });
  }

  async list(folder: string): Promise<SnapshotInfo[]> {
    checkFolder(folder);
    return this.#mapErrors(async () => (await this.#below(folder)).sort(byKey));
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#mapErrors(async () => {
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
        if (info !== undefined) {
          found.push({ key, sizeBytes: info.size, modifiedMs: Math.trunc(info.mtimeMs) });
        }
      }
    }
    return found;
  }

  async #read<T>(key: string, reading: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
    checkKey(key);
    return this.#mapErrors(async () => {
      const handle = await absentAs(undefined, this.#open(join(this.#root, key), 'r'));
      if (handle === undefined) return undefined;
      try {
        return await reading(handle);
      } finally {
        await handle.close();
      }
    });
  }

  async #writeWhole(file: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.#open(file, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes what processes left that were killed while they wrote. */
  async #sweep(): Promise<void> {
    const nowMs = this.#epochMs();
    if (nowMs - this.#sweptMs < LEFT_OVER_MS) return;
    this.#sweptMs = nowMs;
    for (const name of await readdir(this.#root)) {
      if (!name.startsWith(TEMPORARY)) continue;
      const file = join(this.#root, name);
      const info = await absentAs(undefined, stat(file));
      if (info !== undefined && nowMs - info.mtimeMs >= LEFT_OVER_MS)
        await rm(file, { force: true });
    }
  }

  /** A full disk, missing rights and the like. */
  async #mapErrors<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (code === '' || error instanceof ColonyError) throw error;
      const meaning = MEANINGS[code];
      const what =
        meaning === undefined
          ? `the files in ${this.#root} cannot be used: ${message}`
          : `${meaning(this.#root)}: ${message}`;
      throw new ColonyError('STORE_UNAVAILABLE', what, { cause: error });
    }
  }
}

const isFull = (root: string) => `the disk of ${root} is full`;
const isReadOnly = (root: string) => `${root} must not be written to by this process`;
const MEANINGS: Readonly<Record<string, (root: string) => string>> = {
  ENOSPC: isFull,
  EDQUOT: isFull,
  EROFS: isReadOnly,
  EACCES: isReadOnly,
  EPERM: isReadOnly,
};

/** The names on the way to an object are on disk, too: a record may point at it next. */
async function syncFolders(from: string, root: string): Promise<void> {
  for (let folder = from; folder.length >= root.length; folder = dirname(folder)) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
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
