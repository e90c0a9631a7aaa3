import { rowsOf, type StatisticsTable, type Survey } from './tables.ts';

/** A row that is so many intervals after the one before follows a gap. */
const GAP_INTERVALS = 1.5;

/** Where rows are missing: the indexes of the first row after each gap. */
function gapsIn(ticks: readonly number[], everyTicks: number): number[] {
  const most = everyTicks * GAP_INTERVALS;
  return ticks.flatMap((tick, i) => (i > 0 && tick - (ticks[i - 1] ?? 0) > most ? [i] : []));
}

/** With a row of nothing in each gap, so that no line is drawn across it. */
export function withGaps(table: StatisticsTable): StatisticsTable {
  const { tick } = table.columns;
  const gaps = gapsIn(tick, table.everyTicks);
  if (gaps.length === 0) return table;
  const starts = new Set(gaps);
  const columns: Record<string, (number | null)[]> = {};
  for (const [name, values] of Object.entries(table.columns)) {
    const filled: (number | null)[] = [];
    for (let row = 0; row < rowsOf(table); row++) {
      if (starts.has(row)) {
        filled.push(name === 'tick' ? (tick[row - 1] ?? 0) + table.everyTicks : null);
      }
      filled.push(values[row] ?? null);
    }
    columns[name] = filled;
  }
  return { ...table, columns: columns as unknown as StatisticsTable['columns'] };
}

/** Surveys with nothing in each gap. */
export function surveysWithGaps(
  surveys: readonly Survey[],
  everyTicks: number,
): { tick: number; survey: Survey | undefined }[] {
  const starts = new Set(
    gapsIn(
      surveys.map(({ tick }) => tick),
      everyTicks,
    ),
  );
  return surveys.flatMap((survey, i) => {
    const here = { tick: survey.tick, survey };
    if (!starts.has(i)) return [here];
    return [{ tick: (surveys[i - 1]?.tick ?? 0) + everyTicks, survey: undefined }, here];
  });
}
