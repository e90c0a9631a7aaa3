import { describe, expect, it } from 'vitest';
import {
  type CellBlock,
  createCellBlock,
  wrap,
} from '../../../../services/world/cells/cell-block.ts';
import { writeGenesis } from '../../../../services/world/genesis/genesis.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { specOf, wholeBlock } from '../worlds.ts';

function genesis(changes: Parameters<typeof specOf>[0]): CellBlock {
  const spec = specOf(changes);
  const block = wholeBlock(spec.width, spec.height, 0);
  writeGenesis(block, spec);
  return block;
}

describe('genesis', () => {
  it('fills one cell in ten with creatures of size 15 to 19, health 80, born at 0', () => {
    const block = genesis({ width: 1000, height: 500, seed: 4 });
    const living = [...block.size.keys()].filter((i) => block.size[i] !== 0);
    expect(living.length / block.size.length).toBeCloseTo(0.1, 2);
    const valuesOf = (field: 'size' | 'health' | 'birth' | 'traits') =>
      [...new Set(living.map((i) => block[field][i]))].sort((a, b) => a! - b!);
    expect(valuesOf('size')).toEqual([15, 16, 17, 18, 19]);
    expect(valuesOf('health')).toEqual([80]);
    expect(valuesOf('birth')).toEqual([0]);
    expect(valuesOf('traits')).toEqual([0, 1, 2, 3]);
    expect(living.every((i) => block.colour[i] === block.lineage[i])).toBe(true);
    expect(new Set(block.food)).toEqual(new Set([200]));
  });

  it('has three species in each tile of 250 × 250 cells, whole or partial', () => {
    const block = genesis({ width: 600, height: 300, seed: 4 });
    const species = new Map<string, Set<number>>();
    for (const [i, size] of block.size.entries()) {
      if (size === 0) continue;
      const tile = `${Math.floor((i % 600) / 250)},${Math.floor(i / 600 / 250)}`;
      species.set(tile, (species.get(tile) ?? new Set()).add(block.colour[i]!));
    }
    expect([...species].map(([tile, colours]) => `${tile}: ${colours.size}`).sort()).toEqual([
      '0,0: 3',
      '0,1: 3',
      '1,0: 3',
      '1,1: 3',
      '2,0: 3',
      '2,1: 3',
    ]);
    expect(new Set([...species.values()].flatMap((colours) => [...colours])).size).toBe(18);
  });

  it('cuts size, health and food to what the rules allow', () => {
    const { rules } = specOf({});
    const block = genesis({
      rules: { ...rules, maxSize: 3, maxHealth: 40, maxFood: 50 },
      width: 64,
      height: 64,
    });
    const living = [...block.size.keys()].filter((i) => block.size[i] !== 0);
    expect(living.length).toBeGreaterThan(100);
    expect(living.every((i) => block.size[i] === 3 && block.health[i] === 40)).toBe(true);
    expect(new Set(block.food)).toEqual(new Set([50]));
  });

  it('forgets what stood in the block before, and fills the margin too', () => {
    const spec = specOf({ width: 48, height: 32, seed: 8 });
    const whole = genesis(spec);
    const block = createCellBlock({
      x: 16,
      y: 0,
      width: 16,
      height: 16,
      halo: 9,
      worldWidth: 48,
      worldHeight: 32,
    });
    block.size.fill(77);
    writeGenesis(block, spec);
    for (let row = 0; row < block.rows; row++) {
      for (let column = 0; column < block.stride; column++) {
        const i = row * block.stride + column;
        const j = wrap(row - 9, 32) * 48 + wrap(16 + column - 9, 48);
        expect(block.size[i]).toBe(whole.size[j]);
        expect(block.extraFood[i]).toBe(whole.extraFood[j]);
      }
    }
  });

  it('differs by seed', () => {
    const digest = (seed: number) =>
      new SingleWorld(specOf({ width: 32, height: 32, seed })).digest();
    expect(new Set([digest(1), digest(2), digest(0xffffffff)]).size).toBe(3);
  });
});
