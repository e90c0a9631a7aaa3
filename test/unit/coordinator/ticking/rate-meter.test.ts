import { describe, expect, test } from 'vitest';
import { RateMeter } from '../../../../services/coordinator/ticking/rate-meter.ts';

const meterOf = (...readings: [atMs: number, tick: number][]) => {
  const meter = new RateMeter(5_000);
  for (const [atMs, tick] of readings) meter.add(atMs, tick);
  return meter;
};

describe('the rate meter', () => {
  test('knows nothing before the first reading, nor from one', () => {
    expect(meterOf().ticksPerSecond()).toBeUndefined();
    expect(meterOf([0, 10]).ticksPerSecond()).toBeUndefined();
  });

  test('does not guess from readings less than half a second apart', () => {
    expect(meterOf([0, 0], [499, 30]).ticksPerSecond()).toBeUndefined();
    expect(meterOf([0, 0], [500, 30]).ticksPerSecond()).toBe(60);
  });

  test('shows ticks per second between the first and the last reading', () => {
    expect(meterOf([1_000, 100], [2_000, 130], [3_000, 200]).ticksPerSecond()).toBe(50);
  });

  test('forgets what lies before its window', () => {
    const meter = meterOf([0, 0]);
    for (let second = 1; second <= 20; second++) {
      const tick = second <= 10 ? second * 100 : 1_000 + (second - 10) * 10;
      meter.add(second * 1_000, tick);
    }
    expect(meter.ticksPerSecond()).toBe(10);
  });

  test('falls to 0 when the colony stands', () => {
    const meter = meterOf([0, 0], [1_000, 100]);
    for (let second = 2; second <= 10; second++) meter.add(second * 1_000, 100);
    expect(meter.ticksPerSecond()).toBe(0);
  });

  test('starts over on a rollback', () => {
    const meter = meterOf([0, 900], [1_000, 1_000], [2_000, 0]);
    expect(meter.ticksPerSecond()).toBeUndefined();
    meter.add(3_000, 40);
    expect(meter.ticksPerSecond()).toBe(40);
  });

  test('sees a rate even when readings are further apart than its window', () => {
    expect(meterOf([0, 0], [60_000, 600]).ticksPerSecond()).toBe(10);
  });
});
