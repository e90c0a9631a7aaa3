import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix } from '../../../../services/world/arithmetic/randomness.ts';
import {
  type CellBlock,
  cellIndex,
  createCellBlock,
} from '../../../../services/world/cells/cell-block.ts';
import { applyEvent } from '../../../../services/world/events/apply-event.ts';
import {
  type CreateCreature,
  conditionsAfter,
  drawEvent,
  EVENT_KINDS,
  type FoodDrop,
  firstConditions,
  type WorldEvent,
} from '../../../../services/world/events/events.ts';
import { evaluateTerrain } from '../../../../services/world/genesis/terrain.ts';
import { DEFAULT_RULES, RULE_BOUNDS, RULE_NAMES } from '../../../../services/world/spec/rules.ts';
import { FIELDS, fillFrom, partition, scatter, seeds, toOracle, wholeBlock } from '../worlds.ts';

const first = firstConditions(DEFAULT_RULES);

function apply(block: CellBlock, event: WorldEvent, conditions = first, tick = 70_000): void {
  applyEvent(block, event, conditionsAfter(conditions, event), 7, tick);
}

const creature: CreateCreature = {
  kind: 'createCreature',
  x: 5,
  y: 90,
  radiusX: 20,
  radiusY: 15,
  size: 12,
  canKill: true,
  canMove: false,
  colour: 0xabcdef,
};

/** Every cell of the interior with its coordinates. */
function* cells(block: CellBlock) {
  for (let y = 0; y < block.height; y++) {
    for (let x = 0; x < block.width; x++) yield { x, y, i: cellIndex(block, x, y) };
  }
}

describe('a new creature', () => {
  const block = wholeBlock(120, 100, 0);
  scatter(block, 1, DEFAULT_RULES);
  const before = toOracle(block);
  apply(block, creature);
  const after = toOracle(block);
  const inside = (x: number, y: number) => {
    const dx = Math.min(Math.abs(x - 5), 120 - Math.abs(x - 5));
    const dy = Math.min(Math.abs(y - 90), 100 - Math.abs(y - 90));
    return (dx / 20) ** 2 + (dy / 15) ** 2 <= 1 + 1e-9;
  };

  it('fills an ellipse across the edges of the torus, replacing the creatures there', () => {
    for (const { x, y } of cells(block)) {
      const { food, extraFood } = before[y]![x]!;
      const filled = {
        food,
        extraFood,
        size: 12,
        canKill: true,
        canMove: false,
        health: 600,
        birth: 70_000 - 65_536,
        colour: 0xabcdef,
        lineage: 0xabcdef,
      };
      expect(after[y]![x]).toEqual(inside(x, y) ? filled : before[y]![x]);
    }
  });

  it('has the cells at the ends of both axes', () => {
    for (const [x, y] of [
      [25, 90],
      [105, 90],
      [5, 75],
      [5, 5],
    ] as const) {
      expect(after[y]?.[x]?.colour).toBe(0xabcdef);
    }
  });

  it('has no more size and health than the rules in force allow', () => {
    const small = wholeBlock(64, 64, 0);
    const rules = { ...DEFAULT_RULES, maxSize: 4, maxHealth: 77 };
    apply(small, { ...creature, x: 30, y: 30 }, firstConditions(rules));
    const i = cellIndex(small, 30, 30);
    expect([small.size[i], small.health[i]]).toEqual([4, 77]);
  });
});

