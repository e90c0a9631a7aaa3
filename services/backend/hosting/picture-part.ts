import { assertFrame, createFrame, FRAME_HEADER_BYTES } from '../../protocol/wire/picture-codec.ts';
import type { ReadFrameRequest } from '../../protocol/wire/rpc.ts';
import { sampleLayer } from '../../world/measuring/layers.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { ShardSet } from '../shards/shard-set.ts';

/** The layer `owner` has a byte per pixel, 0 for nobody. */
const OWNERS_SHOWN = 255;

/**
 * The part of a frame that lies in the shards here, all in one state; other pixels stay 0. Throws
 * FRAME_OUTSIDE_WORLD or FRAME_TOO_LARGE, before anything is allocated.
 */
export async function framePart(
  shards: ShardSet,
  spec: WorldSpec,
  ownIndex: number,
  { layer, ...rect }: ReadFrameRequest,
): Promise<Uint8Array> {
  assertFrame(layer, rect, spec);
  return shards.read((blocks, { minTick, maxTick }) => {
    const frame = createFrame({ layer, ...rect, minTick, maxTick });
    const pixels = frame.subarray(FRAME_HEADER_BYTES);
    const owner = (ownIndex % OWNERS_SHOWN) + 1;
    for (const block of blocks) {
      sampleLayer(block, layer, shards.rules, minTick, rect, owner, pixels);
    }
    return frame;
  });
}
