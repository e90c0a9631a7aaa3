import { expect, test } from 'vitest';
import { toCsv } from '../../../../services/protocol/series/csv.ts';
import {
  seriesItemSchema,
  type Table,
  toColumns,
  toItem,
  toRows,
} from '../../../../services/protocol/series/table.ts';

const TABLE: Table = {
  name: 'test',
  everyTicks: 20,
  columns: [
    { name: 'food', kind: 'state' },
    { name: 'squares', kind: 'state', type: 'uint64' },
    { name: 'births', kind: 'change' },
  ],
  rowsPerItem: 5,
};
const ROWS = [
  { tick: 20, food: 1, squares: '18446744073709551615', births: null },
  { tick: 40, food: 2, squares: '4', births: 3 },
];

test('rows go into columns and come out again as they were', () => {
  const columns = toColumns(TABLE, ROWS);
  expect(columns).toEqual({
    tick: [20, 40],
    food: [1, 2],
    squares: ['18446744073709551615', '4'],
    births: [null, 3],
  });
  expect(toRows(TABLE, columns)).toEqual(ROWS);
});

test('what an older build did not store is not known, and what a newer one did is left out', () => {
  expect(toRows(TABLE, { tick: [20], food: [1], squares: ['4'], deaths: [7] })).toEqual([
    { tick: 20, food: 1, squares: '4', births: null },
  ]);
});

test('an item is named by its last row', () => {
  const item = toItem(TABLE, ROWS);
  expect(item.tick).toBe(40);
  expect(seriesItemSchema.parse(item)).toEqual(item);
});

test.each([
  ['columns of different lengths', { tick: 40, columns: { tick: [20, 40], food: [1] } }],
  ['rows in no order', { tick: 20, columns: { tick: [40, 20], food: [1, 2] } }],
  ['another last tick', { tick: 60, columns: { tick: [20, 40], food: [1, 2] } }],
  ['no ticks', { tick: 60, columns: { food: [] } }],
  ['a name that is none', { tick: 20, columns: { tick: [20], 'a,b': [1] } }],
])('an item with %s is refused', (_what, item) => {
  expect(seriesItemSchema.safeParse(item).success).toBe(false);
});

test('CSV has a line with the names, and leaves empty what is not known', () => {
  expect(toCsv(TABLE, ROWS)).toBe(
    'tick,food,squares,births\n20,1,18446744073709551615,\n40,2,4,3\n',
  );
});

test.each<[what: string, ticks: unknown[], tick: number]>([
  ['texts', ['20', 40], 40],
  ['fractions', [20.5, 40], 40],
  ['not known', [null, 40], 40],
  ['below 0', [-20, 40], 40],
  ['descending', [60, 40], 40],
  ['not those of the item', [20, 40], 60],
])('an item whose ticks are %s is refused', (_what, ticks, tick) => {
  const columns = { tick: ticks, food: ticks.map(() => 1) };
  expect(seriesItemSchema.safeParse({ tick, columns }).success).toBe(false);
});
