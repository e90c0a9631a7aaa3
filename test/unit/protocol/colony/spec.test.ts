import { describe, expect, test } from 'vitest';
import {
  bodyHashOf,
  clientSpecSchema,
  colonySpecProblem,
  resolveSpec,
  storedSpecSchema,
  worldSpecSchema,
} from '../../../../services/protocol/colony/spec.ts';
import { RULE_BOUNDS } from '../../../../services/world/spec/rules.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';

const [firstRule] = Object.keys(RULE_BOUNDS) as (keyof typeof RULE_BOUNDS)[];
const rule = firstRule as keyof typeof RULE_BOUNDS;

test('what a client leaves out is the default, also single rules', () => {
  const [, max] = RULE_BOUNDS[rule];
  const { engineVersion, spec } = resolveSpec(
    { seed: 7, rules: { [rule]: max } },
    DEFAULT_WORLD_SPEC,
  );
  expect(engineVersion).toBe(ENGINE_VERSION);
  expect(spec).toEqual({
    ...DEFAULT_WORLD_SPEC,
    seed: 7,
    rules: { ...DEFAULT_WORLD_SPEC.rules, [rule]: max },
  });
});

test('resolving changes neither the defaults nor what the client sent', () => {
  const client = { rules: {} };
  resolveSpec(client, DEFAULT_WORLD_SPEC).spec.rules[rule] = 1;
  expect(client).toEqual({ rules: {} });
  expect(resolveSpec({}, DEFAULT_WORLD_SPEC).spec).toEqual(DEFAULT_WORLD_SPEC);
});

test('a resolved spec passes its own schema', () => {
  const stored = resolveSpec({ width: 64, height: 32, shardSize: 16 }, DEFAULT_WORLD_SPEC);
  expect(storedSpecSchema.parse(stored)).toEqual(stored);
});

test('random events come unless the client declines them', () => {
  expect(resolveSpec({}, DEFAULT_WORLD_SPEC).spec.randomEvents).toBe(true);
  expect(resolveSpec({ randomEvents: false }, DEFAULT_WORLD_SPEC).spec.randomEvents).toBe(false);
});

test('parts that are good alone and not together are SPEC_INVALID', () => {
  expect(() => resolveSpec({ width: 2_001 }, DEFAULT_WORLD_SPEC)).toThrow(
    expect.objectContaining({
      code: 'SPEC_INVALID',
      message: expect.stringContaining('2001'),
    }),
  );
  const spec = { ...DEFAULT_WORLD_SPEC, shardSize: 333 };
  expect(worldSpecSchema.safeParse(spec).success).toBe(false);
});

test('a world has at most as many shards as a topology can have', () => {
  const most = { ...DEFAULT_WORLD_SPEC, width: 128 * 16, height: 128 * 16, shardSize: 16 };
  expect(colonySpecProblem(most)).toBeUndefined();
  expect(colonySpecProblem({ ...most, height: 129 * 16 })).toBe(
    'shardSize 16 cuts 2048 x 2064 into 16512 shards, expected at most 16384',
  );
});

describe('the schema of what a client sends refuses', () => {
  test.each<[string, unknown]>([
    ['a field that is not known', { widht: 100 }],
    ['a rule that is not known', { rules: { gravity: 1 } }],
    ['a rule out of its bounds', { rules: { [rule]: RULE_BOUNDS[rule][1] + 1 } }],
    ['a broken number', { width: 100.5 }],
    ['a number as text', { width: '100' }],
    ['a negative seed', { seed: -1 }],
    ['a seed of more than 32 bits', { seed: 2 ** 32 }],
    ['a world that is too large', { width: 65_537 }],
    ['a world that is too small', { height: 15 }],
    ['null', null],
    ['a list', []],
  ])('%s', (_name, value) => {
    expect(clientSpecSchema.safeParse(value).success).toBe(false);
  });
});

describe('the hash of a body', () => {
  test('does not depend on the order of its keys', () => {
    expect(bodyHashOf({ width: 100, seed: 1 })).toBe(bodyHashOf({ seed: 1, width: 100 }));
  });

  test('is that of what was sent, before defaults', () => {
    expect(bodyHashOf({})).not.toBe(bodyHashOf({ seed: DEFAULT_WORLD_SPEC.seed }));
    expect(bodyHashOf({ seed: 1 })).not.toBe(bodyHashOf({ seed: 2 }));
  });
});
