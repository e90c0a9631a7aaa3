import { expect, test } from 'vitest';
import {
  perCreature,
  perTick,
  type RowsByColumn,
  ratio,
} from '../../../../services/protocol/series/rates.ts';

const table = (
  tick: number[],
  columns: Record<string, (number | null)[]>,
  everyTicks = 20,
): RowsByColumn => ({
  everyTicks,
  columns: { tick, ...columns },
});

test('what a row counts is told by the tick since the row before', () => {
  expect(perTick(table([100, 120, 140], { births: [40, 20, 60] }), 'births')).toEqual([2, 1, 3]);
});

test('the newest row of a coarse table may be of fewer ticks', () => {
  expect(perTick(table([80, 160, 180], { births: [80, 80, 40] }, 80), 'births')).toEqual([1, 1, 2]);
});

test('at tick 0 nothing has happened yet', () => {
  expect(perTick(table([0, 20], { births: [0, 20] }), 'births')).toEqual([null, 1]);
});

test('what was not counted has no rate, nor has a column that there is not', () => {
  const known = table([20, 40], { births: [null, 20] });
  expect(perTick(known, 'births')).toEqual([null, 1]);
  expect(perTick(known, 'moves')).toEqual([null, null]);
});

test('a rate by creature is of the mean of those that lived before and after, in 1,000 ticks', () => {
  const known = table([20, 40], { population: [100, 300], births: [20, 40] });
  expect(perCreature(known, 'births')).toEqual([10, 10]);
});

test('where nobody lives there is no rate by creature', () => {
  const known = table([20, 40], { population: [0, 0], births: [0, 0] });
  expect(perCreature(known, 'births')).toEqual([null, null]);
});

test('a mean is a sum by those that it is of, unknown where there are none', () => {
  const known = table([20, 40, 60], { size: [50, 0, null], population: [10, 0, 5] });
  expect(ratio(known, 'size', 'population')).toEqual([5, null, null]);
});
