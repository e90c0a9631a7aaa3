import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeZodError } from '../../../../../services/coordinator/http/requests/describe-zod-error.ts';

const schema = z.strictObject({
  width: z.int().max(100).optional(),
  name: z.string().optional(),
  rules: z.strictObject({ food: z.int().optional() }).optional(),
});

const lineFor = (input: unknown, kind = 'field', of: z.ZodType = schema): string => {
  const { error } = of.safeParse(input);
  if (error === undefined) throw new Error('it fits');
  return describeZodError(error, kind, input);
};

describe('what is wrong with an input is told', () => {
  test.each<[string, unknown, string]>([
    ['with field, value and what was expected', { width: 'x' }, 'field width is "x": expected'],
    ['with the path of a nested field', { rules: { food: 1.5 } }, 'field rules.food is 1.5: '],
    ['of a field that is unknown', { widht: 1 }, 'unknown field widht'],
    ['of all unknown fields at once', { a: 1, b: 2 }, 'unknown field a, b'],
    ['of one that is unknown in a nested object', { rules: { x: 1 } }, 'unknown field rules.x'],
    ['of the body as a whole', 7, 'the body is 7: expected'],
    ['of null', null, 'the body is null: expected'],
  ])('%s', (_what, input, start) => {
    expect(lineFor(input)).toMatch(new RegExp(`^${start.replaceAll('.', '\\.')}`));
  });

  test('of a field that is missing', () => {
    const needed = z.object({ outer: z.object({ inner: z.int() }) });
    expect(lineFor({ outer: {} }, 'field', needed)).toMatch(/^field outer\.inner is missing: /);
    expect(lineFor({ outer: null }, 'field', needed)).toMatch(/^field outer is null: /);
    expect(lineFor({}, 'field', needed)).toMatch(/^field outer is missing: /);
  });

  test('of a query parameter that is given twice', () => {
    expect(lineFor({ width: ['1', '2'] }, 'query parameter')).toBe(
      'query parameter width is given 2 times, expected once',
    );
    expect(lineFor({ width: ['1', '2'] })).toMatch(/^field width is \["1","2"\]: /);
  });

  test('three at a time, and how many more there are', () => {
    const many = z.object({ a: z.int(), b: z.int(), c: z.int(), d: z.int(), e: z.int() });
    const three = lineFor({ d: 1, e: 1 }, 'field', many);
    expect(three.split('; ').map((part) => part.slice(0, 7))).toEqual([
      'field a',
      'field b',
      'field c',
    ]);
    expect(lineFor({}, 'field', many)).toMatch(/; field c is missing: [^;]*; and 2 more$/);
  });

  test('without the words that its reason begins with', () => {
    expect(lineFor({ width: 'x' })).not.toContain('Invalid input');
  });
});

describe('a value is shown', () => {
  test('to 60 characters', () => {
    const valueIn = (name: string) => /is "(x*…?)"?/.exec(lineFor({ width: name }))?.[1];
    expect(valueIn('x'.repeat(58))).toBe('x'.repeat(58));
    expect(lineFor({ width: 'x'.repeat(59) })).toMatch(/^field width is "x{59}…: /);
  });

  test('to its outermost level', () => {
    expect(lineFor({ name: { deep: { deeper: 1 }, flat: null, list: [1] } })).toMatch(
      /^field name is \{"deep":"…","flat":null,"list":"…"\}: /,
    );
  });

  test('with a name of at most 100 characters', () => {
    expect(lineFor({ ['k'.repeat(200)]: 1 })).toBe(`unknown field ${'k'.repeat(100)}`);
  });
});
