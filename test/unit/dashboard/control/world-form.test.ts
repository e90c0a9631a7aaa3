import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formOf,
  problemsOf,
  sizesOf,
  specOf,
  withShardSize,
} from '../../../../services/dashboard/src/control/start/world-form.ts';
import { resolveSpec } from '../../../../services/protocol/colony/spec.ts';
import { SHARDS_MAX } from '../../../../services/protocol/common/limits.ts';
import { DEFAULT_WORLD_SPEC, worldSpecProblem } from '../../../../services/world/spec/spec.ts';

const form = formOf(DEFAULT_WORLD_SPEC);

test('the form of a world without problems gives that world again', () => {
  expect(problemsOf(form)).toEqual({});
  expect(specOf(form)).toEqual(DEFAULT_WORLD_SPEC);
});

test('every shard side that is offered is one that a coordinator takes', () => {
  const side = fc.integer({ min: 16, max: 3000 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const sides = { ...form, width: String(width), height: String(height) };
      for (const size of sizesOf(sides)) {
        const spec = specOf({ ...sides, shardSize: String(size) });
        expect(resolveSpec(spec, DEFAULT_WORLD_SPEC).spec).toEqual(spec);
      }
    }),
  );
});

test('no shard side is offered that cuts a world into more shards than a topology can have', () => {
  const sizes = sizesOf({ ...form, width: '65536', height: '65536' });
  expect(sizes[0]).toBe(512);
  expect((65536 / 512) ** 2).toBe(SHARDS_MAX);
});

test('a side that a shard does not divide any more takes the nearest shard side', () => {
  expect(withShardSize({ ...form, width: '1000', height: '600' }).shardSize).toBe('200');
  expect(withShardSize(form).shardSize).toBe('250');
  // Nothing fits: what was there stays, and is a problem.
  const prime = withShardSize({ ...form, width: '1009' });
  expect(prime.shardSize).toBe('250');
  expect(Object.keys(problemsOf(prime))).toEqual(['shardSize']);
});

describe('a number', () => {
  test.each([
    ['width', '15', 'A whole number, 16 to 65,536.'],
    ['height', '12.5', 'A whole number, 16 to 65,536.'],
    ['seed', '', 'A whole number, 0 to 4,294,967,295.'],
    ['seed', '1e3', 'A whole number, 0 to 4,294,967,295.'],
  ] as const)('%s of %s is a problem', (field, text, problem) => {
    expect(problemsOf({ ...form, [field]: text })).toEqual({ [field]: problem });
  });

  test('of a rule outside its bounds is a problem of that rule, as the API says too', () => {
    const changed = { ...form, rules: { ...form.rules, breedBase: '0' } };
    expect(problemsOf(changed)).toEqual({ 'rules.breedBase': 'A whole number, 1 to 60,000.' });
    expect(worldSpecProblem(specOf(changed))).toContain('rules.breedBase is 0');
  });
});
