import { type CellRaster, cellIndex } from './cell-block.ts';

/**
 * Asserts that a rectangle of block-local interior coordinates lies in the block, margin included.
 *
 * @throws RangeError if it does not: typed arrays would take it silently.
 */
function assertInside(
  block: Pick<CellRaster, 'width' | 'height' | 'halo'>,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  const { halo } = block;
  const isInside =
    [x, y, width, height].every(Number.isInteger) &&
    Math.min(width, height) >= 0 &&
    Math.min(x, y) >= -halo &&
    x + width <= block.width + halo &&
    y + height <= block.height + halo;
  if (isInside) return;
  throw new RangeError(
    `rectangle ${width}x${height} at (${x}, ${y}) is not inside a block of ` +
      `${block.width}x${block.height} with a margin of ${halo}`,
  );
}

/** A rectangle of cells of one raster and the equally large one of another that it goes to. */
export interface CellCopy {
  readonly source: CellRaster;
  readonly sourceX: number;
  readonly sourceY: number;
  readonly target: CellRaster;
  readonly targetX: number;
  readonly targetY: number;
  readonly width: number;
  readonly height: number;
}

/** @throws RangeError if a rectangle leaves its block. */
export function assertCopy(copy: CellCopy): void {
  const { source, sourceX, sourceY, target, targetX, targetY, width, height } = copy;
  assertInside(source, { x: sourceX, y: sourceY, width, height });
  assertInside(target, { x: targetX, y: targetY, width, height });
}

/**
 * Copies a rectangle of cells, all fields but extraFood. Coordinates are local to the interior of
 * each block and may be negative: in the margin.
 *
 * @throws RangeError if the rectangle leaves one of the blocks.
 */
export function copyCells(copy: CellCopy): void {
  assertCopy(copy);
  const { source, sourceX, sourceY, target, targetX, targetY, width, height } = copy;
  for (let row = 0; row < height; row++) {
    const from = cellIndex(source, sourceX, sourceY + row);
    const to = cellIndex(target, targetX, targetY + row);
    for (let i = 0; i < width; i++) {
      target.food[to + i] = source.food[from + i]!;
      target.size[to + i] = source.size[from + i]!;
      target.traits[to + i] = source.traits[from + i]!;
      target.health[to + i] = source.health[from + i]!;
      target.birth[to + i] = source.birth[from + i]!;
      target.colour[to + i] = source.colour[from + i]!;
      target.lineage[to + i] = source.lineage[from + i]!;
    }
  }
}
