import type { WriteResult } from '../../../services/platform/record/record-store.ts';
import type { LoggedEvent } from '../../../services/protocol/colony/colony-event.ts';
import type { DigestEntry } from '../../../services/protocol/colony/sampling.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import type { SeriesItem } from '../../../services/protocol/series/table.ts';
import { TABLES, type TableName } from '../../../services/protocol/series/tables.ts';
import { MemoryDigestLog } from '../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../simulation/stores/memory-event-log.ts';
import { MemoryObjectStore } from '../../simulation/stores/memory-object-store.ts';
import { MemoryRecordStore } from '../../simulation/stores/memory-record-store.ts';
import { MemoryRegistry } from '../../simulation/stores/memory-registry.ts';
import { MemorySeriesLog } from '../../simulation/stores/memory-series-log.ts';
import { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';
import type { Stores } from '../processes/stores.ts';

/** Told of each write as it takes effect, before anybody else hears of it. */
export interface StoreWatch {
  recordWritten(next: ColonyRecord): void;
  objectStored(ref: string, value: unknown): void;
  digestStored(colonyInstanceId: string, entry: DigestEntry): void;
  eventLogged(colonyInstanceId: string, entry: LoggedEvent): void;
  rowsStored(table: TableName, colonyInstanceId: string, item: SeriesItem): void;
  snapshotStored(key: string, bytes: Uint8Array): void;
  snapshotDeleted(key: string): void;
}

/**
 * The stores of a run, watched where they are: behind all faults.
 *
 * @param epochMs the clock of the store of snapshots.
 */
export function watchedStores(watch: StoreWatch, epochMs: () => number): Stores {
  return {
    record: new WatchedRecordStore(watch),
    objects: new WatchedObjectStore(watch),
    digests: new WatchedDigestLog(watch),
    events: new WatchedEventLog(watch),
    series: new Map(TABLES.map(({ name }) => [name, new WatchedSeriesLog(name, watch)])),
    snapshots: new WatchedSnapshotStore(watch, epochMs),
    registry: new MemoryRegistry(),
  };
}

class WatchedRecordStore extends MemoryRecordStore {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch) {
    super();
    this.#watch = watch;
  }

  override async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const result = await super.replace(seen, next);
    if (result.ok) this.#watch.recordWritten(result.record);
    return result;
  }
}

class WatchedObjectStore extends MemoryObjectStore {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch) {
    super();
    this.#watch = watch;
  }

  override async put(ref: string, value: unknown): Promise<void> {
    await super.put(ref, value);
    this.#watch.objectStored(ref, value);
  }
}

class WatchedDigestLog extends MemoryDigestLog {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch) {
    super();
    this.#watch = watch;
  }

  override async append(colonyInstanceId: string, entry: DigestEntry): Promise<DigestEntry> {
    const stored = await super.append(colonyInstanceId, entry);
    this.#watch.digestStored(colonyInstanceId, entry);
    return stored;
  }
}

class WatchedEventLog extends MemoryEventLog {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch) {
    super();
    this.#watch = watch;
  }

  override async append(colonyInstanceId: string, entry: LoggedEvent): Promise<LoggedEvent> {
    const stored = await super.append(colonyInstanceId, entry);
    this.#watch.eventLogged(colonyInstanceId, entry);
    return stored;
  }
}

class WatchedSeriesLog extends MemorySeriesLog {
  readonly #table: TableName;
  readonly #watch: StoreWatch;

  constructor(table: TableName, watch: StoreWatch) {
    super();
    this.#table = table;
    this.#watch = watch;
  }

  override async append(colonyInstanceId: string, item: SeriesItem): Promise<SeriesItem> {
    const stored = await super.append(colonyInstanceId, item);
    this.#watch.rowsStored(this.#table, colonyInstanceId, item);
    return stored;
  }
}

class WatchedSnapshotStore extends MemorySnapshotStore {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch, epochMs: () => number) {
    super(epochMs);
    this.#watch = watch;
  }

  override async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    const isNew = await super.putIfAbsent(key, bytes);
    if (isNew) this.#watch.snapshotStored(key, bytes);
    return isNew;
  }

  override async delete(key: string): Promise<void> {
    await super.delete(key);
    this.#watch.snapshotDeleted(key);
  }
}
