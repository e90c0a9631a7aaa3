import { type Band, commonRegion, regionOfBand } from '../../protocol/checkpoint/bands.ts';
import type { CellBlock, CellRaster } from '../../world/cells/cell-block.ts';
import { copyCells } from '../../world/cells/cell-copy.ts';
import { parcelBytes, viewParcel } from '../../world/cells/cell-parcel.ts';
import { bandOf, bandRows } from '../../world/cells/packed-cells.ts';
import { type BandReading, readBands } from './read-bands.ts';

export interface BlockFilling extends Omit<BandReading, 'onBand'> {
  /** They hold the wanted shards, and are empty. */
  blocks: readonly CellBlock[];
  /**
   * `unpackCells` of services/world, or the same of the compiled kernel.
   *
   * @throws RangeError if the bytes are not the cells of such a raster.
   */
  unpack: (packed: Uint8Array, cells: CellRaster) => void;
  /** Called with the number of shards that are filled, whenever it grows. */
  onShards: (shards: number) => void;
}

/**
 * Fills the interiors of blocks with the cells of a checkpoint. It leaves alone their terrain, which follows
 * from the conditions, and their margins.
 *
 * @throws ColonyError CHECKPOINT_UNREADABLE, STORE_UNAVAILABLE; the signal's reason. Blocks are half filled then.
 */
export async function fillBlocks(filling: BlockFilling): Promise<void> {
  const { blocks, unpack, onShards, ...reading } = filling;
  const { manifest } = reading;
  const { shardSize } = manifest;
  const scratch = createScratch(shardSize);
  const bandsOfShard = Math.ceil(shardSize / bandRows(shardSize));
  let bands = 0;
  await readBands({
    ...reading,
    onBand: (band, packed) => {
      const cells = bandOf(scratch, 0, band.rows);
      unpack(packed, cells);
      placeBand(manifest, band, cells, blocks);
      bands++;
      onShards(Math.floor(bands / bandsOfShard));
    },
  });
}

function createScratch(shardSize: number): CellRaster {
  const plan = { width: shardSize, height: Math.min(shardSize, bandRows(shardSize)) };
  const { rasters } = viewParcel(new ArrayBuffer(parcelBytes([plan])), 0, [plan]);
  return rasters[0] as CellRaster;
}

/** Copies the cells of a band to the blocks that hold them. */
function placeBand(
  world: { readonly width: number; readonly shardSize: number },
  band: Band,
  source: CellRaster,
  blocks: readonly CellBlock[],
): void {
  const from = regionOfBand(world, band);
  for (const target of blocks) {
    const common = commonRegion(from, target);
    if (common === undefined) continue;
    const { x, y, width, height } = common;
    const to = { target, targetX: x - target.x, targetY: y - target.y };
    copyCells({ source, sourceX: x - from.x, sourceY: y - from.y, ...to, width, height });
  }
}
