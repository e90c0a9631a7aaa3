import type { Region } from '../protocol/regions.ts';

/** What the kernel keeps of a row at a time has to stay in the caches of one processor. */
const WIDTH_MAX = 2048;
/** A block is ticked without a pause: some milliseconds. With its margin it fits planes of 2^20 cells. */
const CELLS_MAX = 14 * 2 ** 16;
/** Smaller blocks are mostly margin. */
const CELLS_MIN = 2 ** 12;
/** Where several threads share the work: the last block of one holds the others up. */
const BLOCKS_PER_THREAD = 2;

/**
 * Cuts the regions of a backend into the blocks that are ticked: as large as may be, for margins
 * cost, but so many that all threads have work. What they are is nobody else's concern.
 */
export function cutRegions(regions: readonly Region[], threads: number): Region[] {
  const cells = regions.reduce((sum, { width, height }) => sum + width * height, 0);
  const blocks = threads > 1 ? BLOCKS_PER_THREAD * threads : 1;
  const cellsMax = Math.min(CELLS_MAX, Math.max(CELLS_MIN, Math.ceil(cells / blocks)));
  return regions.flatMap(({ x, y, width, height }) => {
    const columns = Math.ceil(width / WIDTH_MAX);
    const rows = Math.min(height, Math.ceil((Math.ceil(width / columns) * height) / cellsMax));
    return cuts(y, height, rows).flatMap(([blockY, blockHeight]) =>
      cuts(x, width, columns).map(([blockX, blockWidth]) => {
        return { x: blockX, y: blockY, width: blockWidth, height: blockHeight };
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
