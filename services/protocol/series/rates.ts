/** A number of a row; null where it is not known. */
type Known = number | null;

/** Rows by column, as `GET /statistics` answers them: a list per column, all of one length, ticks rising. */
export interface RowsByColumn {
  /** From one row to the next. */
  everyTicks: number;
  columns: { tick: readonly number[] } & Readonly<Record<string, readonly Known[]>>;
}

/** The column of this name; where there is none nothing is known. */
export const columnOf = ({ columns }: RowsByColumn, name: string): readonly Known[] =>
  columns[name] ?? columns.tick.map(() => null);

/** Creatures times ticks that a rate per creature is told for. */
export const PER_CREATURES_TICKS = 1000;

/**
 * What a column counts since the row before, by the tick. The row before the first may be of any age: it is one
 * interval before, and at tick 0 nothing has happened yet.
 */
export function perTick(table: RowsByColumn, name: string): Known[] {
  const { tick } = table.columns;
  return columnOf(table, name).map((count, row) => {
    const lastedTicks = lastedOf(tick, row, table.everyTicks);
    return count === null || lastedTicks === 0 ? null : count / lastedTicks;
  });
}

/** The same by 1,000 ticks of one creature's life: how often it befalls a creature. Of an empty world it is unknown. */
export function perCreature(table: RowsByColumn, name: string): Known[] {
  const population = columnOf(table, 'population');
  return perTick(table, name).map((rate, row) => {
    const now = population[row] ?? null;
    const before = population[row - 1] ?? now;
    if (rate === null || now === null || before === null || now + before === 0) return null;
    return (PER_CREATURES_TICKS * rate) / ((now + before) / 2);
  });
}

/** How many ticks a row's counts are of; a gap before it does not count. */
function lastedOf(ticks: readonly number[], row: number, everyTicks: number): number {
  const tick = ticks[row] ?? 0;
  const before = ticks[row - 1];
  if (before === undefined) return Math.min(everyTicks, tick);
  return Math.min(everyTicks, tick - before);
}

/** One column by another, both of the same rows; unknown where there is nothing to divide by. */
export function ratio(table: RowsByColumn, name: string, by: string): Known[] {
  const divisors = columnOf(table, by);
  return columnOf(table, name).map((value, row) => {
    const divisor = divisors[row] ?? null;
    return value === null || divisor === null || divisor === 0 ? null : value / divisor;
  });
}
