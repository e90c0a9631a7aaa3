import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { type CellBlock, createCellBlock } from '../../../services/world/cells/cell-block.ts';
import {
  type Changes,
  EMPTY_CHANGES,
  mergeChanges,
  takeChanges,
} from '../../../services/world/measuring/changes.ts';
import { DEFAULT_RULES, type Rules } from '../../../services/world/spec/rules.ts';
import { RADIUS } from '../../../services/world/tick/tick.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { engineWorld, extremeRules } from '../../support/kernel/kernel-worlds.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../world/worlds.ts';

const sides = fc.integer({ min: 16, max: 70 });
const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 4 });

/** One engine for many blocks: its scratch is what the last block left. */
const engine = new WasmEngine(kernelModule);
const reference = new ReferenceEngine();

const changesOf = (blocks: readonly CellBlock[]): Changes =>
  blocks.map(takeChanges).reduce(mergeChanges, EMPTY_CHANGES);

/** What happens in some ticks of a world, by the reference in one piece, tick after tick. */
function expectedOf(whole: CellBlock, rules: Rules, seed: number, ticks: number): Changes {
  const world = engineWorld(reference, whole, [whole], 1);
  for (let tick = 0; tick < ticks; tick++) world.step(rules, seed, tick);
  return changesOf(world.blocks);
}

describe('the changes that the compiled kernel counts', () => {
  it('are those of the reference in each block alone, whatever lies in its margin', () => {
    fc.assert(
      fc.property(
        fc.tuple(sides, sides),
        extremeRules,
        seeds,
        fc.nat(3),
        fc.integer({ min: 1, max: 5 }),
        ([width, height], rules, seed, more, atOnce) => {
          const halo = RADIUS * (atOnce + more);
          const extent = { x: 5, y: 9, width, height, halo, worldWidth: 97, worldHeight: 83 };
          const [a, b] = [createCellBlock(extent), engine.createBlock(extent)];
          scatter(b, seed, rules);
          const whole = wholeBlock(97, 83, 0);
          scatter(whole, seed, rules);
          for (const block of [a, b]) fillFrom(whole, block, 'all');
          reference.tick(a, rules, seed, seed, atOnce);
          engine.tick(b, rules, seed, seed, atOnce);
          expect(takeChanges(b)).toEqual(takeChanges(a));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('add up to those of the reference in any partition, halo width and length of step', () => {
    fc.assert(
      fc.property(
        fc.tuple(sides, sides),
        fc.tuple(cuts, cuts),
        fc.integer({ min: 1, max: 4 }),
        extremeRules,
        seeds,
        ([width, height], [columnCuts, rowCuts], k, rules, seed) => {
          const whole = wholeBlock(width, height, 0);
          scatter(whole, seed, rules);
          const parts = partition(whole, columnCuts, rowCuts, 0);
          const actual = engineWorld(engine, whole, parts, k);
          for (let tick = 0; tick < 12; ) {
            const ticks = 1 + ((seed + tick) % (k - (tick % k)));
            actual.step(rules, seed, tick, Math.min(ticks, 12 - tick));
            tick += Math.min(ticks, 12 - tick);
          }
          expect(changesOf(actual.blocks)).toEqual(expectedOf(whole, rules, seed, 12));
        },
      ),
      { numRuns: 60 },
    );
  });

  // Deaths are summed up after so many cells of a row as a byte can count.
  it('are exact in rows as long as may be, where everybody dies', () => {
    const whole = wholeBlock(20_000, 16, 0);
    scatter(whole, 3, DEFAULT_RULES);
    whole.size.fill(1);
    whole.health.fill(1);
    whole.food.fill(0);
    whole.extraFood.fill(0);
    const actual = engineWorld(new WasmEngine(kernelModule), whole, [whole], 1);
    actual.step(DEFAULT_RULES, 1, 0);
    const changes = changesOf(actual.blocks);
    expect(changes.deathsStarved).toBe(20_000 * 16);
    expect(changes).toEqual(expectedOf(whole, DEFAULT_RULES, 1, 1));
  });
});
