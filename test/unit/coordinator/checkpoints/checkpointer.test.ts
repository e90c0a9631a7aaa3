import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckpointReport } from '../../../../services/protocol/checkpoint/manifest.ts';
import { TICK_MAX } from '../../../../services/protocol/common/limits.ts';
import { hex } from '../fixtures.ts';
import { DIGEST, INSTANCE, ORIGIN, reportOf } from './checkpoint-fixture.ts';
import { CheckpointerRig } from './checkpointer-fixture.ts';

let rig: CheckpointerRig;
beforeEach(async () => {
  rig = await CheckpointerRig.create();
});
afterEach(() => rig.end());

describe('a checkpointer', () => {
  test('names a tick with a digest above all that is granted, once the interval has passed', async () => {
    await rig.tickFor(10_000, 0);
    expect(rig.checkpointer.tick).toBeUndefined();
    rig.observe(500);
    expect(rig.checkpointer.tick).toBe(600);
    expect(rig.checkpointer.isUrgent).toBe(false);
  });

  test('keeps to the tick that it has named, whatever is granted later', async () => {
    await rig.untilNamed();
    rig.checkpointer.observe({ tick: 590, running: 900 });
    rig.checkpointer.observe({ tick: 700, running: 1_200 });
    expect(rig.checkpointer.tick).toBe(600);
  });

  test('names none before every backend has answered once', () => {
    rig.checkpointer.observe({ tick: undefined, running: 60 });
    expect(rig.checkpointer.tick).toBeUndefined();
  });

  test('names none beyond the last tick of a colony', async () => {
    await rig.tickFor(20_000, TICK_MAX - 500);
    expect(rig.checkpointer.tick).toBeUndefined();
  });

  test('makes one of the parts, and points the record at it', async () => {
    rig.eventSeq = 4;
    await rig.untilNamed();
    await rig.write(600);
    expect(await rig.pointer()).toMatchObject({ tick: 600, epoch: 1, topologyVersion: 1 });
    expect(await rig.manifest()).toMatchObject({
      ...{ tick: 600, digest: DIGEST, sizeBytes: 200, colonyInstanceId: INSTANCE },
      origin: { ...ORIGIN, eventSeq: 4 },
      at: rig.clock.wallTime(),
      parts: [{ id: 'b0' }, { id: 'b1' }],
    });
    expect(rig.context.storedInfo().checkpoint?.tick).toBe(600);
    expect(rig.checkpointer).toMatchObject({ tick: undefined, tickedMs: 0, failure: undefined });
    expect(rig.log.lines.at(-1)).toMatchObject({ message: 'checkpoint taken', level: 'info' });
  });

  test('takes the next one after the interval, and lists the one before', async () => {
    await rig.untilNamed();
    await rig.write(600);
    await rig.tickFor(10_200, 600);
    const { tick } = rig.checkpointer;
    expect(tick).toBe(1_200);
    await rig.write(1_200);
    expect((await rig.manifest()).kept).toMatchObject([{ tick: 600, sizeBytes: 200 }]);
  });

  test('continues the list of a former leader', async () => {
    await rig.untilNamed();
    await rig.write(600);
    await rig.tickFor(10_200, 600);
    await rig.write(1_200);
    const record = await rig.store.read();
    const next = await CheckpointerRig.create();
    next.context.initializeWithStoredInfo({ ...record, revision: record.revision + 1 });
    for (const { key } of await rig.snapshots.list('')) {
      await next.snapshots.putIfAbsent(key, (await rig.snapshots.get(key, 1_000_000))!);
    }
    await next.tickFor(10_100, 1_300);
    await next.write(1_900);
    expect((await next.manifest()).kept).toMatchObject([{ tick: 600 }, { tick: 1_200 }]);
    await next.end();
  });

  test('keeps a distance from the one before, though the world is slow', async () => {
    await rig.untilNamed();
    await rig.write(600);
    for (let tick = 600; tick < 610; tick++) {
      rig.checkpointer.observe({ tick, running: tick + 2 });
      await rig.clock.advance(10_000);
    }
    expect(rig.checkpointer.tick).toBe(700);
  });

  test('waits until what was measured up to it is stored', async () => {
    rig.durableThroughTick = 599;
    await rig.untilNamed();
    await rig.write(600);
    await rig.clock.advance(60_000);
    expect(await rig.pointer()).toBeUndefined();
    rig.durableThroughTick = 600;
    await rig.clock.advance(100);
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
  });

  test('waits for the digest of its tick, and takes no later one for it', async () => {
    await rig.untilNamed();
    await rig.digests.append(INSTANCE, { tick: 700, digest: DIGEST });
    rig.report(600);
    await rig.clock.advance(60_000);
    expect(await rig.pointer()).toBeUndefined();
    await rig.digests.append(INSTANCE, { tick: 600, digest: DIGEST });
    await rig.clock.advance(6_000);
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
  });

  test('points at nothing whose digest is not the stored one', async () => {
    await rig.untilNamed();
    await rig.digests.append(INSTANCE, { tick: 600, digest: hex(99) });
    await rig.write(600);
    expect(await rig.pointer()).toBeUndefined();
    expect(await rig.snapshots.list('')).toEqual([]);
    expect(rig.checkpointer.failure).toEqual({
      tick: 600,
      reason: `digest of tick 600: ${hex(99)} is stored, the parts have another`,
    });
    expect(rig.counted).toEqual([['colony_checkpoints_total', { outcome: 'failed' }]]);
  });

  test('points at nothing of backends that do not agree', async () => {
    await rig.untilNamed();
    const conditions = { ...ORIGIN.conditions, terrainNumber: 5 };
    rig.checkpointer.take('boot-0', reportOf(0, 600));
    rig.checkpointer.take('boot-1', reportOf(1, 600, { origin: { ...ORIGIN, conditions } }));
    await rig.clock.advance(0);
    expect(rig.checkpointer.failure?.reason).toMatch(/b0 and b1 have other rules/);
    expect(await rig.pointer()).toBeUndefined();
  });
});

