import { expect, test } from 'vitest';
import {
  axisFigures,
  figure,
  magnitude,
  percent,
  whole,
} from '../../../../services/protocol/common/figures.ts';

test.each([
  [0, '0'],
  [7, '7'],
  [14.592, '14.59'],
  [0.7604, '0.760'],
  [999, '999'],
  [1_234, '1.234 k'],
  [604_912, '604.9 k'],
  [999_960, '1.000 M'],
  [2_500_000_000, '2.500 G'],
  [-1_500, '−1.500 k'],
  [0.000_12, '1.2 × 10^−4'],
  [Number.NaN, '–'],
])('%d is told as %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test('labels of an axis have as many digits as they need to differ', () => {
  expect(axisFigures([0, 0.25, 0.5])).toEqual(['0', '0.25', '0.50']);
  expect(axisFigures([0, 200_000, 400_000])).toEqual(['0', '200 k', '400 k']);
  expect(axisFigures([1_000, 1_500])).toEqual(['1.0 k', '1.5 k']);
  expect(axisFigures([])).toEqual([]);
});

test.each([
  [0.01, '0.01'],
  [10, '10'],
  [100_000, '100 k'],
])('the power of ten %d is %s', (value, text) => {
  expect(magnitude(value)).toBe(text);
});

test('ticks are told in full, shares in percent', () => {
  expect(whole(1_234_567)).toBe('1,234,567');
  expect(percent(0.1234)).toBe('12.3 %');
});
