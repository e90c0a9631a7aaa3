import type { RpcCalls } from '../../../platform/rpc/rpc-client.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';
import { PictureQueue } from '../reading/picture-queue.ts';
import { RecentTiles } from './recent-tiles.ts';
import { assembleTiles } from './tile-assembly.ts';
import type { TiledColony, TileSource } from './tile-source.ts';

/** Makes tiles in the thread that asks for them. */
export class InlineTiles implements TileSource {
  readonly #rpc: RpcCalls;
  readonly #queue = new PictureQueue();
  readonly #recent = new RecentTiles();

  constructor(rpc: RpcCalls) {
    this.#rpc = rpc;
  }

  async tiles(
    { topology, fence }: TiledColony,
    range: TileRange,
    since: string | undefined,
  ): Promise<Uint8Array> {
    const { layer, zoom, x, y, columns, rows } = range;
    const { generation, epoch, topologyVersion } = fence;
    const key = [generation, epoch, topologyVersion, layer, zoom, x, y, columns, rows].join();
    const answer = await this.#queue.take(key, async () =>
      this.#recent.keep(await assembleTiles({ rpc: this.#rpc, topology, fence }, range)),
    );
    return this.#recent.encode(answer, since);
  }
}
