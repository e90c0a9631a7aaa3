import { everyTicks, LEVEL_FACTOR, segmentTicks } from '../../protocol/series/levels.ts';
import type { Table } from '../../protocol/series/table.ts';

/** The segments that are kept of a table: the tick that each begins with, ascending, by level from 0 on. */
export type Kept = readonly (readonly number[])[];

/** The tick through which the segments of a level reach; -1 for none. */
export function reachOf(table: Table, kept: Kept, level: number): number {
  const last = kept[level]?.at(-1);
  return last === undefined ? -1 : last + segmentTicks(table, level);
}

/** What is asked of a table. */
export interface Range {
  from: number;
  to: number;
  /** At most so many rows. */
  points: number;
}

/**
 * The finest level that still has all rows from a tick on, as far as there are any, and at most so many within the
 * range. There are more levels than are kept: a row of each of them can be made of those of the one below.
 */
export function levelFor(table: Table, kept: Kept, { from, to, points }: Range): number {
  let level = 0;
  while (
    rowsWithin(from, to, everyTicks(table, level)) > points ||
    isOlder(table, kept, level, from)
  ) {
    level++;
  }
  return level;
}

function rowsWithin(from: number, to: number, every: number): number {
  return Math.max(0, Math.floor(to / every) - Math.ceil(from / every) + 1);
}

/** Whether rows from a tick on were kept once and now are only in coarser levels. */
function isOlder(table: Table, kept: Kept, level: number, from: number): boolean {
  const first = kept[level]?.[0];
  if (first === undefined) return level > 0 && isOlder(table, kept, level - 1, from);
  if (first === 0 || from > first) return false;
  // Segments go by fours. One that is no first of four is the first that there ever was.
  if (first % (LEVEL_FACTOR * segmentTicks(table, level)) !== 0) return false;
  return kept.slice(level + 1).some((coarser) => coarser[0] !== undefined && coarser[0] < first);
}
