import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, RULE_BOUNDS, RULE_NAMES } from '../../../../services/world/spec/rules.ts';
import {
  DEFAULT_WORLD_SPEC,
  type WorldSpec,
  worldSpecProblem,
} from '../../../../services/world/spec/spec.ts';

const problemOf = (changes: object) =>
  worldSpecProblem({ ...DEFAULT_WORLD_SPEC, ...changes } as WorldSpec);

describe('a world spec', () => {
  it('is fine by default, and at its least and greatest', () => {
    expect(worldSpecProblem(DEFAULT_WORLD_SPEC)).toBeUndefined();
    expect(problemOf({ width: 16, height: 16, shardSize: 16, seed: 0 })).toBeUndefined();
    const greatest = { width: 65536, height: 65536, shardSize: 65536, seed: 0xffffffff };
    expect(problemOf(greatest)).toBeUndefined();
  });

  it.each([
    [{ width: 15 }, 'width is 15, expected an integer from 16 to 65536'],
    [{ height: 65537 }, 'height is 65537, expected an integer from 16 to 65536'],
    [{ width: 2000.5 }, 'width is 2000.5, expected an integer from 16 to 65536'],
    [{ width: '2000' }, 'width is "2000", expected an integer from 16 to 65536'],
    [{ width: Number.NaN }, 'width is NaN, expected an integer from 16 to 65536'],
    [{ shardSize: 15 }, 'shardSize is 15, expected an integer from 16 to 65536'],
    [{ shardSize: 300 }, 'shardSize is 300, expected a divisor of the width 2000'],
    [{ shardSize: 400 }, 'shardSize is 400, expected a divisor of the height 1250'],
    [{ seed: -1 }, 'seed is -1, expected an integer from 0 to 4294967295'],
    [{ seed: 2 ** 32 }, 'seed is 4294967296, expected an integer from 0 to 4294967295'],
    [{ randomEvents: 1 }, 'randomEvents is 1, expected true or false'],
    [{ rules: null }, 'rules is null, expected an object'],
    [
      { rules: { ...DEFAULT_RULES, kilChance: 2 } },
      'rules has "kilChance", which is not the name of a rule',
    ],
    [{ rules: {} }, 'rules.healthCostPerSizeUnit is undefined, expected an integer from 0 to 255'],
  ])('%o is refused in one line that names field, value and what is expected', (changes, line) => {
    expect(problemOf(changes)).toBe(line);
  });

  it.each(RULE_NAMES)('takes the rule %s at both bounds and not beyond', (name) => {
    const [min, max] = RULE_BOUNDS[name];
    const withRule = (value: number) => problemOf({ rules: { ...DEFAULT_RULES, [name]: value } });
    expect(withRule(min)).toBeUndefined();
    expect(withRule(max)).toBeUndefined();
    for (const value of [min - 1, max + 1, min + 0.5]) {
      expect(withRule(value)).toBe(
        `rules.${name} is ${value}, expected an integer from ${min} to ${max}`,
      );
    }
  });

  it('has default rules within their bounds', () => {
    for (const name of RULE_NAMES) {
      const [min, max] = RULE_BOUNDS[name];
      expect(DEFAULT_RULES[name]).toBeGreaterThanOrEqual(min);
      expect(DEFAULT_RULES[name]).toBeLessThanOrEqual(max);
    }
  });
});
