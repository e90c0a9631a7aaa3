import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { checkFormat, FORMAT_1_STORE, VERSION_FILE, writeFormat } from './data-format.ts';
import { LocalError } from './local-error.ts';
import { describeDiskError, isDiskFull } from './store/disk.ts';
import { MARK_FILE, STORE_FOLDER } from './store/store-folder.ts';

/** The folder of one local colony: its store, its registry, its logs. Held by one process at a time. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** The launch before this one was killed: its processes may need a moment to end. */
  readonly lastLaunchWasKilled: boolean;
  /** Lets another launch have it. Happens by itself when this process ends, however it ends. */
  release(): Promise<void>;
}

const LOCK = 'lock';
/** There while a launch runs, and after one that was killed. */
export const RUNNING = 'running';

/**
 * Makes the folder (mode 0700) and takes its lock, for a launch. Throws LocalError when it cannot be
 * written, is held by another launch, is of another format, or is not empty and no data folder.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  try {
    // Before anything is changed in it.
    if (existsSync(absolute)) assertOurs(absolute);
    makeFolder(absolute);
    const letGo = await takeLock(absolute);
    try {
      await writeFormat(absolute);
      const marker = path.join(absolute, RUNNING);
      const lastLaunchWasKilled = existsSync(marker);
      writeFileSync(marker, `${process.pid}\n`);
      return {
        path: absolute,
        lastLaunchWasKilled,
        async release() {
          rmSync(marker, { force: true });
          await letGo();
        },
      };
    } catch (error) {
      await letGo();
      throw error;
    }
  } catch (error) {
    throw await asLocalError(error, absolute);
  }
}

/**
 * Takes the lock of a folder that is there, to look at it or to mend it, whatever its format. Throws
 * LocalError when there is none, or a launch holds it.
 */
export async function holdDataFolder(
  folder: string,
): Promise<Pick<DataFolder, 'path' | 'release'>> {
  const absolute = path.resolve(folder);
  if (!existsSync(absolute) || !isDataFolder(absolute)) {
    throw new LocalError(`${absolute} is no data folder of a colony.`);
  }
  try {
    return { path: absolute, release: await takeLock(absolute) };
  } catch (error) {
    throw await asLocalError(error, absolute);
  }
}

/** A lock of ours is a LevelDB store: other people's folders have something named so too. */
const OUR_LOCK = path.join(LOCK, 'CURRENT');

export const isDataFolder = (folder: string): boolean =>
  [OUR_LOCK, VERSION_FILE, STORE_FOLDER, MARK_FILE, FORMAT_1_STORE].some((name) =>
    existsSync(path.join(folder, name)),
  );

function assertOurs(folder: string): void {
  if (readdirSync(folder).length > 0 && !isDataFolder(folder)) {
    throw new LocalError(
      `${folder} is not empty and no data folder of a colony: choose another one with --data-dir.`,
    );
  }
  checkFormat(folder);
}

function makeFolder(folder: string): void {
  makeWithParents(folder);
  chmodSync(folder, 0o700);
  const probe = path.join(folder, `.probe-${process.pid}`);
  writeFileSync(probe, '');
  rmSync(probe);
}

/**
 * `mkdir` with `recursive` does not return where a folder that exists answers ENOENT, as /proc does
 * (Node 20 and 24): so each folder is made by itself.
 */
function makeWithParents(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  for (const at of missing) {
    try {
      mkdirSync(at, { mode: 0o700 });
    } catch (error) {
      // Somebody else may make it at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(at).isDirectory()) {
        throw error;
      }
    }
  }
}

/**
 * The lock is the one that LevelDB takes on a store: the system drops it with the process. Nothing is
 * kept in that store, so that one which is damaged is made anew.
 */
async function takeLock(folder: string): Promise<() => Promise<void>> {
  const location = path.join(folder, LOCK);
  const lock = new ClassicLevel(location);
  try {
    await lock.open();
  } catch (error) {
    assertNotLocked(error, folder);
    try {
      await ClassicLevel.destroy(location);
      await lock.open();
    } catch (again) {
      assertNotLocked(again, folder);
      throw (again as Error).cause ?? again;
    }
  }
  return () => lock.close();
}

/** Another launch holds the folder, or somebody who looks at its store. */
export class FolderInUse extends LocalError {}

function assertNotLocked(error: unknown, folder: string): void {
  const { cause } = error as { cause?: { code?: string } };
  if (cause?.code !== 'LEVEL_LOCKED') return;
  throw new FolderInUse(
    `The data folder ${folder} is in use by another launch: end that one, or choose another folder with --data-dir.`,
    error,
  );
}

async function asLocalError(error: unknown, folder: string): Promise<LocalError> {
  if (error instanceof LocalError) return error;
  if (isDiskFull(error)) {
    const why = await describeDiskError(error, folder);
    return new LocalError(`The data folder cannot be written: ${why}.`, error);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return new LocalError(
    `The data folder ${folder} cannot be written (${code ?? message}): choose another one with --data-dir.`,
    error,
  );
}
