import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  statisticsOf,
} from '../../../../services/world/measuring/statistics.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../worlds.ts';

describe('statistics', () => {
  it('of the shards merge to those of the whole world', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 23 }), { maxLength: 4 });
    fc.assert(
      fc.property(seeds, cuts, cuts, fc.nat(70_000), (seed, columnCuts, rowCuts, tick) => {
        const whole = wholeBlock(24, 18, 3);
        scatter(whole, seed, DEFAULT_RULES);
        const parts = partition(whole, columnCuts, rowCuts, 2);
        for (const part of parts) fillFrom(whole, part, 'all');
        const merged = parts.map((part) => statisticsOf(part, tick)).reduce(mergeStatistics);
        expect(merged).toEqual(statisticsOf(whole, tick));
        expect(mergeStatistics(EMPTY_STATISTICS, merged)).toEqual(merged);
      }),
    );
  });

  it('count creatures and sum what they have, and leave stale fields out', () => {
    const block = wholeBlock(16, 16, 3);
    block.traits.fill(3);
    block.health.fill(999);
    block.extraFood.fill(2);
    const put = (column: number, size: number, traits: number, health: number, birth: number) => {
      const i = cellIndex(block, column, 0);
      block.size[i] = size;
      block.traits[i] = traits;
      block.health[i] = health;
      block.birth[i] = birth;
      block.food[i] = 10;
    };
    put(0, 5, 0, 100, 90);
    put(1, 6, 1, 200, 100);
    put(2, 7, 2, 300, 65535);
    put(3, 8, 3, 400, 0);
    expect(statisticsOf(block, 100)).toEqual({
      cells: 256,
      food: 40,
      extraFood: 512,
      population: 4,
      canKill: 2,
      canMove: 2,
      canKillAndMove: 1,
      size: 26,
      health: 1000,
      ageTicks: 10 + 0 + 101 + 100,
    });
  });

  it('survive JSON unchanged', () => {
    const block = wholeBlock(16, 16, 3);
    scatter(block, 1, DEFAULT_RULES);
    const statistics = statisticsOf(block, 7);
    expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics);
  });
});
