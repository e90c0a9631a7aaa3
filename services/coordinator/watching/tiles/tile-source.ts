import type { Topology } from '../../../protocol/layout/topology.ts';
import type { Fence } from '../../../protocol/wire/fence.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';

/** A colony whose tiles are asked for. */
export interface TiledColony {
  topology: Topology;
  fence: Fence;
}

/** What makes tiles. */
export interface TileSource {
  /**
   * Tiles as laid out by tile-codec.ts. Those who ask for the same at the same time may share the bytes.
   *
   * @param since tag of an answer: tiles are told against it if it is still kept.
   * @throws what `assembleTiles` and `PictureQueue` throw.
   */
  tiles(colony: TiledColony, range: TileRange, since: string | undefined): Promise<Uint8Array>;
}
