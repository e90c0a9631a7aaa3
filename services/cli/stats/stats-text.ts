import { figure, whole } from '../../protocol/common/figures.ts';
import { columnOf, perTick, type RowsByColumn, ratio } from '../../protocol/series/rates.ts';
import { blockChart } from './block-chart.ts';

type Values = readonly (number | null)[];

/** A line of the statistics: what is counted, and its values row by row. */
interface Line {
  name: string;
  values: Values;
}

const DEATHS = [
  'deathsStarved',
  'deathsAccident',
  'deathsKilled',
  'deathsExtinct',
  'deathsOverwritten',
] as const;

/** Lines that the population's chart is high: it is what one looks at first. */
const POPULATION_ROWS = 4;
const COLUMNS_LEAST = 10;

/** What is told of rows; what no row knows is left out. */
function linesOf(table: RowsByColumn): Line[] {
  const lines: Line[] = [
    { name: 'population', values: columnOf(table, 'population') },
    { name: 'births per tick', values: perTick(table, 'births') },
    { name: 'deaths per tick', values: sums(DEATHS.map((name) => perTick(table, name))) },
    { name: '  starved', values: perTick(table, 'deathsStarved') },
    { name: '  killed', values: perTick(table, 'deathsKilled') },
    { name: '  accidents', values: perTick(table, 'deathsAccident') },
    { name: 'moves per tick', values: perTick(table, 'moves') },
    { name: 'mutations per tick', values: perTick(table, 'mutations') },
    { name: 'size, mean', values: ratio(table, 'size', 'population') },
    { name: 'health, mean', values: ratio(table, 'health', 'population') },
    { name: 'age in ticks, mean', values: ratio(table, 'ageTicks', 'population') },
    { name: 'food per cell', values: ratio(table, 'food', 'cells') },
    { name: 'growing per cell', values: ratio(table, 'extraFood', 'cells') },
  ];
  return lines.filter(({ values }) => values.some((value) => value !== null));
}

/** Unknown where one of them is. */
function sums(all: readonly Values[]): Values {
  return (all[0] ?? []).map((_, row) => {
    let sum = 0;
    for (const values of all) {
      const value = values[row] ?? null;
      if (value === null) return null;
      sum += value;
    }
    return sum;
  });
}

const NAME_COLUMNS = 18;
const FIGURE_COLUMNS = 8;

/**
 * Statistics for people: each with its newest, its least and its largest value, and with a chart where there is room.
 *
 * @param columns of the terminal; undefined: no terminal, and no charts
 */
export function statsLines(table: RowsByColumn, columns: number | undefined): string[] {
  const { tick } = table.columns;
  const [first, last] = [tick[0], tick.at(-1)];
  if (first === undefined || last === undefined) return ['No statistics of these ticks are known.'];
  const head = `ticks ${whole(first)} to ${whole(last)}, a row each ${whole(table.everyTicks)} ticks`;
  const names = [
    ''.padEnd(NAME_COLUMNS),
    ...['newest', 'least', 'most'].map((name) => name.padStart(FIGURE_COLUMNS)),
  ].join(' ');
  const used = names.length + 2;
  const room = columns === undefined ? 0 : columns - 1 - used;
  const lines = linesOf(table).flatMap(({ name, values }) => {
    const chart = room >= COLUMNS_LEAST ? blockChart(values, room, rowsOf(name)) : [];
    const above = chart.slice(0, -1).map((line) => `${' '.repeat(used)}${line}`);
    return [...above, `${figuresOf(name, values)}  ${chart.at(-1) ?? ''}`];
  });
  return [head, names, ...lines].map((line) => line.trimEnd());
}

const rowsOf = (name: string): number => (name === 'population' ? POPULATION_ROWS : 1);

function figuresOf(name: string, values: Values): string {
  const known = values.filter((value) => value !== null);
  // Not spread into arguments: there may be ten thousand.
  const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const newest = values.at(-1) ?? null;
  const told = [newest === null ? '–' : figure(newest), figure(least), figure(most)];
  return [name.padEnd(NAME_COLUMNS), ...told.map((text) => text.padStart(FIGURE_COLUMNS))].join(
    ' ',
  );
}

/** One line of the newest row, for those who read line by line. */
export function newestLine(table: RowsByColumn): string {
  const told = linesOf(table)
    .filter(({ name }) => !name.startsWith(' '))
    .map(({ name, values }) => `${name} ${figure(values.at(-1) ?? Number.NaN)}`);
  return [`tick ${table.columns.tick.at(-1)}`, ...told].join(' · ');
}
