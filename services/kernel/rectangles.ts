import { type CellBlock, HALO_CELL_BYTES } from '../world/cell-block.ts';

/** A rectangle of cells in interior coordinates of its block; negative ones lie in the margin. */
export interface CellRectangle {
  readonly block: CellBlock;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle of cells of one block and the equally large one of another that it goes to. */
export interface CellCopy {
  readonly source: CellBlock;
  readonly sourceX: number;
  readonly sourceY: number;
  readonly target: CellBlock;
  readonly targetX: number;
  readonly targetY: number;
  readonly width: number;
  readonly height: number;
}

/** @throws RangeError if a rectangle leaves its block. */
export function assertRectangles(rectangles: readonly CellRectangle[]): void {
  for (const { block, x, y, width, height } of rectangles) {
    const { halo } = block;
    const isInside =
      [x, y, width, height].every(Number.isInteger) &&
      Math.min(width, height) >= 0 &&
      Math.min(x, y) >= -halo &&
      x + width <= block.width + halo &&
      y + height <= block.height + halo;
    if (isInside) continue;
    throw new RangeError(
      `rectangle ${width}x${height} at (${x}, ${y}) is not inside a block of ` +
        `${block.width}x${block.height} with a margin of ${halo}`,
    );
  }
}

/** @throws RangeError if a rectangle leaves its block. */
export function assertCopies(copies: readonly CellCopy[]): void {
  for (const { source, sourceX, sourceY, target, targetX, targetY, width, height } of copies) {
    assertRectangles([
      { block: source, x: sourceX, y: sourceY, width, height },
      { block: target, x: targetX, y: targetY, width, height },
    ]);
  }
}

/** Bytes that the cells of rectangles take when they are packed. */
export function packedBytes(rectangles: readonly CellRectangle[]): number {
  return rectangles.reduce((sum, r) => sum + r.width * r.height * HALO_CELL_BYTES, 0);
}

/** @throws RangeError if the packed cells do not lie inside the bytes. */
export function assertRoom(bytes: Uint8Array, offset: number, needed: number): void {
  if (Number.isInteger(offset) && offset >= 0 && offset + needed <= bytes.length) return;
  throw new RangeError(
    `the cells need ${needed} bytes at offset ${offset}, but there are ${bytes.length}`,
  );
}
