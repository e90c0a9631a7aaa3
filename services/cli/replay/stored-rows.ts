import { POINTS_MAX } from '../../protocol/api/series-api.ts';
import { segmentStart } from '../../protocol/series/levels.ts';
import { rowOfAnswer } from '../../protocol/series/survey-rows.ts';
import { type Incomplete, type Row, type Table, toRows } from '../../protocol/series/table.ts';
import { STATISTICS_TABLE, SURVEYS_TABLE } from '../../protocol/series/tables.ts';
import type { ApiClient, SeriesQuery } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';

/** Rows of one level of a table, ascending by tick. */
export interface StoredRows {
  readonly table: Table;
  /** From one row to the next. */
  readonly everyTicks: number;
  readonly rows: readonly Row[];
}

/** Rows that are stored and were not answered: those from a tick to another, both included, and why. */
export interface LeftOut extends Incomplete {
  readonly table: string;
  readonly from: number;
  readonly to: number;
}

/** What is there to compare with. */
export interface FetchedRows {
  /** Of a table as many as there are parts without a gap. */
  readonly stored: readonly StoredRows[];
  readonly leftOut: readonly LeftOut[];
}

type Client = Pick<ApiClient, 'statistics' | 'surveys'>;
type Answer = StoredRows & { readonly incomplete?: Incomplete | undefined };
type Ask = (client: Client, query: SeriesQuery) => Promise<Answer>;

/** How the rows of each table are asked for. */
export const askStatistics: Ask = async (client, query) => {
  const { everyTicks, columns, incomplete } = await client.statistics(query);
  const rows = toRows(STATISTICS_TABLE, columns);
  return { table: STATISTICS_TABLE, everyTicks, rows, incomplete };
};

const askSurveys: Ask = async (client, query) => {
  const { everyTicks, surveys, incomplete } = await client.surveys(query);
  return { table: SURVEYS_TABLE, everyTicks, rows: surveys.map(rowOfAnswer), incomplete };
};

/**
 * All rows from a tick to another, both included, that the colony still has at full resolution, of every table.
 *
 * They are asked for a segment at a time, the newest first: a level loses its oldest segments, as a whole. An answer
 * that lacks rows is asked for once more, and left out then: what is missing would be taken for a difference.
 */
export async function fetchRows(
  client: Client,
  range: { from: number; to: number },
): Promise<FetchedRows> {
  const statistics = await finestRows(client, STATISTICS_TABLE, askStatistics, range);
  const surveys = await finestRows(client, SURVEYS_TABLE, askSurveys, range);
  return {
    stored: [...statistics.stored, ...surveys.stored],
    leftOut: [...statistics.leftOut, ...surveys.leftOut],
  };
}

async function finestRows(
  client: Client,
  table: Table,
  ask: Ask,
  range: { from: number; to: number },
): Promise<FetchedRows> {
  /** Newest first, as are the rows' parts in each. */
  const parts: (readonly Row[])[][] = [[]];
  const leftOut: LeftOut[] = [];
  for (let last = range.to; last >= range.from; ) {
    const start = segmentStart(table, 0, last);
    // A segment has the rows after the tick that it begins with; the first one that of tick 0 too.
    const [first, before] = start === 0 ? [0, -1] : [start + table.everyTicks, start];
    const query = { from: Math.max(range.from, first), to: last, points: POINTS_MAX };
    last = before;
    if (query.from > query.to) continue;
    let answer = await orMissing(table, ask(client, query));
    if (answer.incomplete) answer = await orMissing(table, ask(client, query));
    const { everyTicks, rows, incomplete } = answer;
    if (everyTicks !== table.everyTicks) break;
    if (incomplete) {
      const { from, to } = query;
      addLeftOut(leftOut, { table: table.name, from, to, ...incomplete }, table);
      if (parts[0]?.length !== 0) parts.unshift([]);
      continue;
    }
    // Where a range has no row, the answer is the one that is nearest to it, outside.
    parts[0]?.push(rows.filter(({ tick }) => tick >= query.from && tick <= query.to));
  }
  const stored = parts.map((part) => part.reverse().flat());
  return { stored: stored.map((rows) => ({ table, everyTicks: table.everyTicks, rows })), leftOut };
}

/** Where no row at all is known to the colony, the error is the answer. */
async function orMissing(table: Table, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'STORE_UNAVAILABLE') throw error;
    const incomplete = { code: error.code, detail: error.message.replace(`${error.code}: `, '') };
    return { table, everyTicks: table.everyTicks, rows: [], incomplete };
  }
}

/** @param leftOut the newest first; what is next to the last of them is added to it, which keeps its reason. */
function addLeftOut(leftOut: LeftOut[], older: LeftOut, { everyTicks }: Table): void {
  const newer = leftOut.at(-1);
  if (newer === undefined || newer.from - older.to > everyTicks) leftOut.push(older);
  else leftOut[leftOut.length - 1] = { ...newer, from: older.from };
}
