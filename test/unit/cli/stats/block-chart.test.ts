import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockChart } from '../../../../services/cli/stats/block-chart.ts';

test('values are columns from 0 to the largest', () => {
  expect(blockChart([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toEqual(['▁▁▂▃▄▅▆▇█']);
});

test('what is not known is empty, and 0 is seen', () => {
  expect(blockChart([0, null, 8], 3)).toEqual(['▁ █']);
  expect(blockChart([0, 0], 2)).toEqual(['▁▁']);
});

test('where there are too many values a column is the mean of its own', () => {
  expect(blockChart([8, 8, 2, 6, null, 8], 3)).toEqual(['█▄█']);
});

test('a chart may be several lines high', () => {
  expect(blockChart([4, 8, 12, 16], 4, 2)).toEqual(['  ▄█', '▄███']);
});

test('it is never wider than there is room', () => {
  const value = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value), fc.integer({ min: 1, max: 200 }), (values, columns) => {
      const [line = ''] = blockChart(values, columns);
      expect([...line]).toHaveLength(Math.min(columns, values.length));
    }),
  );
});
