import { expect, test } from 'vitest';
import {
  nearestIndex,
  valueNear,
} from '../../../../../services/dashboard/src/charts/data/nearest.ts';

test.each([
  [-5, 0],
  [14, 0],
  [15, 0],
  [16, 1],
  [29, 2],
  [99, 2],
])('the nearest to %d is that at index %d', (wanted, index) => {
  expect(nearestIndex([10, 20, 30], wanted)).toBe(index);
});

test('of nothing nothing is the nearest', () => {
  expect(nearestIndex([], 5)).toBeUndefined();
  expect(valueNear([], [], 5)).toBeUndefined();
});

test('a value is that of the nearest row that has one; a gap is told as a gap', () => {
  const ticks = [0, 10, 20, 30];
  expect(valueNear(ticks, [1, undefined, undefined, 4], 11)).toBe(1);
  expect(valueNear(ticks, [1, undefined, null, 4], 21)).toBeNull();
  expect(valueNear(ticks, [undefined, undefined, undefined, undefined], 11)).toBeUndefined();
});
