import { signal } from '@preact/signals';
import { answerAgeMs, colony, isOld } from '../state/colony.ts';
import { BackendCells } from './backend-cells.tsx';
import { type BackendRow, backendRows, type Order } from './backend-rows.ts';
import { slowestText } from './cluster-text.ts';
import { withMeanWaits } from './recent-waits.ts';
import { TableBox } from './table-box.tsx';
import { WAITS } from './waits-bar.tsx';

const order = signal<Order>('name');

interface Column {
  title: string;
  /** Rows can be ordered by it. */
  by?: Order;
  hint?: string;
  isNumber?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: 'Backend', by: 'name', hint: 'By name' },
  { title: 'State' },
  { title: 'Tick', hint: 'Below it how far it is behind the foremost backend', isNumber: true },
  { title: 'Ticks per second', by: 'ticksPerSecond', hint: 'Slowest first' },
  { title: 'Waits', by: 'halos', hint: 'Those first that wait least for neighbours' },
  { title: 'Memory', by: 'memoryBytes', hint: 'Largest first' },
  { title: 'Processors', by: 'processors', hint: 'Busiest first', isNumber: true },
];

function Heading({ title, by, hint, isNumber }: Column) {
  const isChosen = by !== undefined && order.value === by;
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : undefined}
      title={hint}
      aria-sort={
        isChosen ? (by === 'name' || isLeastFirst(by) ? 'ascending' : 'descending') : undefined
      }
    >
      {by === undefined ? (
        title
      ) : (
        <button
          type="button"
          class="plain sort"
          onClick={() => {
            order.value = by;
          }}
        >
          {title}
          <span aria-hidden="true">{isChosen ? ' ▾' : ''}</span>
        </button>
      )}
    </th>
  );
}

const isLeastFirst = (by: Order) => by === 'halos' || by === 'ticksPerSecond';

/** The backends: what each does, waits for and takes, and what is wrong with it. */
export function BackendTable() {
  const { backends = [], status, wantedBackends } = colony.value ?? {};
  const sight = { sinceAnswerMs: answerAgeMs.value, isOld: isOld.value };
  const rows = backendRows(withMeanWaits(backends), sight, order.value);
  const isShort = status === 'TopographyInitialized' && backends.length < (wantedBackends ?? 0);
  const count = isShort ? `${backends.length} of ${wantedBackends} wanted` : backends.length;
  return (
    <section aria-labelledby="cluster-backends">
      <h2 id="cluster-backends">
        Backends <small>{count}</small>
      </h2>
      <p class={rows.some(({ holdsUp }) => holdsUp) ? 'slowest' : 'none-slowest'} role="status">
        {slowestText(rows)}
      </p>
      <TableBox label="Table of the backends">
        <table id="cluster-backend-table">
          <caption class="unseen">
            What each backend does, waits for and takes, and what is wrong with it
          </caption>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <Heading key={column.title} {...column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <BackendCells key={row.backend.bootId} row={row} columns={COLUMNS.length} />
            ))}
            {rows.length === 0 && (
              <tr>
                <td class="empty" colSpan={COLUMNS.length}>
                  {status === 'TopographyInitialized'
                    ? 'Not known yet: a coordinator is taking up the colony.'
                    : 'None has been found yet.'}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </TableBox>
      {hasWaits(rows) && <WaitsLegend />}
    </section>
  );
}

const hasWaits = (rows: readonly BackendRow[]) =>
  rows.some(({ backend }) => backend.waiting !== null);

function WaitsLegend() {
  return (
    <ul class="waits-legend" aria-label="What backends wait for">
      {WAITS.map(([wait, text]) => (
        <li key={wait}>
          <svg width="10" height="10" aria-hidden="true">
            <rect data-wait={wait} width="10" height="10" rx="2" />
          </svg>
          {text}
        </li>
      ))}
      <li class="rest">the rest of the time it ticks</li>
    </ul>
  );
}
