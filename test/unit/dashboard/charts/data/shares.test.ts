import { expect, test } from 'vitest';
import {
  cssColour,
  KINDS_SHOWN,
  sharesOf,
  topOfShares,
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

test('the largest kinds of the newest survey are shown beside those that had the most in all', () => {
  const founders = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i + 100, 50]));
  const { colours, shares } = sharesOf([survey(1000, founders), survey(1000, { 7: 9, 8: 4 })]);
  expect(colours).toHaveLength(KINDS_SHOWN);
  expect(colours.slice(-2)).toEqual([7, 8]);
  expect(shares.at(-2)).toEqual([0, 0.009]);
});

test('a kind that is wanted is shown if a survey has it', () => {
  const many = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [i + 1, 20 - i]));
  const surveys = [survey(1000, many)];
  expect(sharesOf(surveys).colours).not.toContain(16);
  expect(sharesOf(surveys, 16).colours).toContain(16);
  expect(sharesOf(surveys, 999).colours).not.toContain(999);
});

test('small shares get an axis of their own length, large ones that of all the living', () => {
  expect(
    topOfShares([
      [0.01, null],
      [0.03, 0.01],
    ]),
  ).toBeCloseTo(0.04 * 1.08);
  expect(topOfShares([[0.3], [0.4]])).toBe(1);
  expect(topOfShares([])).toBe(1);
});

test('a colour has six digits', () => {
  expect(cssColour(0x00_0a_1b)).toBe('#000a1b');
});
