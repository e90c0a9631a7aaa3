import type { Happening, Timeline } from '../../world/events/timeline.ts';
import type { Step, WorkerPool } from '../worker-pool.ts';

/** Lets the events of a step happen: all of them are of its first tick. */
export function takeHappenings(
  timeline: Timeline,
  tick: number,
  ticks: number,
): readonly Happening[] {
  const happenings = timeline.happen(tick);
  for (let quiet = tick + 1; quiet < tick + ticks; quiet++) {
    if (timeline.happen(quiet).length === 0) continue;
    throw new Error(`tick ${quiet} has events, within a step from ${tick} on`);
  }
  return happenings;
}

/**
 * Applies events to every cell of a pool, margins included, and advances its blocks. Where margins are
 * filled, that comes first, with the cells as they were before the events.
 *
 * @param happenings of the step's first tick; its rules are those that they leave.
 * @returns false if the pool was cut short.
 */
export async function eventfulStep(
  pool: WorkerPool,
  happenings: readonly Happening[],
  { fillTurn, ...step }: Step,
): Promise<boolean> {
  const isFilling = fillTurn !== undefined;
  if (happenings.length === 0) return pool.step({ ...step, ...(isFilling && { fillTurn }) });
  if (isFilling && !(await pool.fillMargins(fillTurn))) return false;
  for (const happening of happenings) {
    if (!(await pool.apply(happening, step.tick))) return false;
  }
  return pool.step(step);
}