describe('food that falls on a spot', () => {
  const drop: FoodDrop = { kind: 'foodDrop', x: 5, y: 90, radiusX: 20, radiusY: 15, amount: 700 };
  const foodOf = (block: CellBlock) => block.food.reduce((sum, value) => sum + value, 0);

  it('is added to what lies in an ellipse across the edges of the torus, and nothing else changes', () => {
    const block = wholeBlock(120, 100, 0);
    scatter(block, 1, { ...DEFAULT_RULES, maxFood: 300 });
    const before = toOracle(block);
    apply(block, drop);
    const after = toOracle(block);
    let fallen = 0;
    for (const { x, y } of cells(block)) {
      const dx = Math.min(Math.abs(x - 5), 120 - Math.abs(x - 5));
      const dy = Math.min(Math.abs(y - 90), 100 - Math.abs(y - 90));
      const isIn = (dx / 20) ** 2 + (dy / 15) ** 2 <= 1 + 1e-9;
      const cell = before[y]![x]!;
      expect(after[y]![x]).toEqual(isIn ? { ...cell, food: cell.food + 700 } : cell);
      if (isIn) fallen += 700;
    }
    const all = (world: typeof before) => world.flat().reduce((sum, { food }) => sum + food, 0);
    expect(all(after)).toBe(all(before) + fallen);
    expect(fallen).toBeGreaterThan(700 * 900);
  });

  it.each([
    ['the least amount', { amount: 1 }, 1_000, 998, 999],
    ['just what there is room for', { amount: 2 }, 1_000, 998, 1_000],
    ['more than there is room for', { amount: 3 }, 1_000, 998, 1_000],
    ['the greatest amount, where nothing may lie', { amount: 30_000 }, 0, 0, 0],
    ['the greatest amount, where most may lie', { amount: 30_000 }, 30_000, 1, 30_000],
    ['the greatest amount, on a full cell', { amount: 30_000 }, 30_000, 30_000, 30_000],
    ['what fell before a rule was lowered', { amount: 1 }, 500, 800, 500],
  ] as const)('is bounded by maxFood: %s', (_what, change, maxFood, lies, expected) => {
    const block = wholeBlock(16, 16, 0);
    block.food.fill(lies);
    apply(
      block,
      { ...drop, x: 8, y: 8, ...change },
      firstConditions({ ...DEFAULT_RULES, maxFood }),
    );
    expect(new Set(block.food)).toEqual(new Set([expected]));
  });

  it('falls once on each cell of a world smaller than the ellipse, margins that show it twice too', () => {
    const block = wholeBlock(16, 17, 12);
    apply(block, { ...drop, x: 0, y: 16, radiusX: 100, radiusY: 100 });
    expect(foodOf(block)).toBe(700 * block.food.length);
  });

  it('with the least radii has five cells', () => {
    const block = wholeBlock(16, 16, 0);
    apply(block, { ...drop, x: 0, y: 0, radiusX: 1, radiusY: 1, amount: 9 });
    const found = [...cells(block)].filter(({ i }) => block.food[i] === 9);
    expect(found.map(({ x, y }) => [x, y])).toEqual([
      ...[0, 1, 15].map((x) => [x, 0]),
      [0, 1],
      [0, 15],
    ]);
    expect(foodOf(block)).toBe(45);
  });
});

describe('extra food', () => {
  it.each([4, -4])('changes every cell by %i, between 0 and 255', (amount) => {
    const block = wholeBlock(256, 16, 0);
    for (const { x, i } of cells(block)) block.extraFood[i] = x;
    apply(block, { kind: 'extraFood', amount });
    for (const { x, i } of cells(block)) {
      expect(block.extraFood[i]).toBe(Math.min(255, Math.max(0, x + amount)));
    }
  });
});

