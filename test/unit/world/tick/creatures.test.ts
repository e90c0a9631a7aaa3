import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { specOf } from '../worlds.ts';

/** Who lives in a world, as a multiset of what a creature keeps all its life. */
function census(world: SingleWorld): Map<string, number> {
  const found = new Map<string, number>();
  for (const block of world.blocks) {
    for (let row = 0; row < block.height; row++) {
      for (let column = 0; column < block.width; column++) {
        const i = cellIndex(block, column, row);
        if (block.size[i] === 0) continue;
        const { birth, lineage, colour, size, traits } = block;
        const who = [birth[i], lineage[i], colour[i], size[i], traits[i]].join();
        found.set(who, (found.get(who) ?? 0) + 1);
      }
    }
  }
  return found;
}

describe('creatures', () => {
  it('are never doubled: one that is there after a tick was there before or was born in it', () => {
    const world = new SingleWorld(specOf({ width: 120, height: 96, seed: 7 }), { shardSize: 24 });
    for (let tick = 0; tick < 80; tick++) {
      const before = census(world);
      world.step();
      for (const [who, count] of census(world)) {
        if (who.startsWith(`${tick},`)) continue;
        expect(count, `creature ${who} at tick ${tick}`).toBeLessThanOrEqual(before.get(who) ?? 0);
      }
    }
    expect(world.statistics().population).toBeGreaterThan(1000);
  });

  it('keep the mark of a first ancestor, for ever', () => {
    const world = new SingleWorld(specOf({ width: 64, height: 64, seed: 3 }));
    const lineages = () => new Set([...census(world).keys()].map((who) => who.split(',')[1]));
    const first = lineages();
    for (let tick = 0; tick < 60; tick++) world.step();
    expect([...lineages()].filter((lineage) => !first.has(lineage))).toEqual([]);
  });
});
