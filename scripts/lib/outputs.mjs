// Puts files in place so that whoever reads or writes the same ones at the same time is not disturbed: a
// running colony may start a child from one of them right now, and another build may be under way.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

const TEMPORARY = '.tmp';
/** A temporary file that is older was left by a build that was killed. */
const LEFT_BEHIND_MS = 60 * 60 * 1000;

/** Writes a file, unless it has that content already, by a temporary name and a rename. */
export async function putFile(file, contents) {
  const old = await readFile(file).catch(() => undefined);
  if (old?.equals(Buffer.from(contents))) return;
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(8).toString('hex')}${TEMPORARY}`;
  try {
    await writeFile(temporary, contents);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/**
 * Removes all files below a folder but those to keep, and but the temporary ones of others.
 *
 * @param keep paths relative to the folder.
 */
export async function removeAllBut(folder, keep) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    if (keep.has(path.relative(folder, file))) continue;
    if (file.endsWith(TEMPORARY)) {
      const found = await stat(file).catch(() => undefined);
      if (found === undefined || Date.now() - found.mtimeMs < LEFT_BEHIND_MS) continue;
    }
    await rm(file, { force: true });
  }
}
