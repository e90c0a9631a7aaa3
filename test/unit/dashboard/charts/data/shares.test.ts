import { expect, test } from 'vitest';
import {
  cssColour,
  KINDS_SHOWN,
  sharesOf,
} from '../../../../../services/dashboard/src/charts/data/shares.ts';

const survey = (population: number, counts: Record<number, number>) => ({
  population,
  kinds: {
    distinct: 100,
    shannon: 1,
    largest: Object.entries(counts).map(([colour, count]) => ({ colour: Number(colour), count })),
  },
});

test('the kinds that had the most in all come first, the rest is of all others', () => {
  const { colours, shares, others } = sharesOf([
    survey(100, { 1: 30, 2: 20 }),
    survey(200, { 1: 20, 2: 80 }),
  ]);
  expect(colours).toEqual([2, 1]);
  expect(shares).toEqual([
    [0.2, 0.4],
    [0.3, 0.1],
  ]);
  expect(others).toEqual([0.5, 0.5]);
});

test('where there is no survey, or nobody lives, there are no shares', () => {
  const { shares, others } = sharesOf([survey(10, { 1: 10 }), undefined, survey(0, {})]);
  expect(shares).toEqual([[1, null, null]]);
  expect(others).toEqual([0, null, null]);
});

test('only so many kinds have a colour of their own', () => {
  const counts = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i, 16 - i]));
  const { colours, others } = sharesOf([survey(136, counts)]);
  expect(colours).toHaveLength(KINDS_SHOWN);
  expect(others[0]).toBeCloseTo((4 + 3 + 2 + 1) / 136);
});

test('a colour has six digits', () => {
  expect(cssColour(0x00_0a_1b)).toBe('#000a1b');
});
