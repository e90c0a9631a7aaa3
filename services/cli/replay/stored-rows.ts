import { POINTS_MAX } from '../../protocol/api/series-api.ts';
import { segmentStart } from '../../protocol/series/levels.ts';
import { rowOfAnswer } from '../../protocol/series/survey-rows.ts';
import { type Incomplete, type Row, type Table, toRows } from '../../protocol/series/table.ts';
import { STATISTICS_TABLE, SURVEYS_TABLE } from '../../protocol/series/tables.ts';
import type { ApiClient, SeriesQuery } from '../client/api-client.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/** Rows of one level of a table, ascending by tick. */
export interface StoredRows {
  readonly table: Table;
  /** From one row to the next. */
  readonly everyTicks: number;
  readonly rows: readonly Row[];
}

type Ask = (
  client: Pick<ApiClient, 'statistics' | 'surveys'>,
  query: SeriesQuery,
) => Promise<StoredRows>;

/** How the rows of each table are asked for. */
export const askStatistics: Ask = async (client, query) => {
  const { everyTicks, columns, incomplete } = await client.statistics(query);
  assertComplete(incomplete);
  return { table: STATISTICS_TABLE, everyTicks, rows: toRows(STATISTICS_TABLE, columns) };
};

const askSurveys: Ask = async (client, query) => {
  const { everyTicks, surveys, incomplete } = await client.surveys(query);
  assertComplete(incomplete);
  return { table: SURVEYS_TABLE, everyTicks, rows: surveys.map(rowOfAnswer) };
};

/** Rows that are missing would be taken for a difference, or not be compared. */
function assertComplete(incomplete: Incomplete | undefined): void {
  if (incomplete === undefined) return;
  const { code, detail } = incomplete;
  throw new CliError(`${code}: ${detail}: the statistics cannot be compared now.`, EXIT.usage);
}

/**
 * All rows from a tick to another, both included, that the colony still has at full resolution, of every table.
 *
 * They are asked for a segment at a time, the newest first: a level loses its oldest segments, as a whole.
 */
export async function fetchRows(
  client: Pick<ApiClient, 'statistics' | 'surveys'>,
  range: { from: number; to: number },
): Promise<StoredRows[]> {
  return [
    await finestRows(client, STATISTICS_TABLE, askStatistics, range),
    await finestRows(client, SURVEYS_TABLE, askSurveys, range),
  ];
}

async function finestRows(
  client: Pick<ApiClient, 'statistics' | 'surveys'>,
  table: Table,
  ask: Ask,
  { from, to }: { from: number; to: number },
): Promise<StoredRows> {
  const newestFirst: (readonly Row[])[] = [];
  for (let last = to; last >= from; ) {
    const start = segmentStart(table, 0, last);
    // A segment has the rows after the tick that it begins with; the first one that of tick 0 too.
    const first = start === 0 ? 0 : start + 1;
    const query = { from: Math.max(from, first), to: last, points: POINTS_MAX };
    const { everyTicks, rows } = await ask(client, query);
    if (everyTicks !== table.everyTicks) break;
    // Where a range has no row, the answer is the one that is nearest to it, outside.
    newestFirst.push(rows.filter(({ tick }) => tick >= query.from && tick <= query.to));
    last = first - 1;
  }
  return { table, everyTicks: table.everyTicks, rows: newestFirst.reverse().flat() };
}
