import type { TaskState } from '../../platform/compute/compute.ts';

/**
 * What a look at a registered process showed: `gone` is certain for its address (nothing listens
 * there, or somebody else), `silent` may be a pause.
 */
export type Sight = 'alive' | 'gone' | 'silent';

/** Since when looks at an entry fail. */
export interface Failing {
  sinceMs: number;
  /** Since when they show that it is gone; undefined while the last one was only silent. */
  goneSinceMs: number | undefined;
}

/** A launcher may restart the process meanwhile; a live process writes its entry again. */
const GONE_MS = 60_000;
/** Longer than any pause that a process is known to come back from. */
const SILENT_MS = 600_000;

/** Remembers one more look. undefined: nothing is wrong. */
export function observeEntry(
  before: Failing | undefined,
  sight: Sight,
  nowMs: number,
): Failing | undefined {
  if (sight === 'alive') return undefined;
  return {
    sinceMs: before?.sinceMs ?? nowMs,
    goneSinceMs: sight === 'gone' ? (before?.goneSinceMs ?? nowMs) : undefined,
  };
}

/**
 * Whether an entry is that of a dead process. Its task decides where there is one: a stopped one
 * never runs again, one that is alive may only be paused. Else time decides. Pure.
 */
export function isStale(failing: Failing, task: TaskState | undefined, nowMs: number): boolean {
  if (task !== undefined) return task === 'stopped';
  const { sinceMs, goneSinceMs } = failing;
  if (goneSinceMs !== undefined && nowMs - goneSinceMs >= GONE_MS) return true;
  return nowMs - sinceMs >= SILENT_MS;
}
