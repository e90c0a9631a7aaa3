import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { LocalError } from './local-error.ts';

/** The folder of one local colony: its store, its registry, its logs. Held by one launch at a time. */
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
const RUNNING = 'running';

/**
 * Makes the folder (mode 0700) and takes its lock. Throws LocalError when it cannot be written, is
 * held by another launch, or is not empty and no data folder.
 *
 * The lock is the one that LevelDB takes on a store: the system drops it with the process.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const absolute = path.resolve(folder);
  makeFolder(absolute);
  const lock = new ClassicLevel(path.join(absolute, LOCK));
  try {
    await lock.open();
  } catch (error) {
    if (causeCode(error) === 'LEVEL_LOCKED') {
      throw new LocalError(
        `The data folder ${absolute} is in use by another launch: end that one, or choose another folder with --data-dir.`,
        error,
      );
    }
    throw new LocalError(`The data folder ${absolute} cannot be locked: ${error}.`, error);
  }
  const marker = path.join(absolute, RUNNING);
  const lastLaunchWasKilled = existsSync(marker);
  writeFileSync(marker, `${process.pid}\n`);
  return {
    path: absolute,
    lastLaunchWasKilled,
    async release() {
      rmSync(marker, { force: true });
      await lock.close();
    },
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const entries = readdirSync(folder);
    if (entries.length > 0 && !existsSync(path.join(folder, LOCK))) {
      throw new LocalError(
        `${folder} is not empty and no data folder of a colony: choose another one with --data-dir.`,
      );
    }
    chmodSync(folder, 0o700);
    const probe = path.join(folder, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    if (error instanceof LocalError) throw error;
    throw new LocalError(
      `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}): choose another one with --data-dir.`,
      error,
    );
  }
}

function causeCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return (cause as { code?: string } | undefined)?.code;
}
