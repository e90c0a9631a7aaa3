import type { SegmentStore } from '../../platform/series/segment-store.ts';
import type { SeriesLog } from '../../platform/series/series-log.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { segmentStart, segmentTicks } from '../../protocol/series/levels.ts';
import { type Row, type Table, toItem } from '../../protocol/series/table.ts';
import type { RowStore } from '../ticking/journal/series-sink.ts';

export interface TableStoreOptions {
  table: Table;
  log: SeriesLog;
  /** @default rows stay items */
  segments?: SegmentStore | undefined;
}

/** Items of so many segments may wait for their compaction: hours at the default pace. */
const BACKLOG_SEGMENTS = 64;

/**
 * Where the rows of one table are: the newest as items of the series log, all others in segments.
 *
 *     rows ──append──▶ items ──compaction──▶ segments of level 0 ──▶ … of level 1 ──▶ …
 */
export class TableStore implements RowStore {
  readonly #options: TableStoreOptions;
  #appended: { colonyInstanceId: string; tick: number } | undefined;
  #compacted: { colonyInstanceId: string; tick: number } | undefined;

  constructor(options: TableStoreOptions) {
    this.#options = options;
  }

  get table(): Table {
    return this.#options.table;
  }

  get log(): SeriesLog {
    return this.#options.log;
  }

  get segments(): SegmentStore | undefined {
    return this.#options.segments;
  }

  /** The newest row that this process has stored, and whose. */
  get appended(): { colonyInstanceId: string; tick: number } | undefined {
    return this.#appended;
  }

  async storedThroughTick(colonyInstanceId: string): Promise<number> {
    const { log, table } = this.#options;
    // The newest item stays when others are compacted.
    const last = await log.last(colonyInstanceId);
    const [oldest] = await log.list(colonyInstanceId, { limit: 1 });
    // In an older world rows begin later than the world: without one nothing waits, whatever the tick is.
    if (oldest !== undefined) this.compacted(colonyInstanceId, segmentStart(table, 0, oldest.tick));
    return last?.tick ?? -1;
  }

  /** @throws ColonyError STORE_UNAVAILABLE while too much waits for its compaction, too. */
  async append(colonyInstanceId: string, rows: readonly Row[]): Promise<void> {
    const { table, log } = this.#options;
    this.#assertFewWait(colonyInstanceId);
    const item = toItem(table, rows);
    await log.append(colonyInstanceId, item);
    this.#appended = { colonyInstanceId, tick: item.tick };
  }

  /** By what is stored, and not by the row that is to be: it may be the first one after ticks without rows. */
  #assertFewWait(colonyInstanceId: string): void {
    const { table, segments } = this.#options;
    const [appended, compacted] = [this.#appended, this.#compacted];
    if (segments === undefined || appended?.colonyInstanceId !== colonyInstanceId) return;
    if (compacted?.colonyInstanceId !== colonyInstanceId) return;
    const waiting = (appended.tick - compacted.tick) / segmentTicks(table, 0);
    if (waiting < BACKLOG_SEGMENTS) return;
    const detail = `rows of ${table.name} since tick ${compacted.tick} wait to be compacted`;
    throw new ColonyError('STORE_UNAVAILABLE', detail);
  }

  /** To be called when all rows up to a tick are in segments. */
  compacted(colonyInstanceId: string, throughTick: number): void {
    this.#compacted = { colonyInstanceId, tick: throughTick };
  }
}
