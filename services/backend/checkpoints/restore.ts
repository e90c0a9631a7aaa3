import { readBands } from '../../platform/checkpoints/read-bands.ts';
import { manifestUnreadable, readManifest } from '../../platform/checkpoints/read-manifest.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Compression } from '../../platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import type { Manifest } from '../../protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock, CellRaster } from '../../world/cells/cell-block.ts';
import { copyCells } from '../../world/cells/cell-copy.ts';
import { parcelBytes, viewParcel } from '../../world/cells/cell-parcel.ts';
import { bandOf, bandRows } from '../../world/cells/packed-cells.ts';
import { type Band, commonRegion, regionOfBand } from './bands.ts';
import type { OriginCells, OriginRequest } from './origin-cells.ts';
import type { CellPacking } from './part-work.ts';

export interface RestoreParts {
  store: Pick<SnapshotStore, 'get' | 'getRange'>;
  compression: Compression;
  /** Made when it is needed. */
  packing: () => CellPacking;
  clock: Clock;
}

/** Takes the cells of states out of checkpoints: those that a topology's origin names. */
export const restoreFrom =
  (parts: RestoreParts): OriginCells =>
  async (request) => {
    const { topology, origin, shards, blocks, signal, onShards } = request;
    const { store, compression, clock } = parts;
    if (origin.manifest === undefined) {
      const what = `the topology starts in the state of tick ${origin.tick} and names no checkpoint`;
      throw new ColonyError('CHECKPOINT_UNREADABLE', what);
    }
    const { key: manifestKey } = origin.manifest;
    const manifest = await readManifest(store, origin.manifest);
    assertOfTopology(manifest, request, manifestKey);
    const packing = parts.packing();
    const scratch = createScratch(topology.shardSize);
    const bandsOfShard = Math.ceil(topology.shardSize / bandRows(topology.shardSize));
    let bands = 0;
    await readBands({
      ...{ store, compression, manifest, manifestKey, shards, signal },
      yieldToIo: () => clock.yieldToIo(),
      onBand: (band, packed) => {
        const cells = bandOf(scratch, 0, band.rows);
        packing.unpack(packed, cells);
        placeBand(topology, band, cells, blocks);
        bands++;
        onShards(Math.floor(bands / bandsOfShard));
      },
    });
  };

/** Throws CHECKPOINT_UNREADABLE unless the checkpoint is of the state that the topology starts from. */
function assertOfTopology(
  manifest: Manifest,
  { topology, origin }: Pick<OriginRequest, 'topology' | 'origin'>,
  key: string,
): void {
  const { colonyInstanceId, width, height, shardSize } = topology;
  const expected = { colonyInstanceId, tick: origin.tick, width, height, shardSize };
  for (const [name, value] of Object.entries(expected)) {
    const its = manifest[name as keyof typeof expected];
    if (its !== value) {
      throw manifestUnreadable(key, `its ${name} is ${its}, that of the topology ${value}`);
    }
  }
}

function createScratch(shardSize: number): CellRaster {
  const plan = { width: shardSize, height: Math.min(shardSize, bandRows(shardSize)) };
  const { rasters } = viewParcel(new ArrayBuffer(parcelBytes([plan])), 0, [plan]);
  return rasters[0] as CellRaster;
}

/** Copies the cells of a band to the blocks that hold them. */
function placeBand(
  topology: Topology,
  band: Band,
  source: CellRaster,
  blocks: readonly CellBlock[],
): void {
  const from = regionOfBand(topology, band);
  for (const target of blocks) {
    const common = commonRegion(from, target);
    if (common === undefined) continue;
    const { x, y, width, height } = common;
    const to = { target, targetX: x - target.x, targetY: y - target.y };
    copyCells({ source, sourceX: x - from.x, sourceY: y - from.y, ...to, width, height });
  }
}
