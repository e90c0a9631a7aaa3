import {
  everyTicks,
  LEVEL_FACTOR,
  levelsOf,
  SEGMENTS_MAX,
  segmentStart,
  segmentTicks,
} from '../../protocol/series/levels.ts';
import type { Segment } from '../../protocol/series/segments.ts';
import type { Table } from '../../protocol/series/table.ts';

/** The segments that there are of a table: the tick that each begins with, ascending, by level from 0 on. */
export type Kept = readonly (readonly number[])[];

export function keptOf(table: Table, segments: readonly Segment[]): Kept {
  return Array.from({ length: levelsOf(table) }, (_, level) =>
    segments
      .filter((one) => one.level === level)
      .map(({ fromTick }) => fromTick)
      .sort((a, b) => a - b),
  );
}

/** The tick through which the segments of a level reach; -1 for none. */
export function reachOf(table: Table, kept: Kept, level: number): number {
  const last = kept[level]?.at(-1);
  return last === undefined ? -1 : last + segmentTicks(table, level);
}

/**
 * Whether segments are missing that there were: items go when a segment is made of theirs, so that the oldest that is
 * left begins where one ends.
 *
 * @param reach see `reachOf`, of level 0.
 * @param firstTick that of the oldest row that is in an item.
 */
export function isReachMissing(table: Table, reach: number, firstTick: number): boolean {
  const start = segmentStart(table, 0, firstTick);
  return start > 0 && firstTick === start + table.everyTicks && reach < start;
}

/** The segment of the level above that is made of this one and its three siblings. */
export function parentOf(table: Table, { level, fromTick }: Segment): Segment {
  const ticks = segmentTicks(table, level + 1);
  return { level: level + 1, fromTick: Math.floor(fromTick / ticks) * ticks };
}

/** Whether the rows of a segment are kept, in its own level or a coarser one. */
export function isCovered(table: Table, kept: Kept, segment: Segment): boolean {
  if (segment.level >= kept.length) return false;
  if (kept[segment.level]?.includes(segment.fromTick)) return true;
  return isCovered(table, kept, parentOf(table, segment));
}

/**
 * The segments of a level that are to go: beyond the newest 16, and with their siblings, so that what is left begins
 * where a segment of the level above does. Only what the level above has goes.
 */
export function leavingOf(table: Table, kept: Kept, level: number): number[] {
  if (level + 1 >= kept.length) return [];
  const least = reachOf(table, kept, level) - SEGMENTS_MAX * segmentTicks(table, level);
  return (kept[level] ?? []).filter((fromTick) => {
    const parent = parentOf(table, { level, fromTick });
    return parent.fromTick < least && isCovered(table, kept, parent);
  });
}

/** Without those that are to go: they may be going. */
export const stayingOf = (table: Table, kept: Kept): Kept =>
  kept.map((fromTicks, level) => {
    const leaving = new Set(leavingOf(table, kept, level));
    return fromTicks.filter((fromTick) => !leaving.has(fromTick));
  });

/** What is asked of a table: ticks, both included, and at most so many rows. */
export interface Range {
  from: number;
  to: number;
  points: number;
}

/**
 * The finest level that still has all rows from a tick on, as far as there are any, and at most so many within the
 * range. There are more levels than are kept: a row of each of them can be made of those of the one below.
 *
 * @param staying see `stayingOf`
 */
export function levelFor(table: Table, staying: Kept, { from, to, points }: Range): number {
  let level = 0;
  while (
    rowsWithin(from, to, everyTicks(table, level)) > points ||
    areOlderElsewhere(table, staying, level, from)
  ) {
    level++;
  }
  return level;
}

/** How many rows of a level there may be from a tick to another, both included. */
export function rowsWithin(from: number, to: number, every: number): number {
  return Math.max(0, Math.floor(to / every) - Math.ceil(from / every) + 1);
}

/** Whether rows from a tick on are only in coarser levels. */
function areOlderElsewhere(table: Table, staying: Kept, level: number, from: number): boolean {
  const first = staying[level]?.[0];
  if (first === undefined) return level > 0 && areOlderElsewhere(table, staying, level - 1, from);
  if (first === 0 || from > first) return false;
  // One that is no first of four is the first that there ever was.
  if (first % (LEVEL_FACTOR * segmentTicks(table, level)) !== 0) return false;
  return staying.slice(level + 1).some(([coarser]) => coarser !== undefined && coarser < first);
}
