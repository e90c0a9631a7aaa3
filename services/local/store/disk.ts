import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';

/** What stores need of a file system beside files. */

/** Has the system write a folder's list of names to the disk, where it can be asked to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
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
/** LevelDB's log and the files that it makes of it; the copy that is looked at comes on top. */
const NEEDED_BYTES = 16 * 1024 * 1024;

export const isDiskFull = (error: unknown): boolean =>
  FULL.test(error instanceof Error ? error.message : String(error));

/** Why the disk failed, in words; says how much space there is where that is the reason. */
export async function describeDiskError(error: unknown, folder: string): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  if (!isDiskFull(error)) return `${folder}: ${message}`;
  return `no space is left for ${folder} (ENOSPC): ${await freeSpace(folder)} free, ${mebibytes(NEEDED_BYTES)} needed`;
}

async function freeSpace(folder: string): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return mebibytes(bavail * bsize);
  } catch {
    return 'unknown';
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
