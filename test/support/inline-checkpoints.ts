import type { BackendOptions } from '../../services/backend/app.ts';
import { InlineWriter } from '../../services/backend/checkpoints/inline-writer.ts';
import { restoreFrom } from '../../services/backend/checkpoints/restore.ts';
import { CellPacker } from '../../services/kernel/packing/cell-packer.ts';
import type { Clock } from '../../services/platform/runtime/clock.ts';
import { createCompression } from '../../services/platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../services/platform/snapshots/snapshot-store.ts';
import { CODECS } from '../../services/protocol/checkpoint/part-object.ts';
import { bandRows } from '../../services/world/cells/packed-cells.ts';
import { kernelModule } from './kernel/kernel.ts';

let packer: CellPacker | undefined;

/** The compiled packer: one for all who take turns in this thread. */
function compiledPacking(): CellPacker {
  packer ??= new CellPacker(kernelModule, bandRows(1));
  return packer;
}

/**
 * What lets a backend write its checkpoints into a store, in the calling thread, and start from them.
 *
 * @param isCompressed whether with the best codec that this Node has, so that other Nodes make other bytes. @default true
 */
export function inlineCheckpoints({
  store,
  clock,
  colonyName = 'test',
  packing = compiledPacking(),
  isCompressed = true,
}: {
  store: SnapshotStore;
  clock: Clock;
  colonyName?: string;
  packing?: Pick<CellPacker, 'pack' | 'unpack'>;
  isCompressed?: boolean;
}): Required<Pick<BackendOptions, 'checkpoints' | 'originCells'>> {
  const zlib = createCompression();
  const compression = isCompressed ? zlib : { ...zlib, best: CODECS.none };
  const tools = { packing, compression, store, yieldToIo: () => clock.yieldToIo() };
  return {
    checkpoints: { writer: new InlineWriter(tools), colonyName },
    originCells: restoreFrom({ store, compression, packing: () => packing, clock }),
  };
}
