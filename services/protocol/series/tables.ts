import { CHANGE_NAMES } from '../../world/measuring/changes.ts';
import { STATISTICS_NAMES } from '../../world/measuring/statistics.ts';
import { STATISTICS_EVERY_TICKS, SURVEY_EVERY_TICKS } from '../colony/sampling.ts';
import { SURVEY_COLUMNS } from './survey-rows.ts';
import type { Table } from './table.ts';

/** Counts and sums over the whole world, and what happened in it; see services/world/measuring. */
export const STATISTICS_TABLE = {
  name: 'statistics',
  everyTicks: STATISTICS_EVERY_TICKS,
  columns: [
    ...STATISTICS_NAMES.map((name) => ({ name, kind: 'state' }) as const),
    ...CHANGE_NAMES.map((name) => ({ name, kind: 'change' }) as const),
  ],
  rowsPerItem: 5,
} as const satisfies Table;

/** How values are distributed, and which species and lineages there are; see services/world/measuring/survey-row.ts. */
export const SURVEYS_TABLE = {
  name: 'surveys',
  everyTicks: SURVEY_EVERY_TICKS,
  columns: SURVEY_COLUMNS,
  // It fills an item by itself.
  rowsPerItem: 1,
} as const satisfies Table;

/** All that is kept through time. */
export const TABLES = [STATISTICS_TABLE, SURVEYS_TABLE] as const satisfies readonly Table[];
export type TableName = (typeof TABLES)[number]['name'];
