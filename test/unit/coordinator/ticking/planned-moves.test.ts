import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idleStatus, liveBackend, topologyOf } from '../fixtures.ts';
import { never, PlannedMovesRig } from './planned-moves-fixture.ts';

let rig: PlannedMovesRig;
beforeEach(() => {
  rig = new PlannedMovesRig();
});
afterEach(async () => {
  expect(await rig.end()).toEqual({ isOver: true, timers: 0 });
});

test('a world whose backends stay is left alone', async () => {
  rig.run();
  await rig.clock.advance(600_000);
  expect(rig.done).toEqual([]);
  expect(rig.reason).toBeUndefined();
});

describe('a backend that is to end', () => {
  test('has the world stand in a state of which there is a checkpoint', async () => {
    rig.run();
    await rig.clock.advance(1_000);
    rig.draining.add(1);
    await rig.clock.advance(250);
    expect(rig.outcome.still).toMatchObject({
      tick: 700,
      reason: 'moving shards off what is to end: b1',
    });
    expect(rig.done).toEqual(['stand at 700', 'checkpoint 700']);
    expect(rig.reason).toBe('moving shards off what is to end: b1');
    rig.outcome.still?.release();
    expect(rig.done.at(-1)).toBe('release 700');
  });

  test('is named with all others that are to end', async () => {
    rig.draining = new Set([0, 1]);
    rig.run();
    await rig.clock.advance(0);
    expect(rig.outcome.still?.reason).toBe('moving shards off what is to end: b0, b1');
  });

  test('lets the world tick on where no checkpoint can be taken, and is tried again', async () => {
    rig.draining.add(0);
    rig.takeAt = async () => {
      throw new Error('backend boot-0: disk full');
    };
    rig.run();
    await rig.clock.advance(1_000);
    expect(rig.done).toEqual(['stand at 700', 'checkpoint 700', 'release 700']);
    expect(rig.reason).toBeUndefined();
    expect(rig.log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'shards are not moved; the world ticks on',
      fields: { tick: 700, reason: 'backend boot-0: disk full' },
    });
    rig.takeAt = async () => {};
    await rig.clock.advance(2_000);
    expect(rig.outcome.still).toMatchObject({ tick: 701 });
    expect(rig.done.slice(3)).toEqual(['stand at 701', 'checkpoint 701']);
  });

  test('is not tried again where it has gone meanwhile', async () => {
    rig.draining.add(0);
    rig.takeAt = async () => {
      rig.draining.clear();
      throw new Error('backend boot-0: disk full');
    };
    rig.run();
    await rig.clock.advance(60_000);
    expect(rig.done).toEqual(['stand at 700', 'checkpoint 700', 'release 700']);
  });

  test('that dies while the world stands ends the move: the loss is dealt with', async () => {
    rig.draining.add(0);
    rig.takeAt = never;
    rig.run();
    await rig.clock.advance(1_000);
    rig.ending.abort();
    await rig.clock.advance(0);
    expect(rig.outcome).toEqual({ still: undefined, isOver: true });
    expect(rig.done.at(-1)).toBe('release 700');
    expect(rig.log.messages('warn')).toEqual([]);
  });
});

describe('a backend that has come', () => {
  const newcomer = liveBackend(7);

  test('gets shards once it has been there for a while', async () => {
    rig.run();
    await rig.clock.advance(2_000);
    rig.found = [liveBackend(0), liveBackend(1), newcomer];
    await rig.clock.advance(5_000);
    expect(rig.looks).toEqual([5_000]);
    await rig.clock.advance(5_000);
    expect(rig.done).toEqual([]);
    await rig.clock.advance(5_000);
    expect(rig.outcome.still).toMatchObject({
      tick: 700,
      reason: 'moving shards to what is new: b7',
    });
  });

  test('gets none where it has gone before, and waits anew when it comes again', async () => {
    rig.found = [newcomer];
    rig.run();
    await rig.clock.advance(9_000);
    rig.found = [];
    await rig.clock.advance(5_000);
    rig.found = [newcomer];
    await rig.clock.advance(10_000);
    expect(rig.done).toEqual([]);
    await rig.clock.advance(10_000);
    expect(rig.outcome.still?.reason).toBe('moving shards to what is new: b7');
  });

  test('gets none where it is to end', async () => {
    rig.found = [liveBackend(7, idleStatus(7, { draining: true }))];
    rig.run();
    await rig.clock.advance(120_000);
    expect(rig.done).toEqual([]);
  });

  test('gets none where each shard has a backend of its own', async () => {
    rig.topology = topologyOf(8);
    rig.found = [newcomer];
    rig.run();
    await rig.clock.advance(120_000);
    expect([rig.done, rig.looks]).toEqual([[], []]);
  });

  test('gets none where as many have shards as a topology takes: it would be moved to again and again', async () => {
    rig.topology = topologyOf(1_024, {
      owners: Array.from({ length: 1_025 }, (_, shard) => Math.min(shard, 1_023)),
    });
    rig.found = [liveBackend(2_000)];
    rig.run();
    await rig.clock.advance(16_000);
    expect([rig.done, rig.looks]).toEqual([[], []]);
  });

  test('takes the shards of one that has none: only those that hold some count', async () => {
    rig.topology = topologyOf(2, { owners: Array(8).fill(0) });
    rig.found = [liveBackend(0), liveBackend(1)];
    rig.run();
    await rig.clock.advance(20_000);
    expect(rig.outcome.still?.reason).toBe('moving shards to what is new: b1');
  });

  test('is waited for though the registry does not answer for a while', async () => {
    rig.found = [newcomer];
    rig.run();
    await rig.clock.advance(6_000);
    rig.found = new Error('the registry is away');
    await rig.clock.advance(5_000);
    rig.found = [newcomer];
    await rig.clock.advance(20_000);
    expect(rig.outcome.still?.reason).toBe('moving shards to what is new: b7');
  });
});

test('a run that is ended while it looks for backends brings nothing to stand', async () => {
  rig.found = [liveBackend(7)];
  rig.run();
  await rig.clock.advance(14_999);
  rig.ending.abort();
  await rig.clock.advance(1_000);
  expect(rig.outcome).toEqual({ still: undefined, isOver: true });
  expect(rig.done).toEqual([]);
});
