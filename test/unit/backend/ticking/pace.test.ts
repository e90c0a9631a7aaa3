import { describe, expect, test } from 'vitest';
import { Pace } from '../../../../services/backend/ticking/pace.ts';

/** Ticks from 0 to endMs, each wake-up late by lateMs; when each tick began. */
function ticksOf(pace: Pace, endMs: number, lateMs = 0): number[] {
  const ticks: number[] = [];
  for (let nowMs = 0; nowMs < endMs; ) {
    const waitMs = pace.waitMs(nowMs);
    if (waitMs > 0) nowMs += waitMs + lateMs;
    else {
      pace.spend(nowMs);
      ticks.push(nowMs);
    }
  }
  return ticks;
}

describe('Pace', () => {
  test('ticks at its interval', () => {
    const pace = new Pace();
    pace.set(50, 0);
    expect(ticksOf(pace, 100)).toEqual([0, 20, 40, 60, 80]);
  });

  test('late timers do not make it slower', () => {
    const pace = new Pace();
    pace.set(60, 0);
    expect(Math.abs(ticksOf(pace, 100_000, 3).length - 6000)).toBeLessThanOrEqual(1);
  });

  test('a pace faster than timers ticks several times per wake-up', () => {
    const pace = new Pace();
    pace.set(2000, 0);
    expect(Math.abs(ticksOf(pace, 10_000, 1).length - 20_000)).toBeLessThanOrEqual(4);
  });

  test('makes up for a few ticks after a delay, not for all', () => {
    const pace = new Pace();
    pace.set(10, 0);
    pace.spend(0);
    let burst = 0;
    for (; pace.waitMs(60_000) === 0; burst++) pace.spend(60_000);
    expect(burst).toBe(5);
  });

  test('without a pace every tick is due', () => {
    const pace = new Pace();
    pace.set(1, 0);
    pace.spend(0);
    pace.set(null, 1);
    pace.spend(1);
    expect(pace.waitMs(1)).toBe(0);
  });

  test('a faster pace counts from the last tick', () => {
    const pace = new Pace();
    pace.set(0.01, 0);
    pace.spend(0);
    expect(pace.waitMs(30)).toBe(99_970);
    pace.set(10, 30);
    expect(pace.waitMs(30)).toBe(70);
  });

  test('the same pace set again changes nothing', () => {
    const pace = new Pace();
    pace.set(10, 0);
    pace.spend(0);
    pace.set(10, 99);
    expect(pace.waitMs(99)).toBe(1);
  });

  test('the same pace set again after a delay leaves what is to be caught up', () => {
    const pace = new Pace();
    pace.set(10, 0);
    pace.spend(0);
    pace.spend(250);
    pace.set(10, 250);
    expect(pace.waitMs(250)).toBe(0);
  });
});
