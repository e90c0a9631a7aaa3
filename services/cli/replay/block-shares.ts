import { cutRegions } from '../../kernel/lockstep/cut-regions.ts';
import { memoryBlockBytes, memoryBlockSpanBytes } from '../../kernel/memory-block.ts';
import type { BlockExtent } from '../../world/cells/cell-block.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';

/**
 * The blocks that a whole world is ticked in.
 *
 * @param options.shardSize blocks hold no more than one shard. @default the world is one piece
 */
export function blocksOfWorld(
  { width, height }: Pick<WorldSpec, 'width' | 'height'>,
  options: { shardSize?: number | undefined; threads: number; halo: number },
): BlockExtent[] {
  const { shardSize, threads, halo } = options;
  const pieceWidth = shardSize ?? width;
  const pieceHeight = shardSize ?? height;
  const pieces: { x: number; y: number; width: number; height: number }[] = [];
  for (let y = 0; y < height; y += pieceHeight) {
    for (let x = 0; x < width; x += pieceWidth) {
      pieces.push({ x, y, width: pieceWidth, height: pieceHeight });
    }
  }
  return cutRegions(pieces, { threads, halo }).map((block) => {
    return { ...block, halo, worldWidth: width, worldHeight: height };
  });
}

/** The bytes that blocks take, margins and padding included. */
export const bytesOfBlocks = (blocks: readonly BlockExtent[]): number =>
  blocks.reduce((sum, block) => sum + memoryBlockBytes(block), 0);

/**
 * Divides blocks into as few shares as need be, of about as many blocks each: one share for each memory.
 *
 * @param addressBytes what the blocks of a share may span.
 */
export function shareBlocks(
  blocks: readonly BlockExtent[],
  addressBytes: number,
): readonly (readonly BlockExtent[])[] {
  const spanBytes = (some: readonly BlockExtent[]) =>
    some.reduce((sum, block) => sum + memoryBlockSpanBytes(block), 0);
  for (let count = 1; ; count++) {
    const from = (share: number) => Math.floor((share * blocks.length) / count);
    const shares = Array.from({ length: count }, (_, i) => blocks.slice(from(i), from(i + 1)));
    const isDivided = count >= blocks.length;
    if (isDivided || shares.every((share) => spanBytes(share) <= addressBytes)) return shares;
  }
}
