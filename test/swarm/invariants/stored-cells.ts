import { fillBlocks } from '../../../services/platform/checkpoints/fill-blocks.ts';
import { createCompression } from '../../../services/platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';
import type { Manifest } from '../../../services/protocol/checkpoint/manifest.ts';
import { createCellBlock } from '../../../services/world/cells/cell-block.ts';
import { unpackCells } from '../../../services/world/cells/packed-cells.ts';
import { restoreTerrain } from '../../../services/world/events/restore-terrain.ts';
import { digestOf, formatDigest } from '../../../services/world/measuring/digest.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';

/** The digest of the cells that a checkpoint has. */
export async function digestOfStored(
  store: SnapshotStore,
  manifestKey: string,
  manifest: Manifest,
  { seed }: WorldSpec,
): Promise<string> {
  const { width, height, shardSize } = manifest;
  const block = createCellBlock({
    ...{ x: 0, y: 0, width, height, halo: 0, worldWidth: width, worldHeight: height },
  });
  const shards = (width / shardSize) * (height / shardSize);
  await fillBlocks({
    ...{ store, manifest, manifestKey, compression: createCompression(), blocks: [block] },
    shards: Array.from({ length: shards }, (_, shard) => shard),
    onShards: () => {},
    signal: new AbortController().signal,
    unpack: unpackCells,
    yieldToIo: async () => {},
  });
  restoreTerrain(block, seed, manifest.origin.conditions);
  return formatDigest(digestOf(block));
}
