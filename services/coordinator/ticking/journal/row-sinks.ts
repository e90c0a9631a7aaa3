import type { Topology } from '../../../protocol/layout/topology.ts';
import { toSurveyColumns } from '../../../protocol/series/survey-rows.ts';
import type { Row } from '../../../protocol/series/table.ts';
import type { TableName } from '../../../protocol/series/tables.ts';
import type { JournalEntry } from './journal-sink.ts';
import { type RowStore, SeriesSink } from './series-sink.ts';

/** The row that an entry of the journal gives to each table. */
const ROWS_OF: Readonly<Record<TableName, (entry: JournalEntry) => Row | undefined>> = {
  statistics: ({ tick, statistics, changes }) => ({ tick, ...statistics, ...changes }),
  surveys: ({ survey, statistics }) => survey && toSurveyColumns(survey, statistics),
};

const NAMES = Object.keys(ROWS_OF) as TableName[];

/** What makes the rows of each table durable, while one topology is driven. */
export function rowSinks(
  stores: Readonly<Record<TableName, RowStore>>,
  { colonyInstanceId, origin }: Pick<Topology, 'colonyInstanceId' | 'origin'>,
): Record<TableName, SeriesSink> {
  // What led to the state of a checkpoint was measured before it was taken, and is stored.
  const afterTick = origin.kind === 'genesis' ? -1 : origin.tick;
  const sinks = NAMES.map((name) => {
    const store = stores[name];
    return [name, new SeriesSink({ store, colonyInstanceId, rowOf: ROWS_OF[name], afterTick })];
  });
  return Object.fromEntries(sinks) as Record<TableName, SeriesSink>;
}
