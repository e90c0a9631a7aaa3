import { expect, test } from 'vitest';
import {
  surveysWithGaps,
  withGaps,
} from '../../../../../services/dashboard/src/charts/data/gaps.ts';
import { FakeLife } from '../../../../support/charts/fake-life.ts';

const holed = new FakeLife({ tick: 4_000, gap: [1_000, 2_999] });

test('a row of nothing stands in each gap', () => {
  const table = withGaps(holed.statistics({ from: 900, to: 3_100, points: 1_000 }));
  expect(table.columns.tick).toEqual([
    900, 920, 940, 960, 980, 1_000, 3_000, 3_020, 3_040, 3_060, 3_080, 3_100,
  ]);
  expect(table.columns['population']?.[5]).toBeNull();
  expect(table.columns['population']?.[6]).toBeGreaterThan(0);
});

test('a table without a gap stays the same', () => {
  const table = new FakeLife().statistics({ from: 0, points: 1_000 });
  expect(withGaps(table)).toBe(table);
});

test('surveys have nothing in a gap', () => {
  const { surveys, everyTicks } = holed.surveys({ from: 0, points: 100 });
  const known = surveysWithGaps(surveys, everyTicks).map(({ tick, survey }) => [
    tick,
    survey?.tick,
  ]);
  expect(known).toEqual([
    [0, 0],
    [500, 500],
    [1_000, undefined],
    [3_000, 3_000],
    [3_500, 3_500],
    [4_000, 4_000],
  ]);
});
