import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import {
  type Segment,
  segmentOf,
  segmentPath,
  segmentsFolder,
} from '../../protocol/series/segments.ts';
import type { Row, Table } from '../../protocol/series/table.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { fromParquet, toParquet } from './parquet.ts';

/** A thousand rows of two hundred columns take less than a tenth. */
const SEGMENT_MAX_BYTES = 16 * 1024 * 1024;

/** The segments of the rows of one table, as objects of Parquet in the snapshot store. */
export class SegmentStore {
  readonly #snapshots: SnapshotStore;
  readonly #colonyName: string;
  readonly #table: Table;

  constructor(o: { snapshots: SnapshotStore; colonyName: string; table: Table }) {
    this.#snapshots = o.snapshots;
    this.#colonyName = o.colonyName;
    this.#table = o.table;
  }

  /** All that are there, by level and then by tick. */
  async list(colonyInstanceId: string): Promise<Segment[]> {
    const folder = this.#folder(colonyInstanceId);
    const objects = await this.#snapshots.list(folder);
    const found = objects.flatMap(({ key }) => segmentOf(key.slice(folder.length)) ?? []);
    return found.sort((a, b) => a.level - b.level || a.fromTick - b.fromTick);
  }

  /** Stores a segment unless it is there: it is the same then. */
  async put(colonyInstanceId: string, segment: Segment, rows: readonly Row[]): Promise<void> {
    const key = this.#folder(colonyInstanceId) + segmentPath(segment);
    await this.#snapshots.putIfAbsent(key, await toParquet(this.#table, rows));
  }

  /**
   * undefined: it is not there.
   *
   * @throws ColonyError STORE_UNAVAILABLE if what is there cannot be read, too.
   */
  async get(colonyInstanceId: string, segment: Segment): Promise<Row[] | undefined> {
    const key = this.#folder(colonyInstanceId) + segmentPath(segment);
    const bytes = await this.#snapshots.get(key, SEGMENT_MAX_BYTES);
    if (bytes === undefined) return undefined;
    try {
      return await fromParquet(this.#table, bytes);
    } catch (cause) {
      const detail = `the object ${key} cannot be read: ${messageOf(cause)}`;
      throw new ColonyError('STORE_UNAVAILABLE', detail, { cause });
    }
  }

  /** One that is not there is fine. */
  async delete(colonyInstanceId: string, segment: Segment): Promise<void> {
    await this.#snapshots.delete(this.#folder(colonyInstanceId) + segmentPath(segment));
  }

  #folder(colonyInstanceId: string): string {
    return segmentsFolder(this.#colonyName, colonyInstanceId, this.#table.name);
  }
}
