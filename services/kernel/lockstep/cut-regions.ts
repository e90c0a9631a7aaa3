import { VECTOR_CELLS } from '../memory-layout.ts';

/** A rectangle of cells of the world that does not cross its edge. */
type Region = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;

/** The longest row: what the kernel keeps of it must fit the caches of one processor. */
const WIDTH_MAX = 2048;
/**
 * The most cells of a block, margin and padding included: it is ticked without a pause, for some
 * milliseconds, and the kernel's planes hold no more.
 */
const PADDED_CELLS_MAX = 2 ** 20;
/** Smaller blocks are mostly margin. */
const CELLS_MIN = 2 ** 12;
/** Blocks for each thread, where several share the work: the last block of one delays the others. */
const BLOCKS_PER_THREAD = 2;

/**
 * Cuts the regions that a process holds into the blocks that are ticked: as large as possible, because
 * margins cost, but enough of them that all threads have work. No other process depends on the cut.
 *
 * @param halo width of the margin of each block
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

/** Divides a span into parts whose lengths differ by at most one. */
function cuts(from: number, length: number, parts: number): [from: number, length: number][] {
  return Array.from({ length: parts }, (_, i) => {
    const start = Math.floor((i * length) / parts);
    return [from + start, Math.floor(((i + 1) * length) / parts) - start];
  });
}
