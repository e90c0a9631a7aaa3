import { expect, test } from 'vitest';
import { magnitudesOf } from '../../../../../services/dashboard/src/charts/data/magnitudes.ts';

test('powers of ten go from below the least to above the largest', () => {
  expect(magnitudesOf([0, 3, null, undefined, 420])).toEqual([1, 10, 100, 1_000]);
});

test('of nothing above 0 there is one', () => {
  expect(magnitudesOf([0, null])).toEqual([1]);
});
