import { beforeEach, describe, expect, test } from 'vitest';
import { CheckpointSchedule } from '../../../../services/coordinator/checkpoints/checkpoint-schedule.ts';
import { TICK_MAX } from '../../../../services/protocol/common/limits.ts';
import { CHECKPOINT_SETTINGS } from '../fixtures.ts';

describe('the next checkpoint', () => {
  let schedule: CheckpointSchedule;

  beforeEach(() => {
    schedule = new CheckpointSchedule(CHECKPOINT_SETTINGS, 0);
    schedule.observe(0, 0);
  });

  test('is due once the world has ticked for the interval', () => {
    schedule.observe(9_999, 500);
    expect(schedule.isDue).toBe(false);
    schedule.observe(10_000, 501);
    expect(schedule.isDue).toBe(true);
  });

  test('does not come nearer while the world stands', () => {
    for (let ms = 1_000; ms <= 60_000; ms += 1_000) schedule.observe(ms, 0);
    expect(schedule.isDue).toBe(false);
  });

  test('comes nearer between two ticks that are far apart', () => {
    for (let i = 1; i <= 4; i++) schedule.observe(3_000 * i, i);
    expect(schedule.isDue).toBe(true);
  });

  test('is not due again at once', () => {
    schedule.observe(10_000, 500);
    schedule.restart(5);
    expect(schedule.isDue).toBe(false);
    schedule.observe(20_000, 900);
    expect(schedule.isDue).toBe(true);
  });

  test('is tried again after the interval, while the time without one goes on', () => {
    schedule.observe(10_000, 500);
    schedule.retry();
    schedule.observe(19_000, 900);
    expect([schedule.isDue, schedule.tickedMs]).toEqual([false, 19_000]);
    schedule.observe(20_000, 950);
    expect([schedule.isDue, schedule.tickedMs]).toEqual([true, 20_000]);
  });

  test('counts the time without one before it', () => {
    expect(new CheckpointSchedule(CHECKPOINT_SETTINGS, 0, 70_000).tickedMs).toBe(70_000);
  });

  test('waits a hundred times as long as the world stood still for the one before', () => {
    schedule.restart(500);
    for (let ms = 10_000; ms < 50_000; ms += 10_000) schedule.observe(ms, ms);
    expect(schedule.isDue).toBe(false);
    schedule.observe(50_000, 50_000);
    expect(schedule.isDue).toBe(true);
  });

  test.each([
    ['above what is granted', 250, undefined, 300],
    ['never at what is granted', 300, undefined, 400],
    ['so many ticks after the one before', 250, 300, 400],
    ['at a tick that has a digest', 0, undefined, 100],
  ])('is %s', (_what, granted, last, expected) => {
    expect(schedule.nextTick(granted, last)).toBe(expected);
  });

  test('keeps its distance in ticks, rounded up to the next digest', () => {
    const far = new CheckpointSchedule({ ...CHECKPOINT_SETTINGS, checkpointMinTicks: 250 }, 0);
    expect(far.nextTick(0, 400)).toBe(700);
  });

  describe('is overdue', () => {
    test('from the tick on at which it was to be taken, by all the time since the one before', () => {
      schedule.observe(10_000, 500);
      expect(schedule.nextTick(540)).toBe(600);
      schedule.observe(11_000, 599);
      expect(schedule.overdueMs).toBeUndefined();
      schedule.observe(12_000, 600);
      expect(schedule.overdueMs).toBe(12_000);
      schedule.restart(5);
      schedule.observe(13_000, 650);
      expect(schedule.overdueMs).toBeUndefined();
    });

    test('not in a slow world that has not come so far, however long that takes', () => {
      schedule.restart(5);
      for (let i = 1; i < 100; i++) schedule.observe(10_000 * i, i);
      schedule.nextTick(99, 0);
      expect([schedule.isDue, schedule.tickedMs]).toEqual([true, 990_000]);
      expect(schedule.overdueMs).toBeUndefined();
    });

    test('not before its interval, if that is long', () => {
      const settings = { ...CHECKPOINT_SETTINGS, checkpointIntervalSeconds: 600 };
      const rare = new CheckpointSchedule(settings, 0);
      for (let i = 0; i < 600; i++) rare.observe(1_000 * i, 60 * i);
      expect(rare.overdueMs).toBeUndefined();
    });

    test('still while attempts fail, whatever tick the next one is for', () => {
      schedule.observe(10_000, 500);
      schedule.nextTick(540);
      schedule.retry();
      schedule.observe(15_000, 700);
      expect(schedule.overdueMs).toBe(15_000);
      schedule.observe(20_000, 950);
      expect(schedule.nextTick(990)).toBe(1_000);
      expect(schedule.overdueMs).toBe(20_000);
    });

    test('too where all attempts were of a world that was brought to stand', () => {
      schedule.observe(4_000, 500);
      schedule.retry();
      schedule.observe(9_000, 600);
      expect(schedule.overdueMs).toBeUndefined();
      schedule.observe(10_000, 700);
      expect(schedule.overdueMs).toBe(10_000);
    });
  });

  test('does not exist beyond the last tick', () => {
    expect(schedule.nextTick(TICK_MAX)).toBeUndefined();
  });
});
