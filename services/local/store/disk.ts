import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

/** What stores need of a file system beside files. */

/** What systems and file systems say that cannot sync a folder. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM', 'EISDIR']);

/** Has the system write a folder's list of names to the disk, where it can be asked to. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Writes a file as a whole, by a temporary name and a rename; on the disk when it resolves. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.new`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Moves files and folders into a new folder `aside-N` in `parent`; answers its path. */
export async function putAside(parent: string, paths: readonly string[]): Promise<string> {
  for (let n = 1; ; n++) {
    const aside = path.join(parent, `aside-${n}`);
    try {
      await mkdir(aside, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    for (const from of paths) await rename(from, path.join(aside, path.basename(from)));
    await syncFolder(parent);
    return aside;
  }
}

const FULL = /ENOSPC|EDQUOT|no space left|quota exceeded/i;
/** LevelDB's log and the table that it makes of it, in the store and in the copy that is looked at. */
const LOG_AND_TABLE_BYTES = 8 * 1024 * 1024;

export const isDiskFull = (error: unknown): boolean =>
  FULL.test(error instanceof Error ? error.message : String(error));

/** Why the disk failed, in words; says how much space there is where that is the reason. */
export async function describeDiskError(error: unknown, folder: string): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  if (!isDiskFull(error)) return `${folder}: ${message}`;
  const free = await freeBytes(folder).then(mebibytes, () => 'unknown');
  const needed = LOG_AND_TABLE_BYTES + (await sizeOf(folder).catch(() => 0));
  return `no space is left for ${folder} (ENOSPC): ${free} free, ${mebibytes(needed)} needed`;
}

/** Throws ENOSPC where a copy of a folder's files does not fit, before it takes what room there is. */
export async function assertRoomForCopy(folder: string): Promise<void> {
  if ((await freeBytes(folder)) >= (await sizeOf(folder))) return;
  throw Object.assign(new Error('ENOSPC: no space left for a copy'), { code: 'ENOSPC' });
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Of the files in a folder, in bytes. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await readdir(folder)) bytes += (await stat(path.join(folder, file))).size;
  return bytes;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
