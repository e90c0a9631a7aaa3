import { expect, test } from 'vitest';
import { summarise } from '../../bench/summary.ts';

test('repeated measurements come to their median, their quartiles and the best', () => {
  expect(summarise([50, 10, 40, 20, 30])).toEqual({
    median: 30,
    quartiles: [20, 40],
    min: 10,
    max: 50,
    runs: 5,
  });
});

test('a single measurement is all of them', () => {
  expect(summarise([7])).toEqual({ median: 7, quartiles: [7, 7], min: 7, max: 7, runs: 1 });
});
