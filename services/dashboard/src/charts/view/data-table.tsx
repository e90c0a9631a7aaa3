import { whole } from '../../../../protocol/common/figures.ts';
import { columnOf } from '../../../../protocol/series/rates.ts';
import { rowsOf, type StatisticsTable } from '../data/tables.ts';

/** Rows of a table that can still be read. */
const ROWS_SHOWN = 40;

const COLUMNS: readonly (readonly [name: string, title: string])[] = [
  ['population', 'Population'],
  ['births', 'Births'],
  ['deathsStarved', 'Starved'],
  ['deathsKilled', 'Killed'],
  ['deathsAccident', 'Accidents'],
  ['moves', 'Moves'],
  ['mutations', 'Mutations'],
  ['food', 'Food'],
];

/** The shown range as numbers: rows evenly taken from those of the charts. */
export function DataTable({ table }: { table: StatisticsTable }) {
  const rows = rowsOf(table);
  const step = Math.max(1, Math.ceil(rows / ROWS_SHOWN));
  const shown = [];
  for (let row = rows - 1; row >= 0; row -= step) shown.push(row);
  shown.reverse();
  return (
    <details class="data-table">
      <summary>Numbers of this range</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll only what has the focus */}
      <section class="table-box" tabIndex={0} aria-label="Numbers of this range">
        <table>
          <caption>
            A row each {whole(table.everyTicks * step)} ticks. Births, deaths, moves and mutations
            are of the {whole(table.everyTicks)} ticks before.
          </caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                Tick
              </th>
              {COLUMNS.map(([name, title]) => (
                <th key={name} scope="col" class="number">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={table.columns.tick[row]}>
                <th scope="row" class="number">
                  {whole(table.columns.tick[row] ?? 0)}
                </th>
                {COLUMNS.map(([name]) => {
                  const value = columnOf(table, name)[row] ?? null;
                  return (
                    <td key={name} class="number">
                      {value === null ? '–' : whole(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
