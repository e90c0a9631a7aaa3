import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveBackend } from '../fixtures.ts';
import { never, PlannedMovesRig, STANDING_MAX_MS } from './planned-moves-fixture.ts';

let rig: PlannedMovesRig;
beforeEach(() => {
  rig = new PlannedMovesRig();
});
afterEach(async () => {
  expect(await rig.end()).toEqual({ isOver: true, timers: 0 });
});

describe('a backend that is to end', () => {
  test('has the world stand for 15 s at most', async () => {
    rig.draining.add(0);
    rig.takeAt = never;
    rig.run();
    await rig.clock.advance(STANDING_MAX_MS - 1);
    expect(rig.done).toEqual(['stand at 700', 'checkpoint 700']);
    await rig.clock.advance(1);
    expect(rig.done.at(-1)).toBe('release 700');
    expect(rig.log.lines.at(-1)?.fields['reason']).toBe(
      'the world would stand for more than 15000 ms',
    );
    await rig.clock.advance(3_000);
    expect(rig.done.at(-1)).toBe('checkpoint 701');
  });

  test.each([
    ['is still 15 s where checkpoints take little', 3_000, 15_000],
    [
      'is four times as long as the last checkpoint took: a slow world can be moved too',
      20_000,
      80_000,
    ],
    ['is ten minutes at most', 200_000, 600_000],
  ])('has the world stand for a time that %s', async (_what, took, mostMs) => {
    rig.tookMs = took;
    rig.draining.add(0);
    rig.takeAt = never;
    rig.run();
    await rig.clock.advance(mostMs - 1);
    expect(rig.done).toEqual(['stand at 700', 'checkpoint 700']);
    await rig.clock.advance(1);
    expect(rig.done.at(-1)).toBe('release 700');
    expect(rig.log.lines.at(-1)?.fields['reason']).toBe(
      `the world would stand for more than ${mostMs} ms`,
    );
  });

  test('has the world stand twice as long after each try that took too long, ten minutes at most', async () => {
    rig.draining.add(0);
    const given: number[] = [];
    rig.takeAt = (tick, signal) => {
      const fromMs = rig.clock.nowMs();
      signal.addEventListener('abort', () => given.push(rig.clock.nowMs() - fromMs), {
        once: true,
      });
      return never(tick, signal);
    };
    rig.run();
    await rig.clock.advance(1_600_000);
    expect(given).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
  });

  test('is moved by a new leader though its checkpoint takes longer than 15 s', async () => {
    rig.draining.add(0);
    rig.takeAt = (_tick, signal) => rig.clock.sleep(25_000, signal);
    rig.run();
    await rig.clock.advance(15_000 + 2_250 + 25_000);
    expect(rig.outcome.still).toMatchObject({ tick: 701 });
  });

  test('has the world stand no longer where a try failed in another way', async () => {
    rig.draining.add(0);
    rig.takeAt = async () => {
      throw new Error('backend boot-0: disk full');
    };
    rig.run();
    await rig.clock.advance(1_000);
    rig.takeAt = never;
    await rig.clock.advance(1_250 + 15_000);
    expect(rig.log.lines.at(-1)?.fields['reason']).toBe(
      'the world would stand for more than 15000 ms',
    );
  });
});

describe('while the store is away', () => {
  const tries = () => rig.done.filter((what) => what.startsWith('stand')).length;
  beforeEach(() => {
    rig.takeAt = never;
  });

  test('the world stands for a new backend less and less often, and never longer', async () => {
    rig.found = [liveBackend(7)];
    rig.run();
    await rig.clock.advance(3_600_000);
    const reasons = rig.log.lines.flatMap(({ level, fields }) =>
      level === 'warn' ? fields['reason'] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['the world would stand for more than 15000 ms']));
    expect(tries()).toBeGreaterThan(5);
    expect(tries() * STANDING_MAX_MS).toBeLessThan(0.1 * 3_600_000);
  });

  test('one that is to end need not wait for that', async () => {
    rig.found = [liveBackend(7)];
    rig.run();
    await rig.clock.advance(1_800_000);
    const before = tries();
    rig.draining.add(0);
    await rig.clock.advance(20_000);
    rig.takeAt = async () => {};
    await rig.clock.advance(40_000);
    expect(rig.outcome.still?.reason).toBe('moving shards off what is to end: b0');
    expect(tries()).toBeGreaterThan(before);
  });
});
