import { segmentStart, segmentTicks } from '../../protocol/series/levels.ts';
import type { Segment } from '../../protocol/series/segments.ts';
import type { Table } from '../../protocol/series/table.ts';
import { isCovered, type Kept, leavingOf, parentOf } from './levels-kept.ts';

/** What is stored of a table. */
export interface StoredSeries {
  kept: Kept;
  /** Of the items, which are those of the newest rows. */
  oldestItemTick: number | undefined;
  storedThroughTick: number;
}

/** One step of a compaction. Whatever was done before it, or half done, doing it again does no harm. */
export type CompactionStep =
  /** The items of a segment's ticks are made one. */
  | { kind: 'pack'; segment: Segment }
  /** Items up to a tick are removed: segments have their rows. */
  | { kind: 'drop'; throughTick: number }
  /** A segment is made of four of the level below, as far as they are there. */
  | { kind: 'merge'; segment: Segment; of: readonly Segment[] }
  /** Segments that the level above has are removed. */
  | { kind: 'retire'; segments: readonly Segment[] };

/**
 * The next step of a compaction; undefined if there is nothing to be done. The newest item always stays: it tells how
 * far rows are stored. Pure.
 */
export function nextStep(table: Table, stored: StoredSeries): CompactionStep | undefined {
  const { kept, oldestItemTick, storedThroughTick } = stored;
  if (oldestItemTick === undefined) return undefined;
  const fromTick = segmentStart(table, 0, oldestItemTick);
  const throughTick = fromTick + segmentTicks(table, 0);
  if (throughTick < storedThroughTick) {
    const segment = { level: 0, fromTick };
    return isCovered(table, kept, segment)
      ? { kind: 'drop', throughTick }
      : { kind: 'pack', segment };
  }
  // What comes before the items is in segments, and nothing is added to it any more.
  return nextMerge(table, kept, fromTick) ?? nextRetirement(table, kept);
}

function nextMerge(table: Table, kept: Kept, doneTick: number): CompactionStep | undefined {
  for (let level = 0; level + 1 < kept.length; level++) {
    for (const fromTick of kept[level] ?? []) {
      const segment = parentOf(table, { level, fromTick });
      const isDone = segment.fromTick + segmentTicks(table, segment.level) <= doneTick;
      if (!isDone || isCovered(table, kept, segment)) continue;
      const of = (kept[level] ?? [])
        .map((one) => ({ level, fromTick: one }))
        .filter((one) => parentOf(table, one).fromTick === segment.fromTick);
      return { kind: 'merge', segment, of };
    }
  }
  return undefined;
}

function nextRetirement(table: Table, kept: Kept): CompactionStep | undefined {
  const segments = kept.flatMap((_, level) =>
    leavingOf(table, kept, level).map((fromTick) => ({ level, fromTick })),
  );
  return segments.length === 0 ? undefined : { kind: 'retire', segments };
}
