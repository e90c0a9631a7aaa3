import { TableStore } from '../../../../services/coordinator/series/table-store.ts';
import { SegmentStore } from '../../../../services/platform/series/segment-store.ts';
import { coarser, everyTicks } from '../../../../services/protocol/series/levels.ts';
import type { Row, Table } from '../../../../services/protocol/series/table.ts';
import { Life, type PointHook } from '../../../simulation/life.ts';
import { MemorySeriesLog } from '../../../simulation/stores/memory-series-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';

export const INSTANCE = 'instance-1';

/** A narrow table, so that many rows are quickly written. */
export const TABLE: Table = {
  name: 'test',
  everyTicks: 20,
  columns: [
    { name: 'food', kind: 'state' },
    { name: 'births', kind: 'change' },
  ],
  rowsPerItem: 128,
};

export const rowAt = (tick: number): Row => ({
  ...{ tick, food: (tick * 7919) % 100_003 },
  births: tick === 0 ? 0 : (tick / 20) % 11,
});

/** All rows of a level that there ever were. */
export function everyRow(level: number, throughTick: number, fromTick = 0): Row[] {
  let rows = Array.from({ length: (throughTick - fromTick) / 20 + 1 }, (_, i) => {
    return rowAt(fromTick + i * 20);
  });
  for (let i = 1; i <= level; i++) rows = coarser(TABLE, rows, everyTicks(TABLE, i));
  return rows;
}

/** What outlives processes. */
export class Stores {
  readonly log = new MemorySeriesLog();
  readonly snapshots = new MemorySnapshotStore(() => 0);

  /** As one process sees them. */
  open(onPoint: PointHook = () => {}): { store: TableStore; segments: SegmentStore; life: Life } {
    const life = new Life(onPoint);
    const segments = new SegmentStore({
      snapshots: life.guard('snapshots', this.snapshots),
      ...{ colonyName: 'test', table: TABLE },
    });
    const log = life.guard('log', this.log);
    return { store: new TableStore({ table: TABLE, log, segments }), segments, life };
  }

  async copy(): Promise<Stores> {
    const copy = new Stores();
    for (const item of await this.log.list(INSTANCE)) await copy.log.append(INSTANCE, item);
    for (const { key, sizeBytes } of await this.snapshots.list('')) {
      const bytes = await this.snapshots.get(key, sizeBytes);
      await copy.snapshots.putIfAbsent(key, bytes ?? new Uint8Array());
    }
    return copy;
  }

  /** Appends rows as a sink does. */
  async append(fromTick: number, throughTick: number): Promise<void> {
    let rows: Row[] = [];
    for (let tick = fromTick; tick <= throughTick; tick += 20) {
      rows.push(rowAt(tick));
      const isFull = (tick / 20) % TABLE.rowsPerItem === 0 || (tick / 20) % 1024 === 0;
      if (!isFull && tick < throughTick) continue;
      const columns = {
        tick: rows.map((row) => row.tick),
        food: rows.map(({ food }) => food ?? null),
        births: rows.map(({ births }) => births ?? null),
      };
      await this.log.append(INSTANCE, { tick, columns });
      rows = [];
    }
  }
}
