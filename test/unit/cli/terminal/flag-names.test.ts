import { expect, test } from 'vitest';
import { z } from 'zod';
import { namedByFlag, problemsOf } from '../../../../services/cli/terminal/flag-names.ts';

const schema = z.strictObject({ x: z.int().min(3), rules: z.strictObject({ maxFood: z.int() }) });
const errorOf = (value: unknown) => {
  const { error } = schema.safeParse(value);
  if (error === undefined) throw new Error('it is valid');
  return error;
};

test('the field that a problem begins with is named as its flag', () => {
  expect(namedByFlag('shardSize is 250, expected a divisor of the width 300')).toBe(
    '--shard-size is 250, expected a divisor of the width 300',
  );
});

test('fields that came by a flag are named as it, one letter or many, unknown ones too', () => {
  const rules = { maxFood: 1 };
  expect(problemsOf(errorOf({ x: 1, rules }))).toMatch(/^--x: /);
  expect(problemsOf(errorOf({ x: 3, radiusX: 20, rules }))).toBe(
    '--radius-x does not belong to it',
  );
});

test('fields of a file keep the names that they have there', () => {
  const error = errorOf({ x: 1, rules: { maxFood: 'much' } });
  expect(problemsOf(error, () => false)).toMatch(/^x: .*; rules\.maxFood: expected number/);
});
