import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTED } from '../../../../../services/dashboard/src/charts/data/counted.ts';
import type { StatisticsTable } from '../../../../../services/dashboard/src/charts/data/tables.ts';
import {
  joined,
  lastOnGrid,
  rowsAfter,
  withNewSurveys,
  withTail,
} from '../../../../../services/dashboard/src/charts/data/tail.ts';
import { FakeLife } from '../../../../support/charts/fake-life.ts';

const ALL = 10_000;

/** A table of ticks that counts one birth a tick. */
const births = (everyTicks: number, tick: number[]): StatisticsTable => ({
  colonyInstanceId: 'instance-1',
  everyTicks,
  columns: {
    tick,
    population: tick.map((at) => 1_000 + at),
    births: tick.map((at, row) => at - (tick[row - 1] ?? at - everyTicks)),
  },
});

test('a coarse table that goes on is as one asked for anew, but for the newest row between two of its grid', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 300 }),
      fc.integer({ min: 0, max: 300 }),
      (rows, more) => {
        const life = new FakeLife({ tick: rows * 20 });
        const before = life.statistics({ from: 0, points: 40 });
        life.tick += more * 20;
        const fine = life.statistics({ from: (lastOnGrid(before) ?? 0) + 1, points: ALL });
        const went = withTail(before, fine, COUNTED);
        const anew = new FakeLife({ tick: life.tick }).statistics({ from: 0, points: ALL });
        const { everyTicks } = before;
        const grid = went.columns.tick.filter((tick) => tick % everyTicks === 0);
        expect(went.columns.tick).toEqual([...new Set([...grid, life.tick])]);
        // Nothing that was counted is lost, nothing is counted twice.
        const sum = (table: StatisticsTable) =>
          table.columns['births']?.reduce<number>((total, count) => total + (count ?? 0), 0);
        expect(sum(went)).toBe(sum(anew));
        expect(went.columns['population']?.at(-1)).toBe(anew.columns['population']?.at(-1));
      },
    ),
  );
});

test('the newest row between two of the grid gives way to newer ones', () => {
  const table = births(80, [80, 160]);
  const once = withTail(table, births(20, [180, 200]), COUNTED);
  expect(once.columns.tick).toEqual([80, 160, 200]);
  expect(once.columns['births']).toEqual([80, 80, 40]);
  const twice = withTail(once, births(20, [180, 200, 220, 240, 260]), COUNTED);
  expect(twice.columns.tick).toEqual([80, 160, 240, 260]);
  expect(twice.columns['births']).toEqual([80, 80, 80, 20]);
});

test('what is not known of one of the newer rows is not known of their sum', () => {
  const tail = births(20, [180, 200, 220, 240]);
  const holed = { ...tail, columns: { ...tail.columns, births: [20, null, 20, 20] } };
  expect(withTail(births(80, [160]), holed, COUNTED).columns['births']).toEqual([80, null]);
});

test('a table with nothing newer stays the same', () => {
  const table = births(80, [80, 160]);
  expect(withTail(table, births(20, [140, 160]), COUNTED)).toBe(table);
});

test('a column that one of two tables lacks is not known there', () => {
  const { births: _, ...columns } = births(20, [40]).columns;
  const newer = { ...births(20, [40]), columns: columns as StatisticsTable['columns'] };
  expect(joined(births(20, [20]), newer).columns['births']).toEqual([20, null]);
});

test('rows after a tick are those above it', () => {
  expect(rowsAfter(births(20, [20, 40, 60]), 40).columns.tick).toEqual([60]);
  expect(rowsAfter(births(20, [20, 40]), 40).columns.tick).toEqual([]);
});

test('of newer surveys those of the grid stay, and the newest', () => {
  const life = new FakeLife({ tick: 40_000 });
  const table = life.surveys({ from: 0, points: 20 });
  expect(table.everyTicks).toBe(2_000);
  const ticks = (surveys: readonly { tick: number }[]) => surveys.map(({ tick }) => tick);
  life.tick = 42_600;
  const newer = life.surveys({ from: 40_001, points: ALL });
  expect(ticks(newer.surveys)).toEqual([40_500, 41_000, 41_500, 42_000, 42_500]);
  const went = withNewSurveys(table, newer);
  expect(ticks(went.surveys).slice(-3)).toEqual([40_000, 42_000, 42_500]);
  life.tick = 43_000;
  const later = withNewSurveys(went, life.surveys({ from: 42_501, points: ALL }));
  expect(ticks(later.surveys).slice(-2)).toEqual([42_000, 43_000]);
});
