import { expect, test } from 'vitest';
import { doublingsTo, paceBetween, speedups } from '../../bench/ticking.ts';

const moment = (tick: number, atNs: number, cpuNs: number | null = null) => ({ tick, atNs, cpuNs });

test('the pace is counted between two moments', () => {
  const pace = paceBetween(moment(100, 0, 5e9), moment(300, 2e9, 8e9), 1_000_000);
  expect(pace).toEqual({ ticksPerSecond: 100, cpuNsPerCellTick: 15, coresUsed: 1.5 });
});

test('without CPU times only the pace is known', () => {
  const pace = paceBetween(moment(0, 0), moment(10, 1e9, 3), 100);
  expect(pace).toEqual({ ticksPerSecond: 10, cpuNsPerCellTick: null, coresUsed: null });
});

test.each([
  ['nothing ticked', moment(5, 0), moment(5, 1e9)],
  ['it was rolled back', moment(5, 0), moment(4, 1e9)],
  ['no time passed', moment(5, 7), moment(6, 7)],
])('there is no pace when %s', (_why, from, to) => {
  expect(() => paceBetween(from, to, 100)).toThrow('nothing ticked');
});

test.each([
  [1, [1]],
  [2, [1, 2]],
  [6, [1, 2, 4, 6]],
  [8, [1, 2, 4, 8]],
])('up to %d workers, these are tried: %j', (most, steps) => {
  expect(doublingsTo(most)).toEqual(steps);
});

test('a speed-up counts cells, so that it is the same for more ticks and for more cells', () => {
  const rows = [
    { cells: 100, ticksPerSecond: 10 },
    { cells: 100, ticksPerSecond: 20 },
    { cells: 200, ticksPerSecond: 10 },
  ];
  expect(speedups(rows)).toEqual([1, 2, 2]);
});
