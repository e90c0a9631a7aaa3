import { describe, expect, it } from 'vitest';
import { cellIndex, createCellBlock, wrap } from '../../../../services/world/cells/cell-block.ts';

describe('a cell block', () => {
  it('finds the interior behind its margin', () => {
    const block = createCellBlock({
      x: 40,
      y: 20,
      width: 20,
      height: 10,
      halo: 3,
      worldWidth: 80,
      worldHeight: 40,
    });
    expect([block.stride, block.rows, block.food.length]).toEqual([26, 16, 416]);
    expect(cellIndex(block, 0, 0)).toBe(3 * 26 + 3);
    expect(cellIndex(block, -3, -3)).toBe(0);
    expect(cellIndex(block, 22, 12)).toBe(415);
  });

  it('wraps coordinates round the torus, however far they are', () => {
    expect([-33, -1, 0, 15, 16, 49].map((x) => wrap(x, 16))).toEqual([15, 15, 0, 15, 0, 1]);
  });
});
