import { type CellRaster, cellIndex } from './cell-block.ts';
import { CELL_FIELDS, type CellFields } from './cell-fields.ts';

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
  /** What of them. @default 'all' */
  readonly fields?: CellFields;
}

/** @throws RangeError if a rectangle leaves its block, or one of the two lacks the fields. */
export function assertCopy(copy: CellCopy): void {
  const { source, sourceX, sourceY, target, targetX, targetY, width, height, fields } = copy;
  for (const { fields: there = 'all' } of [source, target]) {
    if (there === 'all' || there === fields) continue;
    throw new RangeError(`a copy of ${fields ?? 'all'} fields, but there is only the ${there}`);
  }
  assertInside(source, { x: sourceX, y: sourceY, width, height });
  assertInside(target, { x: targetX, y: targetY, width, height });
}

/**
 * Copies a rectangle of cells. Coordinates are local to the interior of each block and may be
 * negative: in the margin.
 *
 * @throws RangeError if the rectangle leaves one of the blocks.
 */
export function copyCells(copy: CellCopy): void {
  assertCopy(copy);
  const { source, sourceX, sourceY, target, targetX, targetY, width, height } = copy;
  for (const [field] of CELL_FIELDS[copy.fields ?? 'all']) {
    const [from, to] = [source[field], target[field]];
    for (let row = 0; row < height; row++) {
      const start = cellIndex(source, sourceX, sourceY + row);
      to.set(from.subarray(start, start + width), cellIndex(target, targetX, targetY + row));
    }
  }
}
