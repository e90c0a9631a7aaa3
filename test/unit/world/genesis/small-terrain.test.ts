import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSmallTerrain, isSmall } from '../../../../services/world/genesis/small-terrain.ts';
import { evaluateTerrain } from '../../../../services/world/genesis/terrain.ts';
import { seeds } from '../worlds.ts';

describe('the terrain of a small world', () => {
  it('is that of each rectangle evaluated by itself, also when worlds take turns', () => {
    const side = fc.integer({ min: 16, max: 256 });
    const terrain = fc.record({ seed: seeds, number: fc.nat(3), width: side, height: side });
    const rect = fc.record({
      x: fc.integer({ min: -400, max: 450 }),
      y: fc.integer({ min: -400, max: 450 }),
      width: fc.integer({ min: 1, max: 300 }),
      height: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(terrain, terrain, rect, (one, other, { x, y, width, height }) => {
        for (const asked of [one, { ...one, number: one.number + 1 }, other, one]) {
          expect(cutSmallTerrain(asked, x, y, width, height)).toEqual(
            evaluateTerrain(asked, x, y, width, height),
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is kept up to 256 by 256 cells', () => {
    const terrain = { seed: 1, number: 0, width: 256, height: 256 };
    expect(isSmall(terrain)).toBe(true);
    expect(isSmall({ ...terrain, width: 257 })).toBe(false);
  });
});
