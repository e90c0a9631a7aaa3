import { describe, expect, test } from 'vitest';
import {
  cellFields,
  cellWords,
} from '../../../../services/dashboard/src/world/cells/cell-words.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';

const cell = {
  x: 12,
  y: 7,
  food: 140,
  extraFood: 9,
  size: 15,
  traits: 3,
  health: 84,
  ageTicks: 1,
  colour: 0x0a1b2c,
  lineage: 0xff0000,
  owner: 1,
  shard: 3,
};

test('every field of a cell is shown', () => {
  const fields = cellFields(cell, ['backend-1', 'backend-2']);
  const values = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  expect(values).toEqual({
    Species: '#0a1b2c',
    Lineage: '#ff0000',
    Size: '15',
    Health: '84',
    Age: '1 tick',
    'Can kill': 'yes',
    'Can move': 'yes',
    Cell: '12, 7',
    Food: '140',
    Growth: '9 per tick',
    Backend: 'backend-2',
    Shard: '3',
  });
});

test('a cell without a creature has the fields of the land alone', () => {
  const names = cellFields({ ...cell, size: 0 }, []).map(({ name }) => name);
  expect(names).toEqual(['Cell', 'Food', 'Growth', 'Backend', 'Shard']);
});

describe('the rules in words', () => {
  const words = (change: Partial<typeof cell> = {}, rules = DEFAULT_RULES) =>
    cellWords({ ...cell, ...change }, rules).join('\n');

  test('say what a creature eats, pays and breeds at', () => {
    expect(words()).toContain('Eats up to 75 food per tick');
    expect(words()).toContain('Pays 45 health per tick: 30 for its size, 10 because it can kill');
    expect(words()).toContain('Breeds at health ≥ 100, which it misses by 16.');
    expect(words({ health: 100 })).toContain('Breeds at health ≥ 100, which it has');
  });

  test('say what it needs to breed by its size', () => {
    expect(words({}, { ...DEFAULT_RULES, breedPerSize: 4 })).toContain('Breeds at health ≥ 160');
  });

  test('say whether it hunts, moves, and how often it dies by accident', () => {
    expect(words()).toContain('Hunts 1 time in 2 each tick');
    expect(words()).toContain('gains 25 % of its health');
    expect(words()).toContain('Moves to an empty cell');
    expect(words()).toContain('Dies by accident 1 time in 100 each tick.');
    expect(words({ traits: 0 })).toContain('Does not hunt.');
    expect(words({ traits: 0 })).toContain('Stays where it was born.');
  });

  test('say what never happens', () => {
    const rules = { ...DEFAULT_RULES, killChance: 0, randomDeathChance: 0, mutationChance: 0 };
    expect(words({}, rules)).toContain('nobody does');
    expect(words({}, rules)).toContain('Dies by accident never each tick.');
    expect(words({}, rules)).toContain('mutated never');
  });

  test('say how food grows', () => {
    expect(words({ size: 0 })).toBe('Food here grows by 9 per tick, up to 1,000.');
    expect(words({ size: 0, food: 1000 })).toContain('the most that a cell holds, 1,000');
  });
});
