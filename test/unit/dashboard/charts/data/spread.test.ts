import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadOf } from '../../../../../services/dashboard/src/charts/data/spread.ts';
import type { Survey } from '../../../../../services/dashboard/src/charts/data/tables.ts';
import { FakeLife } from '../../../../support/charts/fake-life.ts';

const [base] = new FakeLife().surveys({ from: 0, points: 1 }).surveys as [Survey];
const sums = base.sums ?? { size: 0, health: 0, ageTicks: 0, food: 0 };

const surveyOf = (sizes: readonly number[]): Survey => ({
  ...base,
  histograms: { ...base.histograms, size: [sizes.length] },
  sums: { ...sums, size: sizes.reduce((sum, size) => sum + size, 0) },
  squares: {
    ...base.squares,
    size: String(sizes.reduce((sum, size) => sum + BigInt(size) ** 2n, 0n)),
  },
});

test('mean and spread come from sums and sums of squares', () => {
  expect(spreadOf(surveyOf([2, 4, 4, 4, 5, 5, 7, 9]), 'size')).toEqual({ mean: 5, deviation: 2 });
});

test('they are those of the values themselves', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(sizes, (values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const spread = spreadOf(surveyOf(values), 'size');
      expect(spread?.mean).toBeCloseTo(mean, 6);
      expect(spread?.deviation).toBeCloseTo(Math.sqrt(variance), 4);
    }),
  );
});

test('of many that are alike the spread is 0, however large their squares', () => {
  const survey: Survey = {
    ...base,
    histograms: { ...base.histograms, size: [2 ** 31] },
    sums: { ...sums, size: 2 ** 31 * 65_535 },
    squares: { ...base.squares, size: String(2n ** 31n * 65_535n ** 2n) },
  };
  expect(spreadOf(survey, 'size')).toEqual({ mean: 65_535, deviation: 0 });
});

test('where nobody lives there is no mean; food is of the cells', () => {
  const empty = {
    ...surveyOf([]),
    histograms: { ...surveyOf([]).histograms, food: [4] },
    sums: { ...sums, food: 8 },
    squares: { ...base.squares, food: '16' },
  };
  expect(spreadOf(empty, 'size')).toBeUndefined();
  expect(spreadOf(empty, 'food')).toEqual({ mean: 2, deviation: 0 });
});

test('where the survey has no sum, it is that of the statistics of its tick, or nothing is known', () => {
  const { sums: _, ...survey } = surveyOf([2, 4, 4, 4, 5, 5, 7, 9]);
  expect(spreadOf(survey, 'size')).toBeUndefined();
  expect(spreadOf(survey, 'size', 40)).toEqual({ mean: 5, deviation: 2 });
});
