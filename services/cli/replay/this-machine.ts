import { availableParallelism, totalmem } from 'node:os';
import { createEngine } from '../../kernel/create-engine.ts';
import { loadKernel } from '../../kernel/load-kernel.ts';
import { CellPacker } from '../../kernel/packing/cell-packer.ts';
import { SystemClock } from '../../platform/runtime/system-clock.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { bandRows } from '../../world/cells/packed-cells.ts';
import type { CheckpointPlace, ReplayHost } from './run-replay.ts';

/** This machine with all its processors. */
export function thisMachine(): ReplayHost {
  const threads = availableParallelism();
  return {
    createEngine: () => createEngine('wasm', { threads }),
    threads,
    clock: new SystemClock(),
    memoryBytes: totalmem(),
    createPacker: () => new CellPacker(loadKernel(), bandRows(1)),
    openStore,
  };
}

/** Loaded when it is needed: other commands do without the client of a bucket. */
async function openStore(place: CheckpointPlace): Promise<SnapshotStore> {
  const { createSnapshotStore, snapshotStoreConfig } = await import(
    '../../platform/snapshots/create-snapshot-store.ts'
  );
  const none = { dataDir: undefined, awsRegion: undefined, snapshotBucket: undefined };
  return createSnapshotStore(
    snapshotStoreConfig(
      'bucket' in place
        ? { ...none, platform: 'aws', awsRegion: place.region, snapshotBucket: place.bucket }
        : { ...none, platform: 'local', dataDir: place.dataDir },
    ),
  );
}
