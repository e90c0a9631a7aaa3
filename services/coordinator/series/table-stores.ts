import type { SeriesLogs } from '../../platform/series/series-log.ts';
import { TABLES, type TableName } from '../../protocol/series/tables.ts';
import { TableStore } from './table-store.ts';

/** Where the rows of each table are. */
export type TableStores = Readonly<Record<TableName, TableStore>>;

export function tableStores(o: { series: SeriesLogs }): TableStores {
  const stores = TABLES.map((table) => {
    return [table.name, new TableStore({ table, log: o.series(table.name) })] as const;
  });
  return Object.fromEntries(stores) as TableStores;
}
