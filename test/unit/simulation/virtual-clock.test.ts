import fc from 'fast-check';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

test('time stands still until it is moved', async () => {
  const clock = new VirtualClock({ startMs: 5 });
  let woke = false;
  void clock.sleep(10).then(() => {
    woke = true;
  });
  for (let turn = 0; turn < 20; turn++) await clock.yieldToIo();
  expect([clock.nowMs(), woke]).toEqual([5, false]);
  await clock.advance(9);
  expect([clock.nowMs(), woke]).toEqual([14, false]);
  await clock.advance(1);
  expect([clock.nowMs(), woke]).toEqual([15, true]);
});

test('timers fire by time, and at one time in the order of their sleeps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 30 }), async (durations) => {
      const clock = new VirtualClock({ turns: 1 });
      const fired: [number, number][] = [];
      durations.forEach((duration, i) => {
        void clock.sleep(duration).then(() => fired.push([clock.nowMs(), i]));
      });
      await clock.advance(20);
      const expected = durations
        .map((duration, i): [number, number] => [duration, i])
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(fired).toEqual(expected);
      expect(clock.pendingTimers).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('a sleeper that sleeps again is woken within the same advance', async () => {
  const clock = new VirtualClock();
  const woken: number[] = [];
  const loop = async () => {
    for (let i = 0; i < 5; i++) {
      await clock.sleep(100);
      woken.push(clock.nowMs());
    }
  };
  const done = loop();
  await clock.advance(500);
  await done;
  expect(woken).toEqual([100, 200, 300, 400, 500]);
});

test('an in-memory application answers between two timers', async () => {
  const clock = new VirtualClock();
  const app = new Hono().post('/echo', async (c) => c.json(await c.req.json()));
  const answered: number[] = [];
  const ask = async () => {
    await clock.sleep(10);
    const response = await app.request('/echo', { method: 'POST', body: '{"a":1}' });
    await response.json();
    answered.push(clock.nowMs());
  };
  void ask();
  void clock.sleep(11);
  await clock.advance(11);
  expect(answered).toEqual([10]);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sleep = clock.sleep(10, controller.signal);
  expect(clock.pendingTimers).toBe(1);
  controller.abort(new Error('stopped'));
  await expect(sleep).rejects.toThrow('stopped');
  expect(clock.pendingTimers).toBe(0);
  await expect(clock.sleep(10, controller.signal)).rejects.toThrow('stopped');
  expect(clock.pendingTimers).toBe(0);
});

test('a sleep that has ended is not touched by a later abort', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sleep = clock.sleep(10, controller.signal);
  const other = clock.sleep(20);
  await clock.advance(10);
  await sleep;
  controller.abort();
  expect(clock.pendingTimers).toBe(1);
  await clock.advance(10);
  await other;
});

test('runUntil stops as soon as its condition holds', async () => {
  const clock = new VirtualClock();
  let count = 0;
  const loop = async () => {
    for (; count < 100; count++) await clock.sleep(10);
  };
  void loop();
  await clock.runUntil(() => count === 3, { limitMs: 1_000 });
  expect(clock.nowMs()).toBe(30);
});

test('runUntil says what it waited for when its limit passes', async () => {
  const clock = new VirtualClock();
  const tick = async () => {
    for (;;) await clock.sleep(10);
  };
  void tick();
  await expect(
    clock.runUntil(() => false, { limitMs: 100, what: 'the colony ticks' }),
  ).rejects.toThrow('not within 100 ms of virtual time (from 0 ms): the colony ticks');
  expect(clock.nowMs()).toBe(100);
});

test('runUntil says so when nothing is left that could make its condition hold', async () => {
  const clock = new VirtualClock();
  await expect(clock.runUntil(() => false, { limitMs: 100, what: 'Godot' })).rejects.toThrow(
    'nothing is left to happen at 0 ms, waiting for: Godot',
  );
});

test('two cannot move the clock at once', async () => {
  const clock = new VirtualClock();
  const first = clock.advance(10);
  await expect(clock.advance(10)).rejects.toThrow('already being moved');
  await first;
});

test('wall time follows the virtual time', async () => {
  const clock = new VirtualClock({ startMs: 1_500 });
  expect(clock.wallTime()).toBe('2026-01-01T00:00:01.500Z');
});

test('an alarm that is taken back does not ring, and is nothing that is waited for', async () => {
  const clock = new VirtualClock();
  const rung: string[] = [];
  const takeBack = clock.alarm(10, () => rung.push('taken back'));
  const tooLate = clock.alarm(5, () => rung.push('rung'));
  takeBack();
  await clock.advance(20);
  tooLate();
  expect(rung).toEqual(['rung']);
  expect(clock.pendingTimers).toBe(0);
});
