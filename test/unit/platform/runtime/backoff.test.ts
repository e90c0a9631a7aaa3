import { beforeEach, describe, expect, test } from 'vitest';
import { Backoff } from '../../../../services/platform/runtime/backoff.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let clock: VirtualClock;
let fraction: number;

/** Draws what `fraction` says. */
const randomness = { uuid: () => '', fraction: () => fraction };
const backoffOf = (leastShare?: number) =>
  new Backoff(
    { clock, randomness },
    { firstMs: 100, mostMs: 1_000, ...(leastShare !== undefined && { leastShare }) },
  );
const pausesOf = (backoff: Backoff, count = 6) =>
  Array.from({ length: count }, () => backoff.nextMs());

beforeEach(() => {
  clock = new VirtualClock();
  fraction = 0;
});

describe('the pauses between attempts', () => {
  test('double from the first to the longest', () => {
    expect(pausesOf(backoffOf())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('are shorter by up to half, at random', () => {
    fraction = 0.5;
    expect(pausesOf(backoffOf())).toEqual([75, 150, 300, 600, 750, 750]);
  });

  test('are random as a whole when no share of them is certain', () => {
    fraction = 0.75;
    expect(pausesOf(backoffOf(0))).toEqual([25, 50, 100, 200, 250, 250]);
  });

  test('are not random when all of them is certain', () => {
    fraction = 0.75;
    expect(pausesOf(backoffOf(1))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('begin with the first again after a success', () => {
    const backoff = backoffOf();
    pausesOf(backoff, 3);
    backoff.reset();
    expect(pausesOf(backoff, 2)).toEqual([100, 200]);
  });

  test('differ between processes that failed together', () => {
    const pauses = ['a', 'b'].map((seed) =>
      pausesOf(
        new Backoff(
          { clock, randomness: new SeededRandomness(seed) },
          { firstMs: 100, mostMs: 1_000 },
        ),
      ),
    );
    expect(pauses[0]).not.toEqual(pauses[1]);
  });
});

describe('pausing', () => {
  test('takes as long as the next pause', async () => {
    const backoff = backoffOf();
    backoff.nextMs();
    let isOver = false;
    void backoff.pause().then(() => {
      isOver = true;
    });
    await clock.advance(199);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(isOver).toBe(true);
  });

  test('ends as soon as the signal is aborted', async () => {
    const stop = new AbortController();
    const paused = backoffOf().pause(stop.signal);
    stop.abort();
    await paused;
    expect(clock.nowMs()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
