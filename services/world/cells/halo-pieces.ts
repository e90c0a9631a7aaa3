import type { BlockExtent } from './cell-block.ts';

/** A rectangle of cells that a block's margin takes from a block's interior, in local coordinates. */
export interface HaloPiece {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
  width: number;
  height: number;
}

/**
 * The pieces of a target's margin that lie in a source's interior, by row and then by column. In
 * a narrow world there may be many, for the margin meets the same cells again; target and source
 * may be the same block, which then gets its own cells from the other side of the torus. The
 * pieces from all blocks of a partition cover the margin exactly once.
 */
export function haloPieces(target: BlockExtent, source: BlockExtent): HaloPiece[] {
  const { halo, worldWidth, worldHeight } = target;
  const pieces: HaloPiece[] = [];
  const across = overlaps(target.x, target.width, source.x, source.width, halo, worldWidth);
  const down = overlaps(target.y, target.height, source.y, source.height, halo, worldHeight);
  for (const rows of down) {
    for (const columns of across) {
      // Interiors of a partition meet only where a block meets itself without a shift.
      if (columns.isInterior && rows.isInterior) continue;
      pieces.push({
        sourceX: columns.source,
        sourceY: rows.source,
        targetX: columns.target,
        targetY: rows.target,
        width: columns.length,
        height: rows.length,
      });
    }
  }
  return pieces;
}

interface Overlap {
  source: number;
  target: number;
  length: number;
  isInterior: boolean;
}

/** Where the images of a source's span on a ring meet a target's padded span, cut at its interior. */
function overlaps(
  target: number,
  targetLength: number,
  source: number,
  sourceLength: number,
  halo: number,
  ring: number,
): Overlap[] {
  const found: Overlap[] = [];
  const spans = [
    { from: -halo, to: 0, isInterior: false },
    { from: 0, to: targetLength, isInterior: true },
    { from: targetLength, to: targetLength + halo, isInterior: false },
  ];
  const firstImage =
    source - target - ring * Math.ceil((source - target + sourceLength + halo) / ring);
  for (const span of spans) {
    for (let image = firstImage; image < span.to; image += ring) {
      const from = Math.max(image, span.from);
      const to = Math.min(image + sourceLength, span.to);
      if (from >= to) continue;
      found.push({
        source: from - image,
        target: from,
        length: to - from,
        isInterior: span.isInterior,
      });
    }
  }
  return found;
}
