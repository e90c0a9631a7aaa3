import { expect, test } from 'vitest';
import { ProcessClock } from '../../../swarm/time/process-clock.ts';
import { Timeline } from '../../../swarm/time/timeline.ts';

/** The clock of a process that is told what has come due only when it goes on. */
function pausedProcess() {
  const timeline = new Timeline();
  const waiting: (() => void)[] = [];
  const clock = new ProcessClock({
    timeline,
    reach: (run) => void waiting.push(run),
    faults: { rate: 1, originMs: 0, skewMs: 0 },
  });
  const goOn = () => {
    for (const run of waiting.splice(0)) run();
  };
  return { timeline, clock, goOn };
}

test('an alarm rings once a paused process goes on', async () => {
  const { timeline, clock, goOn } = pausedProcess();
  let rings = 0;
  clock.alarm(10, () => rings++);
  await timeline.runUntil(20, () => false);
  expect(rings).toBe(0);
  goOn();
  expect(rings).toBe(1);
});

test('an alarm that is taken back never rings, though its time has come', async () => {
  const { timeline, clock, goOn } = pausedProcess();
  let rings = 0;
  const takeBack = clock.alarm(10, () => rings++);
  await timeline.runUntil(20, () => false);
  takeBack();
  goOn();
  expect(rings).toBe(0);
});
