import type { TaskState } from '../../platform/compute/compute.ts';

/**
 * The result of probing a registered process: `gone` is certain for its address (nothing listens there,
 * or another process does), `silent` may be a pause.
 */
export type Sight = 'alive' | 'gone' | 'silent';

/** Since when probes of an entry fail. */
export interface Failing {
  sinceMs: number;
  /** Since when they say that it is gone; undefined if the last probe met only silence. */
  goneSinceMs: number | undefined;
}

/** A launcher may restart the process meanwhile; a live process writes its entry again. */
const GONE_MS = 60_000;
/** Longer than any known pause of a process that came back. */
const SILENT_MS = 600_000;

/** Adds the result of one more probe; undefined if nothing is wrong. */
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
 * Whether an entry belongs to a dead process. Where there is a task, its state decides: a stopped task
 * never runs again, a live one may only be paused. Otherwise time decides. Pure.
 */
export function isStale(failing: Failing, task: TaskState | undefined, nowMs: number): boolean {
  if (task !== undefined) return task === 'stopped';
  const { sinceMs, goneSinceMs } = failing;
  if (goneSinceMs !== undefined && nowMs - goneSinceMs >= GONE_MS) return true;
  return nowMs - sinceMs >= SILENT_MS;
}
