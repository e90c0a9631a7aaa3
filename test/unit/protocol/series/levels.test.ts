import { describe, expect, test } from 'vitest';
import {
  coarser,
  endsItem,
  everyTicks,
  isWithin,
  levelsOf,
  segmentStart,
  segmentTicks,
} from '../../../../services/protocol/series/levels.ts';
import type { Row, Table } from '../../../../services/protocol/series/table.ts';

const TABLE: Table = {
  name: 'test',
  everyTicks: 20,
  columns: [
    { name: 'food', kind: 'state' },
    { name: 'births', kind: 'change' },
  ],
  rowsPerItem: 5,
};
const rows = (...ticks: number[]): Row[] =>
  ticks.map((tick) => ({ tick, food: tick * 10, births: tick === 0 ? 0 : 1 }));
const through = (last: number, first = 0) =>
  rows(...Array.from({ length: (last - first) / 20 + 1 }, (_, i) => first + i * 20));

test('a level has a row for each four of the one below', () => {
  expect([0, 1, 2].map((level) => everyTicks(TABLE, level))).toEqual([20, 80, 320]);
  expect(segmentTicks(TABLE, 0)).toBe(20_480);
});

test('the levels reach through all ticks that a world can have, with 16 segments of the highest', () => {
  expect(levelsOf(TABLE)).toBe(8);
  expect(16 * segmentTicks(TABLE, 7)).toBeGreaterThan(0xffff_ffff);
});

test('a segment holds what comes after its first tick, up to its last; the first one tick 0 too', () => {
  const starts = [0, 20, 20_480, 20_500, 40_960].map((tick) => segmentStart(TABLE, 0, tick));
  expect(starts).toEqual([0, 0, 0, 20_480, 20_480]);
  expect([0, 20, 80].map((tick) => isWithin(tick, 0, 60))).toEqual([true, true, false]);
  expect([20_480, 20_500].map((tick) => isWithin(tick, 20_480, 40_960))).toEqual([false, true]);
});

test('an item ends after its rows, and where a segment does', () => {
  const ends = [0, 80, 100, 20_400, 20_460, 20_480].map((tick) => endsItem(TABLE, tick));
  expect(ends).toEqual([true, false, true, true, false, true]);
});

describe('rows of the next level', () => {
  test('are as the state was at their tick, and sum what happened since the one before', () => {
    expect(coarser(TABLE, through(180), 80)).toEqual([
      { tick: 0, food: 0, births: 0 },
      { tick: 80, food: 800, births: 4 },
      { tick: 160, food: 1600, births: 4 },
    ]);
  });

  test('are made of those of the level below, however many there are', () => {
    const level1 = coarser(TABLE, through(640), 80);
    expect(coarser(TABLE, level1, 320)).toEqual([
      { tick: 0, food: 0, births: 0 },
      { tick: 320, food: 3200, births: 16 },
      { tick: 640, food: 6400, births: 16 },
    ]);
  });

  test('do not know what happened where a row is missing before them', () => {
    expect(coarser(TABLE, through(160, 40), 80)).toEqual([
      { tick: 80, food: 800, births: null },
      { tick: 160, food: 1600, births: 4 },
    ]);
  });

  test('do not know what happened where one of their rows does not', () => {
    const [first, second, ...more] = through(80, 20);
    const unknown = [first, { ...second, births: null }, ...more] as Row[];
    expect(coarser(TABLE, unknown, 80)).toEqual([{ tick: 80, food: 800, births: null }]);
  });

  test('are not there where that of their tick is not', () => {
    expect(coarser(TABLE, rows(20, 40, 60, 100, 120, 140, 160), 80)).toEqual([
      { tick: 160, food: 1600, births: 4 },
    ]);
  });
});
