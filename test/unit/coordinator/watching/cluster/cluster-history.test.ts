import { expect, test } from 'vitest';
import {
  type BackendValues,
  ClusterHistory,
  columnsOf,
  packValues,
} from '../../../../../services/coordinator/watching/cluster/cluster-history.ts';

const pointAt = (elapsedMs: number, backends: Record<string, BackendValues> = {}, rate = NaN) => ({
  ...{ elapsedMs, phase: 'Ticking' as const, tick: elapsedMs / 10, ticksPerSecond: rate },
  ids: Object.keys(backends),
  values: packValues(Object.values(backends)),
});

test('half an hour of points every two seconds is kept, the older the coarser', () => {
  const history = new ClusterHistory();
  for (let n = 1; n <= 1_800; n++) history.add(pointAt(n * 2_000));
  const times = history.after(-1).map(({ elapsedMs }) => elapsedMs);
  expect(times.length).toBeLessThanOrEqual(235);
  expect(times.at(-1)).toBe(3_600_000);
  const ageMs = (ms: number) => 3_600_000 - ms;
  expect(ageMs(times[0]!)).toBeGreaterThanOrEqual(1_780_000);
  expect(ageMs(times[0]!)).toBeLessThan(1_830_000);
  const gaps = new Set(times.slice(1).map((ms, i) => ms - times[i]!));
  expect([...gaps]).toEqual([20_000, 2_000]);
  expect(times.filter((ms) => ageMs(ms) < 300_000)).toHaveLength(150);
});

test('only the points after a moment are given', () => {
  const history = new ClusterHistory();
  for (const ms of [0, 2_000, 4_000]) history.add(pointAt(ms));
  expect(history.after(2_000).map(({ elapsedMs }) => elapsedMs)).toEqual([4_000]);
  expect(history.after(-1)).toHaveLength(3);
  expect(history.newest?.elapsedMs).toBe(4_000);
});

test('a coarse point has the means of what was known', () => {
  const history = new ClusterHistory();
  for (let n = 0; n < 160; n++) {
    const known = n % 2 === 0;
    const backend = known ? { ticksPerSecond: n, lag: 2 } : {};
    history.add(pointAt(n, { b0: backend }, known ? 60 : NaN));
  }
  const [first] = history.after(-1);
  expect(first).toMatchObject({ elapsedMs: 9, tick: 0.9, ticksPerSecond: 60 });
  expect(columnsOf([first!], 'b0')).toMatchObject({ ticksPerSecond: [4], lag: [2], halos: [null] });
});

test('columns are null where a value is not known, or the backend was not there', () => {
  const points = [
    pointAt(0, { b0: { halos: 0.25, memoryBytes: 4_096 } }),
    pointAt(1, { b1: {}, b0: { halos: null } }),
  ];
  expect(columnsOf(points, 'b0')).toMatchObject({
    halos: [0.25, null],
    memoryBytes: [4_096, null],
  });
  expect(columnsOf(points, 'b1').halos).toEqual([null, null]);
});

test('the work for the columns of all backends grows with their number, and not with its square', () => {
  const names = Array.from({ length: 100 }, (_, i) => `b${i}`);
  let reads = 0;
  const ids = new Proxy(names, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  const point = { ...pointAt(0), ids, values: packValues(names.map((_, i) => ({ lag: i }))) };
  const lags = names.map((id) => columnsOf([point], id).lag);
  expect(lags).toEqual(names.map((_, i) => [i]));
  expect(reads).toBeLessThanOrEqual(2 * names.length);
});
