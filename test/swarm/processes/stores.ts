import type { MemoryDigestLog } from '../../simulation/stores/memory-digest-log.ts';
import type { MemoryEventLog } from '../../simulation/stores/memory-event-log.ts';
import type { MemoryObjectStore } from '../../simulation/stores/memory-object-store.ts';
import type { MemoryRecordStore } from '../../simulation/stores/memory-record-store.ts';
import type { MemoryRegistry } from '../../simulation/stores/memory-registry.ts';
import type { MemorySeriesLog } from '../../simulation/stores/memory-series-log.ts';
import type { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';

/** What the processes of a run share, as it is: ports with faults stand between it and them. */
export interface Stores {
  record: MemoryRecordStore;
  objects: MemoryObjectStore;
  digests: MemoryDigestLog;
  events: MemoryEventLog;
  series: ReadonlyMap<string, MemorySeriesLog>;
  snapshots: MemorySnapshotStore;
  registry: MemoryRegistry;
}
