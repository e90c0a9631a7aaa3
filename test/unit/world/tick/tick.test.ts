import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Changes, takeChanges } from '../../../../services/world/measuring/changes.ts';
import { DEFAULT_RULES, type Rules } from '../../../../services/world/spec/rules.ts';
import { createTickScratch, tickBlock } from '../../../../services/world/tick/tick.ts';
import { type OracleCounts, oracleTick } from '../oracle.ts';
import { anyRules, comparable, fillFrom, scatter, seeds, toOracle, wholeBlock } from '../worlds.ts';

const sides = fc.integer({ min: 16, max: 24 });
const ticks = fc.oneof(fc.nat(300), fc.integer({ min: 65530, max: 65540 }), seeds);

/** Ticks a random world and its oracle side by side; calls back after each tick. */
function runBeside(
  [width, height]: [number, number],
  rules: Rules,
  seed: number,
  firstTick: number,
  tickCount: number,
  check: (step: {
    before: ReturnType<typeof toOracle>;
    after: ReturnType<typeof toOracle>;
    expected: ReturnType<typeof toOracle>;
    counts: OracleCounts;
    changes: Changes;
  }) => void,
): void {
  const block = wholeBlock(width, height, 3);
  scatter(block, seed, rules);
  const scratch = createTickScratch(block.stride * block.rows);
  for (let tick = firstTick; tick < firstTick + tickCount; tick++) {
    fillFrom(block, block, 'margin');
    const before = toOracle(block);
    const { world, counts } = oracleTick(before, rules, seed, tick % 2 ** 32);
    tickBlock(block, scratch, rules, seed, tick % 2 ** 32);
    const expected = world.map((row) => row.map(comparable));
    check({ before, after: toOracle(block), expected, counts, changes: takeChanges(block) });
  }
}

function total(
  world: ReturnType<typeof toOracle>,
  value: (cell: { food: number; size: number }) => number,
) {
  return world.flat().reduce((sum, cell) => sum + value(cell), 0);
}

describe('a tick', () => {
  it('equals the naive oracle bit for bit, whatever the rules and the state', () => {
    fc.assert(
      fc.property(sides, sides, anyRules, seeds, ticks, (width, height, rules, seed, tick) => {
        runBeside([width, height], rules, seed, tick, 4, ({ after, expected }) => {
          expect(after).toEqual(expected);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('equals the naive oracle under the default rules, tick after tick', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        runBeside([24, 20], DEFAULT_RULES, seed, 0, 25, ({ after, expected }) => {
          expect(after).toEqual(expected);
        });
      }),
      { numRuns: 6 },
    );
  });

  it('accounts for every creature by its births, deaths and kills', () => {
    const seen = { births: 0, deaths: 0, kills: 0, moves: 0, mutants: 0 };
    fc.assert(
      fc.property(seeds, (seed) => {
        runBeside([24, 24], DEFAULT_RULES, seed, 0, 10, ({ before, after, counts }) => {
          const population = (world: typeof before) => total(world, (c) => (c.size > 0 ? 1 : 0));
          const { births, deaths, kills } = counts;
          expect(population(after)).toBe(population(before) + births - deaths - kills);
          for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += counts[name];
        });
      }),
      { numRuns: 10 },
    );
    // The law above would hold in a dead world too: make sure that things happened.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });

  it('counts what happens as the naive oracle does, whatever the rules and the state', () => {
    fc.assert(
      fc.property(sides, sides, anyRules, seeds, ticks, (width, height, rules, seed, tick) => {
        runBeside([width, height], rules, seed, tick, 3, ({ counts, changes }) => {
          const { births, deaths, starved, kills, moves, mutants } = counts;
          expect(changes).toEqual({
            births,
            deathsStarved: starved,
            deathsAccident: deaths - starved,
            deathsKilled: kills,
            deathsExtinct: 0,
            deathsOverwritten: 0,
            created: 0,
            moves,
            mutations: mutants,
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('accounts for all food: what was there, plus what grew, minus what was eaten', () => {
    fc.assert(
      fc.property(anyRules, seeds, (rules, seed) => {
        runBeside([20, 20], rules, seed, 0, 5, ({ before, after, counts }) => {
          const food = (world: typeof before) => total(world, (c) => c.food);
          expect(food(after)).toBe(food(before) + counts.grown - counts.eaten);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a scratch that is too small for the block', () => {
    const block = wholeBlock(16, 16, 3);
    const scratch = createTickScratch(block.stride * block.rows - 1);
    expect(() => tickBlock(block, scratch, DEFAULT_RULES, 1, 0)).toThrow(/22x22 cells/);
  });
});
