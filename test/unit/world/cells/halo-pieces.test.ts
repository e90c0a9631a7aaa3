import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CellBlock, wrap } from '../../../../services/world/cells/cell-block.ts';
import { haloPieces } from '../../../../services/world/cells/halo-pieces.ts';
import { partition, wholeBlock } from '../worlds.ts';

/** How often each cell of a target is written by the pieces of all blocks; checks each source. */
function coverage(target: CellBlock, blocks: CellBlock[]): Map<string, number> {
  const written = new Map<string, number>();
  for (const source of blocks) {
    for (const piece of haloPieces(target, source)) {
      for (let row = 0; row < piece.height; row++) {
        for (let column = 0; column < piece.width; column++) {
          const from = [piece.sourceX + column, piece.sourceY + row] as const;
          const to = [piece.targetX + column, piece.targetY + row] as const;
          const isSameCell =
            from[0] >= 0 &&
            from[0] < source.width &&
            from[1] >= 0 &&
            from[1] < source.height &&
            wrap(target.x + to[0], target.worldWidth) === source.x + from[0] &&
            wrap(target.y + to[1], target.worldHeight) === source.y + from[1];
          if (!isSameCell) throw new Error(`(${to}) is not the source's cell (${from})`);
          written.set(`${to}`, (written.get(`${to}`) ?? 0) + 1);
        }
      }
    }
  }
  return written;
}

describe('halo pieces', () => {
  it('cover the margin of every block exactly once, and nothing of its interior', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 });
    const sides = fc.integer({ min: 16, max: 31 });
    const halos = fc.constantFrom(0, 1, 3, 6, 12, 40);
    fc.assert(
      fc.property(sides, sides, cuts, cuts, halos, (width, height, columnCuts, rowCuts, halo) => {
        const blocks = partition(wholeBlock(width, height, 0), columnCuts, rowCuts, halo);
        for (const target of blocks) {
          const written = coverage(target, blocks);
          const margin = target.stride * target.rows - target.width * target.height;
          expect(written.size).toBe(margin);
          expect([...written.values()].every((count) => count === 1)).toBe(true);
          for (let row = 0; row < target.height; row++) {
            for (let column = 0; column < target.width; column++) {
              if (written.has(`${[column, row]}`)) throw new Error(`(${column}, ${row}) written`);
            }
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
