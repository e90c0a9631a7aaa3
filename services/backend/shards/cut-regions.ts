import { VECTOR_CELLS } from '../../kernel/memory-layout.ts';
import type { Region } from '../../protocol/layout/regions.ts';

/** What the kernel keeps of a row at a time has to stay in the caches of one processor. */
const WIDTH_MAX = 2048;
/**
 * Of a block with its margin and rows filled up to vectors: it is ticked without a pause, some
 * milliseconds, and the kernel's planes hold that many.
 */
const PADDED_CELLS_MAX = 2 ** 20;
/** Smaller blocks are mostly margin. */
const CELLS_MIN = 2 ** 12;
/** Where several threads share the work: the last block of one holds the others up. */
const BLOCKS_PER_THREAD = 2;

/**
 * Cuts the regions of a backend into the blocks that are ticked: as large as may be, for margins
 * cost, but so many that all threads have work. How they are cut matters to no other backend.
 *
 * @param halo width of the margin that each block will have
 */
export function cutRegions(
  regions: readonly Region[],
  { threads, halo }: { threads: number; halo: number },
): Region[] {
  const cells = regions.reduce((sum, { width, height }) => sum + width * height, 0);
  const share = threads > 1 ? cells / (BLOCKS_PER_THREAD * threads) : cells;
  const cellsMax = Math.max(CELLS_MIN, Math.ceil(share));
  return regions.flatMap(({ x, y, width, height }) => {
    const columns = Math.ceil(width / WIDTH_MAX);
    const blockWidth = Math.ceil(width / columns);
    const paddedWidth = blockWidth + 2 * halo + VECTOR_CELLS;
    const rowsMax = Math.max(1, Math.floor(PADDED_CELLS_MAX / paddedWidth) - 2 * halo);
    const toShare = Math.min(height, Math.ceil((blockWidth * height) / cellsMax));
    const rows = Math.max(toShare, Math.ceil(height / rowsMax));
    return cuts(y, height, rows).flatMap(([blockY, blockHeight]) =>
      cuts(x, width, columns).map(([blockX, columnWidth]) => {
        return { x: blockX, y: blockY, width: columnWidth, height: blockHeight };
      }),
    );
  });
}

/** A span in so many parts that differ by one at the most. */
function cuts(from: number, length: number, parts: number): [from: number, length: number][] {
  return Array.from({ length: parts }, (_, i) => {
    const start = Math.floor((i * length) / parts);
    return [from + start, Math.floor(((i + 1) * length) / parts) - start];
  });
}
