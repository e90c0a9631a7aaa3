import { namesOf, type Row, type Table } from './table.ts';

/** A line with the names of the columns, then a line for each row; what is not known is empty. */
export function toCsv(table: Table, rows: readonly Row[]): string {
  const names = namesOf(table);
  const lines = rows.map((row) => names.map((name) => row[name] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}
