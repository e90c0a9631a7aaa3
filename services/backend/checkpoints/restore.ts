import { fillBlocks } from '../../platform/checkpoints/fill-blocks.ts';
import { assertOfState, readManifest } from '../../platform/checkpoints/read-manifest.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Compression } from '../../platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { OriginCells, OriginRequest } from './origin-cells.ts';
import type { CellPacking } from './part-work.ts';
import { PatientReads } from './patient-reads.ts';

export interface RestoreParts {
  store: Pick<SnapshotStore, 'get' | 'getRange'>;
  compression: Compression;
  /** Made when it is needed. */
  packing: () => CellPacking;
  clock: Clock;
}

/** Takes the cells of states out of checkpoints: those that a topology's origin names. */
export const restoreFrom = (parts: RestoreParts): OriginCells => {
  const reads = new PatientReads(parts);
  return async (request) => {
    try {
      await restore({ ...parts, store: reads.until(request.signal) }, request);
    } catch (error) {
      // Reads that were given up say nothing of what they read.
      request.signal.throwIfAborted();
      throw error;
    }
  };
};

async function restore(parts: RestoreParts, request: OriginRequest): Promise<void> {
  const { topology, origin, shards, blocks, signal, onShards } = request;
  const { store, compression, clock } = parts;
  const { tick } = origin;
  if (origin.manifest === undefined) {
    const what = `the topology starts in the state of tick ${tick} and names no checkpoint`;
    throw new ColonyError('CHECKPOINT_UNREADABLE', what);
  }
  const { key: manifestKey } = origin.manifest;
  const manifest = await readManifest(store, origin.manifest);
  assertOfState(manifest, manifestKey, { ...topology, tick }, 'topology');
  const packing = parts.packing();
  await fillBlocks({
    ...{ store, compression, manifest, manifestKey, shards, blocks, signal, onShards },
    unpack: (packed, cells) => packing.unpack(packed, cells),
    yieldToIo: () => clock.yieldToIo(),
  });
}