describe('a change of a rule', () => {
  it.each([
    ['maxFood', 20, 1200],
    ['maxFood', -7, 930],
    ['killGain', 10, 70],
    // A share of it would be less than 1.
    ['killChance', 20, 3],
    ['killChance', -1, 1],
    ['breedPerSize', 20, 1],
    // The bounds hold.
    ['breedPerSize', -20, 0],
  ] as const)('of %s by %d percent makes it %d', (rule, percent, expected) => {
    const { rules } = conditionsAfter(first, { kind: 'ruleChange', rule, percent });
    expect(rules).toEqual({ ...DEFAULT_RULES, [rule]: expected });
  });

  it('never leaves the bounds, however often it happens', () => {
    for (const rule of RULE_NAMES) {
      for (const percent of [20, -20]) {
        let conditions = first;
        for (let i = 0; i < 400; i++) {
          conditions = conditionsAfter(conditions, { kind: 'ruleChange', rule, percent });
        }
        expect(conditions.rules[rule]).toBe(RULE_BOUNDS[rule][percent > 0 ? 1 : 0]);
      }
    }
  });

  it('touches no cell', () => {
    const block = wholeBlock(32, 32, 0);
    scatter(block, 3, DEFAULT_RULES);
    const before = toOracle(block);
    apply(block, { kind: 'ruleChange', rule: 'maxFood', percent: -20 });
    expect(toOracle(block)).toEqual(before);
  });
});

describe('a new topography', () => {
  it('writes the next terrain and 200 food, and leaves the creatures', () => {
    const block = wholeBlock(300, 280, 0);
    scatter(block, 4, DEFAULT_RULES);
    const size = block.size.slice();
    const colour = block.colour.slice();
    const second = conditionsAfter(first, { kind: 'newTopography' });
    apply(block, { kind: 'newTopography' }, second);
    const terrain = { seed: 7, number: 2, width: 300, height: 280 };
    expect(block.extraFood).toEqual(evaluateTerrain(terrain, 0, 0, 300, 280));
    expect(new Set(block.food)).toEqual(new Set([200]));
    expect(block.size).toEqual(size);
    expect(block.colour).toEqual(colour);
  });

  it('brings no more food than the rules in force allow', () => {
    const block = wholeBlock(16, 16, 0);
    apply(block, { kind: 'newTopography' }, firstConditions({ ...DEFAULT_RULES, maxFood: 50 }));
    expect(new Set(block.food)).toEqual(new Set([50]));
  });
});

describe('an extinction', () => {
  it('wipes whole tiles of 250 cells, half of them over many', () => {
    const block = createCellBlock({
      ...{ x: 0, y: 0, width: 2_000, height: 5, halo: 0 },
      ...{ worldWidth: 2_000, worldHeight: 5 },
    });
    let wiped = 0;
    for (let draw = 0; draw < 200; draw++) {
      block.size.fill(1);
      apply(block, { kind: 'extinction', draw: mix(draw) >>> 0 });
      for (let tile = 0; tile < 8; tile++) {
        const sizes = new Set<number | undefined>();
        for (let x = 250 * tile; x < 250 * (tile + 1); x++) sizes.add(block.size[x]);
        expect(sizes.size).toBe(1);
        if (sizes.has(0)) wiped++;
      }
    }
    expect(wiped / 1_600).toBeGreaterThan(0.45);
    expect(wiped / 1_600).toBeLessThan(0.55);
  });
});

describe('any event', () => {
  it('does to a margin what it does to the cells it shows, in any partition', () => {
    const kinds = fc.constantFrom(...EVENT_KINDS);
    fc.assert(
      fc.property(kinds, seeds, fc.integer({ min: 0, max: 20 }), (kind, seed, halo) => {
        const size = { width: 16 + (seed % 60), height: 254 };
        const event = drawEvent(kind, (j) => mix(seed + j), size);
        const whole = wholeBlock(size.width, size.height, 0);
        scatter(whole, seed, DEFAULT_RULES);
        const parts = partition(whole, [9, 40], [13, 251], halo);
        for (const part of parts) {
          fillFrom(whole, part, 'all');
          apply(part, event);
        }
        apply(whole, event);
        for (const part of parts) {
          const expected = createCellBlock(part);
          fillFrom(whole, expected, 'all');
          for (const field of FIELDS) {
            const [is, shouldBe] = [part[field], expected[field]].map(({ buffer }) => buffer);
            expect(Buffer.from(is!).equals(Buffer.from(shouldBe!)), field).toBe(true);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
