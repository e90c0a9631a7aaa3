import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  beforeDeadline,
  isDoneWithin,
  unlessAborted,
} from '../../../../services/platform/runtime/deadline.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const never = new Promise<never>(() => {});

let clock: VirtualClock;
let ending: AbortController;
beforeEach(() => {
  clock = new VirtualClock();
  ending = new AbortController();
});
afterEach(() => {
  expect(clock.pendingTimers).toBe(0);
});

/** What a promise has come to: its value, or the error; `pending` before. */
function watched(work: Promise<unknown>): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: 'pending' };
  work.then(
    (value) => {
      seen.outcome = value;
    },
    (error: unknown) => {
      seen.outcome = error;
    },
  );
  return seen;
}

describe('waiting for work, but not for long', () => {
  test('ends with the work, and tells that it was in time', async () => {
    const seen = watched(isDoneWithin(clock, 100, clock.sleep(60)));
    await clock.advance(60);
    expect(seen.outcome).toBe(true);
  });

  test('ends with the time', async () => {
    const seen = watched(isDoneWithin(clock, 100, never));
    await clock.advance(99);
    expect(seen.outcome).toBe('pending');
    await clock.advance(1);
    expect(seen.outcome).toBe(false);
  });

  test('ends with the signal', async () => {
    const seen = watched(isDoneWithin(clock, 100, never, ending.signal));
    ending.abort();
    await clock.advance(0);
    expect(seen.outcome).toBe(false);
  });

  test('does not begin where the signal is aborted', async () => {
    ending.abort();
    expect(await isDoneWithin(clock, 100, never, ending.signal)).toBe(false);
  });

  test('fails as the work does, and not for what fails later', async () => {
    const failing = clock.sleep(60).then(() => Promise.reject(new Error('it broke')));
    const inTime = watched(isDoneWithin(clock, 100, failing));
    const tooLate = watched(isDoneWithin(clock, 50, failing));
    await clock.advance(60);
    expect(inTime.outcome).toEqual(new Error('it broke'));
    expect(tooLate.outcome).toBe(false);
  });
});

describe('work before a deadline', () => {
  const reason = new Error('it takes too long');
  const begin = () => {
    const signals: AbortSignal[] = [];
    const seen = watched(
      beforeDeadline(clock, 100, { reason, signal: ending.signal }, (over) => {
        signals.push(over);
        return unlessAborted(clock.sleep(500), over);
      }),
    );
    return { seen, over: signals[0] as AbortSignal };
  };

  test('ends with the other signal, and its reason', async () => {
    const { seen, over } = begin();
    ending.abort();
    await clock.advance(0);
    expect(over.reason).toBe(ending.signal.reason);
    expect(seen.outcome).toBe(ending.signal.reason);
    await clock.advance(500);
  });

  test('is told once the time is over, and why', async () => {
    const { seen, over } = begin();
    await clock.advance(99);
    expect(over.aborted).toBe(false);
    await clock.advance(1);
    expect([over.reason, seen.outcome]).toEqual([reason, reason]);
    await clock.advance(400);
  });

  test('is never told where it was done before', async () => {
    let over: AbortSignal | undefined;
    const done = await beforeDeadline(clock, 100, { signal: ending.signal }, async (signal) => {
      over = signal;
      return 7;
    });
    await clock.advance(200);
    ending.abort();
    expect([done, over?.aborted]).toEqual([7, false]);
  });

  test('begins with a signal that is aborted where the other one is', async () => {
    ending.abort();
    const { over } = begin();
    expect(over.aborted).toBe(true);
    await clock.advance(500);
  });
});