describe('how long a checkpoint takes', () => {
  test('is counted from when all shards have passed its tick until the record points at it', async () => {
    await rig.untilNamed();
    rig.observe(600);
    await rig.clock.advance(1_000);
    rig.observe(601);
    await rig.clock.advance(30_000);
    rig.observe(900);
    expect(rig.checkpointer.tookMs).toBe(0);
    await rig.write(600);
    expect(rig.checkpointer.tookMs).toBe(30_000);
  });

  test('is counted from when all stand in its tick, where somebody waits for it', async () => {
    rig.observe(537);
    const taken = rig.checkpointer.takeAt(537, new AbortController().signal);
    await rig.clock.advance(1_000);
    rig.observe(536);
    await rig.clock.advance(1_000);
    rig.observe(537);
    await rig.clock.advance(7_000);
    rig.report(537);
    await rig.clock.advance(0);
    await taken;
    expect(rig.checkpointer.tookMs).toBe(7_000);
  });

  test('is nothing where all parts were there before', async () => {
    await rig.untilNamed();
    await rig.write(600);
    expect(rig.checkpointer.tookMs).toBe(0);
  });
});

describe('a report', () => {
  const ignored = async (bootId: string, report: CheckpointReport | undefined) => {
    await rig.untilNamed();
    await rig.digests.append(INSTANCE, { tick: 600, digest: DIGEST });
    rig.checkpointer.take('boot-0', reportOf(0, 600));
    rig.checkpointer.take(bootId, report);
    await rig.clock.advance(1_000);
    expect(await rig.pointer()).toBeUndefined();
    expect(rig.checkpointer).toMatchObject({ tick: 600, failure: undefined });
    rig.checkpointer.take('boot-1', reportOf(1, 600));
    await rig.clock.advance(0);
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
  };

  test.each<[string, string, CheckpointReport | undefined]>([
    ['of an earlier tick', 'boot-1', reportOf(1, 500)],
    ['of a later tick', 'boot-1', reportOf(1, 700)],
    ['of another epoch', 'boot-1', reportOf(1, 600, { epoch: 2 })],
    ['of a backend that has no shards', 'boot-7', reportOf(1, 600)],
    ['of the same backend again', 'boot-0', reportOf(0, 600)],
    ['that is pending', 'boot-1', { state: 'pending', tick: 600, epoch: 1 }],
    ['that is none', 'boot-1', undefined],
    ['of an earlier failure', 'boot-1', { state: 'failed', tick: 500, epoch: 1, reason: 'x' }],
    [
      'of a failure in another epoch',
      'boot-1',
      { state: 'failed', tick: 600, epoch: 9, reason: 'x' },
    ],
    ['of a failure elsewhere', 'boot-7', { state: 'failed', tick: 600, epoch: 1, reason: 'x' }],
  ])('%s changes nothing', async (_what, bootId, report) => {
    await ignored(bootId, report);
  });

  test('that repeats what is finished takes no second checkpoint', async () => {
    await rig.untilNamed();
    await rig.write(600);
    const { revision } = await rig.store.read();
    rig.report(600);
    await rig.clock.advance(1_000);
    expect((await rig.store.read()).revision).toBe(revision);
  });

  test('before any was asked for is of no use', async () => {
    rig.report(100);
    await rig.clock.advance(1_000);
    expect(await rig.pointer()).toBeUndefined();
  });

  test('of a failure ends the attempt, names the backend, and the next comes after the interval', async () => {
    await rig.untilNamed();
    rig.checkpointer.take('boot-0', reportOf(0, 600));
    const failed = { state: 'failed', tick: 600, epoch: 1, reason: 'the disk is full' } as const;
    rig.checkpointer.take('boot-1', failed);
    expect(rig.checkpointer).toMatchObject({
      tick: undefined,
      failure: { tick: 600, reason: 'b1: the disk is full' },
    });
    expect(rig.log.lines.at(-1)).toMatchObject({
      level: 'warn',
      message: 'a checkpoint could not be taken; the colony ticks on',
    });
    await rig.tickFor(9_900, 600);
    expect(rig.checkpointer.tick).toBeUndefined();
    await rig.tickFor(300, 1_100);
    const tick = rig.checkpointer.tick!;
    expect(rig.checkpointer.tickedMs).toBeGreaterThan(19_000);
    await rig.write(tick);
    expect(rig.checkpointer).toMatchObject({ failure: undefined, tickedMs: 0 });
    expect(await rig.pointer()).toMatchObject({ tick });
  });

  test('of a failure after all parts were there changes nothing any more', async () => {
    rig.durableThroughTick = 0;
    await rig.untilNamed();
    await rig.write(600);
    await rig.tickFor(1_000, 610);
    rig.durableThroughTick = 600;
    await rig.clock.advance(100);
    const failed = { state: 'failed', tick: 600, epoch: 1, reason: 'late' } as const;
    rig.checkpointer.take('boot-1', failed);
    expect(rig.checkpointer.failure).toBeUndefined();
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
  });
});

describe('a part that does not come', () => {
  test('is waited for ten minutes after all have passed its tick, then its backend is named', async () => {
    await rig.untilNamed();
    rig.checkpointer.take('boot-0', reportOf(0, 600));
    rig.observe(601);
    await rig.clock.advance(599_999);
    rig.observe(700);
    expect(rig.checkpointer.tick).toBe(600);
    await rig.clock.advance(1);
    rig.observe(701);
    expect(rig.checkpointer.failure).toEqual({
      tick: 600,
      reason: 'no part has come from b1',
    });
    expect(rig.checkpointer.tick).not.toBe(600);
  });

  test('is waited for without end while a backend has not reached its tick', async () => {
    await rig.untilNamed();
    rig.observe(600);
    await rig.clock.advance(3_600_000 - 60_000);
    rig.observe(600);
    expect(rig.checkpointer).toMatchObject({ tick: 600, failure: undefined });
  });
});
