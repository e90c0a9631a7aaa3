import { expect, test } from 'vitest';
import {
  binFrom,
  binText,
  usedBins,
} from '../../../../../services/dashboard/src/charts/data/bins.ts';

test('bins begin with single values, and then come two to an octave', () => {
  expect(Array.from({ length: 12 }, (_, bin) => binFrom(bin))).toEqual([
    0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48,
  ]);
});

test('32 bins reach through all values of 16 bits', () => {
  expect(binFrom(31)).toBeLessThan(65_536);
  expect(binFrom(32)).toBeGreaterThanOrEqual(65_536);
});

test('a bin is told by its values', () => {
  expect(binText(3)).toBe('3');
  expect(binText(6)).toBe('8 to 11');
});

test('the bins that are shown are those that have something, and all between', () => {
  expect(usedBins([0, 2, 0, 5, 0])).toEqual([1, 4]);
  expect(usedBins([0, 0])).toEqual([0, 0]);
});
