import { type CellBlock, wrap } from '../cells/cell-block.ts';
import type { Ellipse } from './events.ts';

/**
 * Calls with the index of each cell of a block, margin included, that lies in an ellipse. The distances to its
 * centre are the shorter ways on the torus. So a cell that stands several times in a block is in it each time.
 */
export function forEachInEllipse(
  block: CellBlock,
  ellipse: Ellipse,
  change: (index: number) => void,
): void {
  const { x, y, halo, stride, rows, worldWidth, worldHeight } = block;
  const squareX = ellipse.radiusX * ellipse.radiusX;
  const squareY = ellipse.radiusY * ellipse.radiusY;
  for (let row = 0; row < rows; row++) {
    const dy = ringDistance(y + row - halo, ellipse.y, worldHeight);
    if (dy > ellipse.radiusY) continue;
    // All products are below 2^53: radii are small, and distances at most half of a side.
    const room = squareX * (squareY - dy * dy);
    for (let column = 0; column < stride; column++) {
      const dx = ringDistance(x + column - halo, ellipse.x, worldWidth);
      if (dx * dx * squareY <= room) change(row * stride + column);
    }
  }
}

/** The shorter way between two coordinates on a ring of some size. */
function ringDistance(a: number, b: number, size: number): number {
  const ahead = wrap(a - b, size);
  return Math.min(ahead, size - ahead);
}
