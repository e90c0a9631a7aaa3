import { expect, test } from 'vitest';
import { summaryOf } from '../../../../../services/dashboard/src/charts/data/summary.ts';

test('a series is told by its newest, its least and its largest value', () => {
  expect(summaryOf('all', [0, 20, 40, 60], [5, null, 9, 7], String)).toBe(
    'all: 7 at tick 60; least 5 at tick 0, most 9 at tick 40.',
  );
});

test('of a series without values nothing is known', () => {
  expect(summaryOf('all', [0], [null], String)).toBe('all: nothing known.');
});
