import { columnOf } from '../../../../protocol/series/rates.ts';
import {
  type Incomplete,
  rowsOf,
  type StatisticsTable,
  type SurveyTable,
  type Value,
} from './tables.ts';

/**
 * Puts newer rows after those of a table. A table of a coarse level keeps its level: of the finer newer rows stay
 * those of its grid and the very newest, and what they count between is added up. If one of them lacks rows, so does
 * what comes of them. Pure.
 *
 * @param tail rows of a finer or the same level that go on, without a hole, where `table` was last on its grid
 * @param counted columns that count what happened since the row before; all others are states
 */
export function withTail(
  table: StatisticsTable,
  tail: StatisticsTable,
  counted: ReadonlySet<string>,
): StatisticsTable {
  const kept = untilGrid(table);
  const newer = rowsAfter(tail, kept.columns.tick.at(-1) ?? -1);
  if (rowsOf(newer) === 0) return lackingAs(table, newer);
  return joined(kept, coarsened(newer, table.everyTicks, counted));
}

/** The newest tick of a table that is on its grid: finer rows go on from there. undefined: it has none. */
export const lastOnGrid = (table: StatisticsTable): number | undefined =>
  untilGrid(table).columns.tick.at(-1);

/** The rows of one table, then those of another that are newer. It has the columns and the level of the first. */
export function joined(table: StatisticsTable, newer: StatisticsTable): StatisticsTable {
  const rest = rowsAfter(newer, table.columns.tick.at(-1) ?? -1);
  const both = mapColumns(table, (values, name) => [...values, ...columnOf(rest, name)]);
  return lackingAs(both, newer);
}

/** It lacks rows too if what was put after it does. */
const lackingAs = <T extends { incomplete?: Incomplete }>(table: T, newer: T): T =>
  newer.incomplete === undefined || table.incomplete !== undefined
    ? table
    : { ...table, incomplete: newer.incomplete };

/** The rows above a tick. */
export function rowsAfter(table: StatisticsTable, tick: number): StatisticsTable {
  const first = table.columns.tick.findIndex((candidate) => candidate > tick);
  if (first === 0) return table;
  const from = first === -1 ? rowsOf(table) : first;
  return mapColumns(table, (values) => values.slice(from));
}

/** Without the newest rows that lie between two of the grid. */
function untilGrid(table: StatisticsTable): StatisticsTable {
  const rows = table.columns.tick.findLastIndex((tick) => tick % table.everyTicks === 0) + 1;
  return rows === rowsOf(table) ? table : mapColumns(table, (values) => values.slice(0, rows));
}

function coarsened(
  table: StatisticsTable,
  everyTicks: number,
  counted: ReadonlySet<string>,
): StatisticsTable {
  const { tick } = table.columns;
  const kept = tick
    .map((_, row) => row)
    .filter((row) => (tick[row] ?? 0) % everyTicks === 0 || row === tick.length - 1);
  return mapColumns({ ...table, everyTicks }, (values, name) =>
    counted.has(name)
      ? kept.map((row, i) => sum(values.slice((kept[i - 1] ?? -1) + 1, row + 1)))
      : kept.map((row) => values[row] ?? null),
  );
}

/** Unknown if one of them is. */
const sum = (values: readonly Value[]): Value =>
  values.reduce<Value>(
    (total, value) => (total === null || value === null ? null : total + value),
    0,
  );

function mapColumns(
  table: StatisticsTable,
  map: (values: readonly Value[], name: string) => readonly Value[],
): StatisticsTable {
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, values]) => [name, map(values, name)]),
  );
  // Of ticks come ticks.
  return { ...table, columns: columns as unknown as StatisticsTable['columns'] };
}

/** Puts newer surveys after those of a table: those of its grid and the newest. Pure. */
export function withNewSurveys(table: SurveyTable, newer: SurveyTable): SurveyTable {
  const known = table.surveys.at(-1)?.tick ?? -1;
  const fresh = newer.surveys.filter(({ tick }) => tick > known);
  const kept = lackingAs(table, newer);
  if (fresh.length === 0) return kept;
  const all = [...table.surveys, ...fresh];
  return {
    ...kept,
    surveys: all.filter(({ tick }, i) => i === all.length - 1 || tick % table.everyTicks === 0),
  };
}
