import { expect, test } from 'vitest';
import { sparkPaths } from '../../../../services/dashboard/src/cluster/spark-paths.ts';

const BOX = { width: 102, height: 12, top: 10 };

test('values are joined from left to right, the greatest at the top', () => {
  expect(sparkPaths([0, 10, 5], [0, 5_000, 10_000], BOX)).toEqual([
    'M1.0 11.0h0.01L51.0 1.0L101.0 6.0',
  ]);
});

test('there is a gap where a value was not known', () => {
  expect(sparkPaths([0, null, 10], [0, 5_000, 10_000], BOX)).toEqual([
    'M1.0 11.0h0.01',
    'M101.0 1.0h0.01',
  ]);
});

test('there is a gap where nothing was told for long', () => {
  expect(sparkPaths([0, 10], [0, 60_000], BOX)).toHaveLength(2);
});

test('nothing leaves the box', () => {
  expect(sparkPaths([20, -3], [0, 10_000], BOX)).toEqual(['M1.0 1.0h0.01L101.0 11.0']);
  expect(sparkPaths([], [], BOX)).toEqual([]);
});
