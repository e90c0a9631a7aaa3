import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import { Wakeup } from '../../../../services/platform/runtime/wakeup.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

describe('Wakeup', () => {
  let clock: VirtualClock;
  let wakeup: Wakeup;
  /** When the waits of this test ended. */
  let ended: number[];
  const wait = async (timeoutMs?: number, signal?: AbortSignal) => {
    await wakeup.wait(timeoutMs, signal);
    ended.push(clock.nowMs());
  };
  beforeEach(() => {
    clock = new VirtualClock();
    wakeup = new Wakeup(clock);
    ended = [];
  });

  test('a wait ends with the next notification', async () => {
    void wait();
    await clock.advance(30);
    expect(ended).toEqual([]);
    wakeup.notify();
    await clock.advance(0);
    expect(ended).toEqual([30]);
  });

  test('notifications without a waiter end the next wait, and only that', async () => {
    wakeup.notify();
    wakeup.notify();
    void wait(100).then(() => wait(100));
    await clock.advance(1_000);
    expect(ended).toEqual([0, 100]);
  });

  test('a notification within a wait does not end the next one', async () => {
    void wait(100).then(() => wait(100));
    await clock.advance(30);
    wakeup.notify();
    await clock.advance(1_000);
    expect(ended).toEqual([30, 130]);
  });

  test('a wait ends at its timeout', async () => {
    void wait(100);
    await clock.advance(99);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([100]);
  });

  test('a wait ends when its signal is aborted', async () => {
    const stop = new AbortController();
    void wait(100, stop.signal).then(() => wait(100, stop.signal));
    await clock.advance(30);
    stop.abort();
    await clock.advance(0);
    expect(ended).toEqual([30, 30]);
  });

  test.each([
    ['a notification', () => wakeup.notify()],
    ['the timeout', () => undefined],
    ['an abort', (stop: AbortController) => stop.abort()],
  ])('a wait that was ended by %s leaves no timer and no listener behind', async (_by, end) => {
    const stop = new AbortController();
    void wait(100, stop.signal);
    await clock.advance(30);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    end(stop);
    await clock.advance(70);
    expect(ended).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });
});
