import type { Statistics } from '../../world/measuring/statistics.ts';
import { SURVEYED, SURVEYED_NAMES, type Surveyed } from '../../world/measuring/survey.ts';
import type { SurveyRow } from '../../world/measuring/survey-row.ts';
import type { Column, Row, Value } from './table.ts';

/*
 * A survey as a row of a table, and back: `squares_food`, `histogram_food_0`, …, `species_distinct`,
 * `species_colour_1`, `species_count_1`, …. All columns are of the state of the row's tick.
 */

/** What a survey needs of the statistics of the same state, for means and variances. */
const BESIDE = ['cells', 'population', 'food', 'size', 'health', 'ageTicks'] as const;
const KINDS = ['species', 'lineages'] as const;
const LARGEST_MAX = 16;

const bins = (name: Surveyed) => Array.from({ length: SURVEYED[name] }, (_, i) => i);
const ranks = Array.from({ length: LARGEST_MAX }, (_, i) => i);

const state = (name: string, type: Column['type'] = 'integer'): Column => ({
  ...{ name, kind: 'state', type },
});

/** The columns of a table of surveys. */
export const SURVEY_COLUMNS: readonly Column[] = [
  ...BESIDE.map((name) => state(name)),
  ...SURVEYED_NAMES.map((name) => state(`squares_${name}`, 'uint64')),
  ...SURVEYED_NAMES.flatMap((name) => bins(name).map((i) => state(`histogram_${name}_${i}`))),
  ...KINDS.flatMap((kind) => [
    ...[
      state(`${kind}_distinct`),
      state(`${kind}_isGrouped`),
      state(`${kind}_shannon`, 'fraction'),
    ],
    ...ranks.flatMap((i) => [state(`${kind}_colour_${i + 1}`), state(`${kind}_count_${i + 1}`)]),
  ]),
];

export function toSurveyColumns(
  survey: SurveyRow,
  statistics: Pick<Statistics, (typeof BESIDE)[number]>,
): Row {
  const row: Record<string, Value> & { tick: number } = { tick: survey.tick };
  for (const name of BESIDE) row[name] = statistics[name];
  for (const name of SURVEYED_NAMES) {
    row[`squares_${name}`] = survey.squares[name];
    for (const i of bins(name)) row[`histogram_${name}_${i}`] = survey.histograms[name][i] ?? 0;
  }
  for (const kind of KINDS) {
    const { distinct, isGrouped, shannon, largest } = survey[kind];
    row[`${kind}_distinct`] = distinct;
    row[`${kind}_isGrouped`] = Number(isGrouped);
    row[`${kind}_shannon`] = shannon;
    for (const i of ranks) {
      row[`${kind}_colour_${i + 1}`] = largest[i]?.colour ?? null;
      row[`${kind}_count_${i + 1}`] = largest[i]?.count ?? null;
    }
  }
  return row;
}

/** A survey, with what it needs of the statistics of the same state. */
export type SurveyAnswer = SurveyRow & {
  cells: number;
  population: number;
  sums: Record<Surveyed, number>;
};

/** The row that a survey was answered from. */
export const rowOfAnswer = ({ sums, cells, population, ...survey }: SurveyAnswer): Row =>
  toSurveyColumns(survey, { cells, population, ...sums });

export function ofSurveyColumns(row: Row): SurveyAnswer {
  const number = (name: string) => Number(row[name] ?? 0);
  const each = <T>(value: (name: Surveyed) => T) =>
    Object.fromEntries(SURVEYED_NAMES.map((name) => [name, value(name)])) as Record<Surveyed, T>;
  const diversity = (kind: (typeof KINDS)[number]) => ({
    distinct: number(`${kind}_distinct`),
    isGrouped: number(`${kind}_isGrouped`) === 1,
    shannon: number(`${kind}_shannon`),
    largest: ranks.flatMap((i) => {
      const [colour, count] = [row[`${kind}_colour_${i + 1}`], row[`${kind}_count_${i + 1}`]];
      return typeof colour === 'number' && typeof count === 'number' ? [{ colour, count }] : [];
    }),
  });
  return {
    ...{ tick: row.tick, cells: number('cells'), population: number('population') },
    sums: each(number),
    squares: each((name) => String(row[`squares_${name}`] ?? '0')),
    histograms: each((name) => bins(name).map((i) => number(`histogram_${name}_${i}`))),
    ...{ species: diversity('species'), lineages: diversity('lineages') },
  };
}
