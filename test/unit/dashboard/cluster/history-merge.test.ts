import { expect, test } from 'vitest';
import {
  columnOf,
  goesOn,
  withNewer,
} from '../../../../services/dashboard/src/cluster/history-merge.ts';
import { BACKEND_COLUMNS } from '../../../../services/protocol/api/backend-columns.ts';
import {
  type ClusterHistoryView,
  clusterHistorySchema,
} from '../../../../services/protocol/api/cluster-history.ts';

/** Points at these moments; each backend has its value of lag, or none, at all of them. */
function historyOf(
  elapsedMs: number[],
  lags: Record<string, number | null> = {},
): ClusterHistoryView {
  const all = <T>(value: T) => elapsedMs.map(() => value);
  return {
    ...{ begins: 'then', epoch: 1, troubles: [] },
    points: { elapsedMs, phase: all('Ticking'), tick: all(1), ticksPerSecond: all(60) },
    backends: Object.entries(lags).map(([id, lag]) => {
      const columns = BACKEND_COLUMNS.map((name) => [name, all(name === 'lag' ? lag : null)]);
      return { id, ...Object.fromEntries(columns) };
    }),
  };
}

test('points that came since follow those that are known', () => {
  const joined = withNewer(historyOf([0, 2_000], { b1: 1 }), historyOf([4_000], { b1: 2 }));
  expect(joined.points.elapsedMs).toEqual([0, 2_000, 4_000]);
  expect(columnOf(joined, 'b1', 'lag')).toEqual([1, 1, 2]);
  expect(clusterHistorySchema.strict().safeParse(joined).success).toBe(true);
});

test('a backend that came or went has no values where it was not there', () => {
  const joined = withNewer(historyOf([0], { b1: 1 }), historyOf([2_000], { b2: 2 }));
  expect(columnOf(joined, 'b1', 'lag')).toEqual([1, null]);
  expect(columnOf(joined, 'b2', 'lag')).toEqual([null, 2]);
  expect(columnOf(joined, 'b3', 'lag')).toEqual([null, null]);
});

test('what is older than half an hour is forgotten, and backends with it', () => {
  const known = historyOf([0, 10_000], { b1: 1 });
  const joined = withNewer(known, historyOf([1_805_000, 1_811_000], { b2: 2 }));
  expect(joined.points.elapsedMs).toEqual([1_805_000, 1_811_000]);
  expect(joined.backends.map(({ id }) => id)).toEqual(['b2']);
});

test('an answer without points changes no points', () => {
  const joined = withNewer(historyOf([0, 2_000], { b1: 1 }), historyOf([]));
  expect(joined.points.elapsedMs).toEqual([0, 2_000]);
  expect(columnOf(joined, 'b1', 'lag')).toEqual([1, 1]);
});

test('the memory of another leader does not go on with that of the one before', () => {
  const known = historyOf([0]);
  expect(goesOn(known, historyOf([2_000]))).toBe(true);
  expect(goesOn(known, { ...historyOf([2_000]), epoch: 2 })).toBe(false);
  expect(goesOn(known, { ...historyOf([2_000]), begins: 'later' })).toBe(false);
});
