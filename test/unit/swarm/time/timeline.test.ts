import { expect, test } from 'vitest';
import { Timeline } from '../../../swarm/time/timeline.ts';

test('what happens does so in the order of its time, and of its sequence at one time', async () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  for (const [name, delayMs] of [
    ['c', 3],
    ['a', 1],
    ['d', 3],
    ['b', 2],
  ] as const) {
    timeline.after(delayMs, () => happened.push(`${name} ${timeline.nowMs}`));
  }
  expect(await timeline.runUntil(10, () => false)).toBe(false);
  expect(happened).toEqual(['a 1', 'b 2', 'c 3', 'd 3']);
  expect(timeline.nowMs).toBe(10);
});

test('whatever one thing sets going runs until it waits, before the next one happens', async () => {
  const timeline = new Timeline();
  const order: string[] = [];
  timeline.after(1, () => {
    void (async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      order.push('set going by the first');
    })();
  });
  timeline.after(1, () => order.push('second'));
  await timeline.runUntil(1, () => false);
  expect(order).toEqual(['set going by the first', 'second']);
});

test('a timer that was called off does not happen', async () => {
  const timeline = new Timeline();
  let happened = false;
  const timer = timeline.after(1, () => {
    happened = true;
  });
  timer.happen = undefined;
  await timeline.runUntil(2, () => false);
  expect(happened).toBe(false);
});

test('time stands still once the run is over', async () => {
  const timeline = new Timeline();
  let isOver = false;
  timeline.after(5, () => {
    isOver = true;
  });
  timeline.after(6, () => {});
  expect(await timeline.runUntil(100, () => isOver)).toBe(true);
  expect(timeline.nowMs).toBe(5);
});
