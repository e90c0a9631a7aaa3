import { ColonyError } from '../../protocol/common/errors.ts';
import { regionsOf } from '../../protocol/layout/regions.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { PICTURE_MAX_BYTES } from '../../protocol/wire/picture-codec.ts';
import type { ReadTilesRequest } from '../../protocol/wire/rpc.ts';
import { pixelsOfWorld } from '../../protocol/wire/tile-grid.ts';
import { encodeTilePart } from '../../protocol/wire/tile-part-codec.ts';
import { LAYER_BYTES } from '../../world/measuring/layers.ts';
import { SharedSamples } from '../../world/measuring/shared-samples.ts';
import { drawSquares, imageOf, pixelsWithin } from '../../world/measuring/squares.ts';
import type { ShardSet } from '../shards/shard-set.ts';
import { ownerShown } from './picture-part.ts';

/**
 * The part of some tiles that is in this backend's shards, all in one state. Throws TILES_OUTSIDE_WORLD or
 * TILES_TOO_LARGE.
 */
export async function tilePart(
  shards: ShardSet,
  topology: Topology,
  ownIndex: number,
  { fromTick, ...request }: ReadTilesRequest,
): Promise<Uint8Array> {
  assertPixels(request, topology);
  const { layer, zoom } = request;
  const regions = regionsOf(topology, ownIndex);
  const part = await shards.read(
    (blocks, at) => {
      const shared = new SharedSamples();
      const { rules } = shards;
      const view = { layer, zoom, rules, tick: at.minTick, owner: ownerShown(ownIndex) };
      const images = regions.flatMap((region) => {
        const area = pixelsWithin(region, view, request);
        if (area === undefined) return [];
        const image = imageOf(area, layer);
        // Blocks are cut from regions. Each draws into the image of its own, so that no sample counts twice.
        for (const block of blocks) {
          const isInside =
            block.x >= region.x &&
            block.x < region.x + region.width &&
            block.y >= region.y &&
            block.y < region.y + region.height;
          if (isInside) drawSquares(block, view, image, shared, shards.sampler);
        }
        return [image];
      });
      return { layer, zoom, ...at, images, shared: shared.words };
    },
    { fromTick },
  );
  return encodeTilePart(part);
}

function assertPixels(
  { layer, zoom, x, y, width, height }: Omit<ReadTilesRequest, 'fromTick'>,
  world: { width: number; height: number },
): void {
  const all = pixelsOfWorld(world, zoom);
  if (x + width > all.width || y + height > all.height) {
    throw new ColonyError(
      'TILES_OUTSIDE_WORLD',
      `${width} x ${height} pixels at (${x}, ${y}) reach beyond ${all.width} x ${all.height}`,
    );
  }
  const bytes = width * height * LAYER_BYTES[layer];
  if (bytes > PICTURE_MAX_BYTES) {
    throw new ColonyError(
      'TILES_TOO_LARGE',
      `the tiles have ${bytes} bytes of pixels, at most ${PICTURE_MAX_BYTES} are given`,
    );
  }
}
