import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FolderInUse, holdDataFolder, isDataFolder, RUNNING } from './data-folder.ts';
import { checkFormat } from './data-format.ts';
import { LocalError } from './local-error.ts';

/** What there is of a data folder. */
export interface FolderLook {
  /** Absolute. */
  path: string;
  is: 'absent' | 'empty' | 'foreign' | 'ours';
  /** Why nothing can be written there, or where it would be made: EACCES, for example. */
  unwritable?: string;
  /** Why a launch would refuse its format. */
  formatProblem?: string;
  /** Who holds its lock; `pid` is that of the launch, where it is known. */
  heldBy?: { pid?: number };
}

/**
 * Looks at a folder that may be none, and changes nothing that is stored in it. It holds the lock for a moment
 * where nobody else does.
 */
export async function lookAtFolder(folder: string): Promise<FolderLook> {
  const absolute = path.resolve(folder);
  const unwritable = whyUnwritable(absolute);
  const seen = { path: absolute, ...(unwritable !== undefined && { unwritable }) };
  if (!existsSync(absolute)) return { ...seen, is: 'absent' };
  if (!isDataFolder(absolute)) return { ...seen, is: isEmpty(absolute) ? 'empty' : 'foreign' };
  const formatProblem = whyRefused(absolute);
  // Taking a lock writes.
  const heldBy = unwritable === undefined ? await holderOf(absolute) : undefined;
  return {
    ...seen,
    is: 'ours',
    ...(formatProblem !== undefined && { formatProblem }),
    ...(heldBy !== undefined && { heldBy }),
  };
}

/** Of the folder, or of the nearest one above it that is there. */
function whyUnwritable(folder: string): string | undefined {
  let at = folder;
  while (!existsSync(at)) at = path.dirname(at);
  try {
    accessSync(at, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** What is no folder, or cannot be read, is not empty. */
function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

function whyRefused(folder: string): string | undefined {
  try {
    checkFormat(folder);
    return undefined;
  } catch (error) {
    if (error instanceof LocalError) return error.message;
    throw error;
  }
}

async function holderOf(folder: string): Promise<FolderLook['heldBy']> {
  try {
    await (await holdDataFolder(folder)).release();
    return undefined;
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    const marker = path.join(folder, RUNNING);
    const pid = existsSync(marker) ? Number.parseInt(readFileSync(marker, 'utf8'), 10) : 0;
    return pid > 0 ? { pid } : {};
  }
}
