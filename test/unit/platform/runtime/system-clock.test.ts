import { expect, test } from 'vitest';
import { SystemClock } from '../../../../services/platform/runtime/system-clock.ts';

const clock = new SystemClock();

test('a sleep lasts at least as long as it is asked to', async () => {
  const startMs = clock.nowMs();
  await clock.sleep(15.5);
  expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(15.5);
});

test('an aborted sleep rejects with the reason at once', async () => {
  const controller = new AbortController();
  const sleep = clock.sleep(3_600_000, controller.signal);
  controller.abort(new Error('stopped'));
  await expect(sleep).rejects.toThrow('stopped');
  await expect(clock.sleep(3_600_000, controller.signal)).rejects.toThrow('stopped');
});

test('a sleep longer than a timer can be does not end at once', async () => {
  const controller = new AbortController();
  let ended = false;
  const sleep = clock.sleep(2 ** 40, controller.signal).then(
    () => {
      ended = true;
    },
    () => undefined,
  );
  await clock.sleep(5);
  await clock.yieldToIo();
  expect(ended).toBe(false);
  controller.abort();
  await sleep;
});

test('wall time is ISO 8601', () => {
  const time = clock.wallTime();
  expect(new Date(time).toISOString()).toBe(time);
});

test('an alarm rings once, not at once, and not when it is taken back', async () => {
  let rings = 0;
  const ring = () => {
    rings++;
  };
  const takeBack = clock.alarm(0, ring);
  clock.alarm(0, ring)();
  expect(rings).toBe(0);
  await clock.sleep(20);
  takeBack();
  expect(rings).toBe(1);
});
