import { SegmentStore } from '../../platform/series/segment-store.ts';
import type { SeriesLogs } from '../../platform/series/series-log.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { TABLES, type TableName } from '../../protocol/series/tables.ts';
import { TableStore } from './table-store.ts';

/** Where the rows of each table are. */
export type TableStores = Readonly<Record<TableName, TableStore>>;

/** @param o.snapshots undefined: there is nowhere to keep segments. */
export function tableStores(o: {
  series: SeriesLogs;
  snapshots?: SnapshotStore | undefined;
  colonyName: string;
}): TableStores {
  const { snapshots, colonyName } = o;
  const stores = TABLES.map((table) => {
    const segments = snapshots && new SegmentStore({ snapshots, colonyName, table });
    return [table.name, new TableStore({ table, log: o.series(table.name), segments })] as const;
  });
  return Object.fromEntries(stores) as TableStores;
}
