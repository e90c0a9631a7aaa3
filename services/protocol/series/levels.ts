import { TICK_MAX } from '../common/limits.ts';
import type { Row, Table, Value } from './table.ts';

/*
 * A table is kept in levels. Level 0 has every row; a row of level k+1 is made of four of level k:
 *
 *     level 0   20  40  60  80 100 120 140 160 …          a row each 20 ticks
 *     level 1               80             160 …          … each 80 ticks: of the ticks (0, 80], (80, 160], …
 *     level 2                              …              … each 320 ticks
 *
 * The row of tick 0 is in all levels. A segment holds 1,024 rows of a level, those of the ticks (from, to]; the first
 * one holds that of tick 0 too. Four segments of a level make one of the next.
 */

/** So many rows of a level make one of the next. */
export const LEVEL_FACTOR = 4;
/** A segment has so many rows, the first one of a level one more. */
const SEGMENT_ROWS = 1024;
/** A level keeps at most so many segments; the highest level never comes to more. */
export const SEGMENTS_MAX = 16;

/** From one row of a level to the next. */
export const everyTicks = (table: Table, level: number): number =>
  table.everyTicks * LEVEL_FACTOR ** level;

/** The ticks of a segment. */
export const segmentTicks = (table: Table, level: number): number =>
  SEGMENT_ROWS * everyTicks(table, level);

/** How many levels there are: the highest one reaches through all ticks that a world can have. */
export function levelsOf(table: Table): number {
  let levels = 1;
  while (SEGMENTS_MAX * segmentTicks(table, levels - 1) <= TICK_MAX) levels++;
  return levels;
}

/** The segment of a row is that which begins so. */
export function segmentStart(table: Table, level: number, tick: number): number {
  const ticks = segmentTicks(table, level);
  return Math.max(0, Math.ceil(tick / ticks) - 1) * ticks;
}

/** Whether a row is of the ticks (from, to]; that of tick 0 is of those that begin with 0, too. */
export const isWithin = (tick: number, from: number, to: number): boolean =>
  tick <= to && (tick > from || (tick === 0 && from === 0));

/** Whether an item ends with the row of this tick: an item is never of two segments. */
export function endsItem(table: Table, tick: number): boolean {
  const row = tick / table.everyTicks;
  return row % table.rowsPerItem === 0 || row % SEGMENT_ROWS === 0;
}

/**
 * The rows of the next level.
 *
 * @param rows of one level, ascending
 * @param toEveryTicks from one of its rows to the next
 */
export function coarser(table: Table, rows: readonly Row[], toEveryTicks: number): Row[] {
  const found: Row[] = [];
  let group: Row[] = [];
  for (const row of rows) {
    if (row.tick === 0) {
      found.push(row);
      continue;
    }
    if (group[0] !== undefined && groupOf(group[0], toEveryTicks) !== groupOf(row, toEveryTicks)) {
      group = [];
    }
    group.push(row);
    // What comes after the last row of a group is not there yet: it is no row of the level.
    if (row.tick % toEveryTicks === 0) found.push(merged(table, group));
  }
  return found;
}

const groupOf = ({ tick }: Row, ticks: number): number => Math.ceil(tick / ticks);

/** What happened in rows that are not there is not known, and neither is the sum. */
function merged({ columns }: Table, group: readonly Row[]): Row {
  const last = group.at(-1) as Row;
  const row: Record<string, Value> = { ...last };
  for (const { name, kind } of columns) {
    if (kind === 'change') row[name] = group.length === LEVEL_FACTOR ? sumOf(group, name) : null;
  }
  return row as Row;
}

function sumOf(group: readonly Row[], name: string): number | null {
  let sum = 0;
  for (const row of group) {
    const value = row[name];
    if (typeof value !== 'number') return null;
    sum += value;
  }
  return sum;
}
