import type { FolderLook } from '../../local/folder-look.ts';
import { COORDINATOR_OPTIONS } from '../../platform/config/coordinator-config.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { sizeText } from './machine-findings.ts';

/** What is judged of a data folder; all pure. */

const OTHER = 'choose another one with --data-dir';

export function folderFinding({
  path,
  is,
  unwritable,
  formatProblem,
  heldBy,
}: FolderLook): Finding {
  const check = 'data folder';
  if (unwritable !== undefined) {
    return problem(
      check,
      `${path} cannot be written (${unwritable})`,
      `give it to the user who launches, or ${OTHER}`,
    );
  }
  if (is === 'foreign') {
    return problem(check, `${path} is not empty and no data folder of a colony`, OTHER);
  }
  if (is === 'absent') return ok(check, `${path} is not there yet: a launch makes it`);
  if (is === 'empty') return ok(check, `${path} is empty: a launch uses it`);
  // It says what to do itself.
  if (formatProblem !== undefined) return problem(check, ...inTwo(formatProblem));
  if (heldBy === undefined) return ok(check, `${path} is writable, no launch holds it`);
  const who = heldBy.pid === undefined ? 'another process' : `the launch with pid ${heldBy.pid}`;
  return ok(check, `${path} is writable, and held by ${who}`);
}

/** What a look at the store of the folder came to; undefined if none was possible. */
export type StoreLook = { lines: string[]; problem: string | undefined } | undefined;

export function storeFinding(folder: FolderLook, look: StoreLook): Finding {
  if (folder.heldBy !== undefined) return ok('store', 'in use by the launch, which looks after it');
  if (folder.is !== 'ours') return ok('store', 'there is none yet');
  if (look === undefined) {
    return warning('store', 'it cannot be looked at', 'see what is said of the data folder');
  }
  if (look.problem !== undefined) return problem('store', ...inTwo(look.problem));
  return ok('store', look.lines.at(-1)?.replace(/^store +/, '') ?? 'a launch can use it');
}

const NOTHING_CHANGED = / Nothing was changed\. /;

/** Refusals of a launch say what is wrong, that nothing was changed, and what to do. */
function inTwo(refusal: string): [says: string, remedy: string] {
  const [says = '', remedy = 'see docs/operations.md'] = refusal
    .split(NOTHING_CHANGED)
    .map((part) => part.replace(/\.$/, ''));
  return [says, remedy];
}

export interface Disk {
  freeBytes: number;
  /** What the folder's checkpoints take already. */
  checkpointBytes: number;
}

/** At the most, see docs/operations.md. */
const BYTES_PER_CELL = 2.3;
const BUDGETS = 2;
const BEYOND_BUDGETS = 8;
/** Logs, two of 10 MB for each process, and the store with the copy that is looked at. */
const BESIDE_BYTES = 200e6;

/** Whether there is room for what checkpoints grow to, and for the next ones. */
export function diskFinding(
  { freeBytes, checkpointBytes }: Disk,
  { width, height }: { width: number; height: number },
): Finding {
  const one = width * height * BYTES_PER_CELL;
  const most = BUDGETS * COORDINATOR_OPTIONS.checkpointBudgetBytes.default.value;
  const toCome = Math.max(0, most + BEYOND_BUDGETS * one - checkpointBytes) + BESIDE_BYTES;
  const free = `${sizeText(freeBytes)} are free`;
  if (freeBytes < 2 * one) {
    return problem(
      'disk',
      `${free}, the next two checkpoints need ${sizeText(2 * one)}`,
      'make room, or choose a folder on another disk with --data-dir',
    );
  }
  if (freeBytes < toCome) {
    return warning(
      'disk',
      `${free}, the folder may grow by ${sizeText(toCome)}`,
      'make room, or choose a folder on another disk with --data-dir',
    );
  }
  return ok('disk', `${free}, the folder may grow by ${sizeText(toCome)}`);
}
