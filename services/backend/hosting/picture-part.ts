import {
  assertPicture,
  createPicture,
  PICTURE_HEADER_BYTES,
} from '../../protocol/wire/picture-codec.ts';
import type { ReadPictureRequest } from '../../protocol/wire/rpc.ts';
import { sampleLayer } from '../../world/measuring/layers.ts';
import type { ShardSet } from '../shards/shard-set.ts';

/** The layer `owner` has a byte per pixel, 0 for cells of other backends. */
const OWNERS_SHOWN = 255;

/** What the layer `owner` shows for the shards of a backend. */
export const ownerShown = (ownIndex: number): number => (ownIndex % OWNERS_SHOWN) + 1;

/**
 * The part of a picture that is in this backend's shards, all in one state; other pixels stay 0. Throws
 * FRAME_OUTSIDE_WORLD or FRAME_TOO_LARGE, before anything is allocated.
 */
export async function picturePart(
  shards: ShardSet,
  world: { width: number; height: number },
  ownIndex: number,
  { layer, ...rect }: ReadPictureRequest,
): Promise<Uint8Array> {
  assertPicture(layer, rect, world);
  return shards.read((blocks, { minTick, maxTick }) => {
    const picture = createPicture({ layer, ...rect, minTick, maxTick });
    const pixels = picture.subarray(PICTURE_HEADER_BYTES);
    const owner = ownerShown(ownIndex);
    for (const block of blocks) {
      sampleLayer(block, layer, shards.rules, minTick, rect, owner, pixels);
    }
    return picture;
  });
}
