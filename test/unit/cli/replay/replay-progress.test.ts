import { beforeEach, expect, test } from 'vitest';
import { ReplayProgress } from '../../../../services/cli/replay/replay-progress.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let drawn: string[];
let clock: VirtualClock;
beforeEach(() => {
  drawn = [];
  clock = new VirtualClock();
});

const progressOf = (from: number, to: number) => {
  const output = {
    ...{ isTerminal: true, line() {}, json() {}, note() {} },
    progress: (text: string) => void drawn.push(text),
  };
  return new ReplayProgress(output, clock, { from, to });
};

test('the line has the tick, the last one, the speed, and an estimate of the rest', async () => {
  const progress = progressOf(0, 5_000);
  await clock.advance(2_000);
  progress.show(320, 'identical so far');
  expect(drawn).toEqual(['tick 320 of 5 000 · 160.0 ticks/s · 30 s left · identical so far']);
});

test('the speed counts from the first tick of the replay', async () => {
  const progress = progressOf(1_000, 1_300);
  await clock.advance(1_000);
  progress.show(1_100);
  expect(drawn).toEqual(['tick 1 100 of 1 300 · 100.0 ticks/s · 2 s left']);
});

test.each([
  [89, '89 s'],
  [120, '2 min'],
  [36_000, '10.0 h'],
])('%i s of rest are told as %s', async (seconds, text) => {
  const progress = progressOf(0, seconds + 1);
  await clock.advance(1_000);
  progress.show(1);
  expect(drawn[0]).toContain(` ${text} left`);
});

test('before any time has passed there is no speed to tell', () => {
  progressOf(0, 100).show(4);
  expect(drawn).toEqual(['tick 4 of 100']);
});

test('at the last tick nothing is left', async () => {
  const progress = progressOf(0, 100);
  await clock.advance(1_000);
  progress.show(100);
  expect(drawn).toEqual(['tick 100 of 100 · 100.0 ticks/s']);
});

test('it is drawn no more often than it is read', async () => {
  const progress = progressOf(0, 100);
  progress.show(1);
  progress.show(2);
  await clock.advance(99);
  progress.show(3);
  await clock.advance(1);
  progress.show(4);
  expect(drawn.map((line) => line.split(' ')[1])).toEqual(['1', '4']);
});
