import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CheckpointArchive,
  type StoredManifest,
} from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { CheckpointSweeper } from '../../../../services/coordinator/chores/checkpoint-sweeper.ts';
import type { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import {
  type CheckpointAttempt,
  checkpointFolders,
  isManifestKey,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { INSTANCE, keptAt, manifestAt, storeAway } from '../checkpoints/checkpoint-fixture.ts';
import { CHECKPOINT_SETTINGS, contextOf, recordOf, startedRecord, workOf } from '../fixtures.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS = 60_000;
const EVERY_MS = 600_000;

let clock: VirtualClock;
let log: MemoryLog;
let snapshots: MemorySnapshotStore;
let digests: MemoryDigestLog;
let archive: CheckpointArchive;
let record: ColonyRecord;
let origin: CheckpointAttempt | null | undefined;
/** The world stands here. */
let writingFromTick: number;
let term: LeaderTerm;
let sweeper: CheckpointSweeper;

const epochMs = () => Date.parse(clock.wallTime());
const folderOf = (tick: number, epoch = 1) =>
  checkpointFolders.attempt('test', INSTANCE, { tick, epoch, topologyVersion: 1 });
/** A part of a checkpoint, or of an attempt. */
const putPart = async (tick: number, epoch = 1): Promise<string> => {
  const key = `${folderOf(tick, epoch)}boot-0/0`;
  await snapshots.putIfAbsent(key, new Uint8Array(1));
  return key;
};
/** A whole checkpoint that the record points at, with its part. */
const point = async (
  tick: number,
  change: Parameters<typeof manifestAt>[1] = {},
): Promise<StoredManifest> => {
  await putPart(tick);
  const stored = await archive.put(manifestAt(tick, change));
  record = startedRecord({ colonyInstanceId: INSTANCE, checkpoint: stored.pointer });
  return stored;
};
const keys = async () => (await snapshots.list('')).map(({ key }) => key);
const left = async () =>
  (await keys()).map((key) => key.replace(/^.*K1\/0*/, '').replace(/\/1-1\/.*/, ''));

beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  snapshots = new MemorySnapshotStore(epochMs);
  digests = new MemoryDigestLog();
  archive = new CheckpointArchive({ colonyName: 'test', snapshots, digests, clock, log });
  record = startedRecord({ colonyInstanceId: INSTANCE });
  origin = null;
  writingFromTick = 350;
  term = workOf(contextOf(startedRecord()), clock).term;
  sweeper = new CheckpointSweeper({
    ...{ ...CHECKPOINT_SETTINGS, colonyName: 'test', snapshots, archive, clock, log },
    record: () => record,
    origin: () => origin,
    writingFromTick: () => writingFromTick,
  });
});
afterEach(async () => {
  term.end();
  await clock.advance(EVERY_MS);
});

describe('a sweep', () => {
  test('leaves what is kept, what leaves, the newest, and where the world has started', async () => {
    for (const tick of [100, 200, 300]) await putPart(tick);
    origin = { tick: 100, epoch: 1, topologyVersion: 1 };
    await point(400, { kept: [keptAt(200)], leaving: [{ ...keptAt(300), leftAt: '' }] });
    const before = await keys();
    await sweeper.sweep(term);
    expect(await keys()).toEqual(before);
    expect(log.lines).toEqual([]);
  });

  test('removes the rest, and says how much', async () => {
    await putPart(100);
    await putPart(200);
    await point(300, { kept: [keptAt(200)] });
    await sweeper.sweep(term);
    expect(await left()).toEqual(['200', '300', '300']);
    expect(log.lines).toMatchObject([
      { message: 'old checkpoints are removed', fields: { objects: 1 } },
    ]);
  });

  test('leaves what is being written', async () => {
    await point(300);
    const writing = await putPart(400);
    await sweeper.sweep(term);
    expect(await keys()).toContain(writing);
  });

  test('removes what a former leader has left behind, beyond the newest too', async () => {
    term = workOf(
      contextOf(startedRecord({ leader: { ...record.leader!, epoch: 2 } })),
      clock,
    ).term;
    await point(300);
    const orphan = await putPart(400, 1);
    await sweeper.sweep(term);
    expect(await keys()).not.toContain(orphan);
    expect(await left()).toEqual(['300', '300']);
  });

  test('by a former leader touches nothing of its successor', async () => {
    await point(300);
    const ofSuccessor = [await putPart(200, 2), await putPart(400, 2)];
    await sweeper.sweep(term);
    expect(await keys()).toEqual(expect.arrayContaining(ofSuccessor));
  });

  test('ends with the term, amid what it removes', async () => {
    for (let tick = 100; tick < 140; tick++) await putPart(tick);
    await point(300);
    const remove = snapshots.delete.bind(snapshots);
    snapshots.delete = async (key) => {
      await remove(key);
      term.end();
    };
    await sweeper.sweep(term);
    // Those that were under way by then.
    expect(await keys()).toHaveLength(40 + 2 - 16);
  });

  test('removes sixteen at a time', async () => {
    for (let tick = 100; tick < 140; tick++) await putPart(tick);
    await point(300);
    const remove = snapshots.delete.bind(snapshots);
    let underWay = 0;
    const most = { underWay: 0 };
    snapshots.delete = async (key) => {
      underWay++;
      most.underWay = Math.max(most.underWay, underWay);
      await clock.yieldToIo();
      await remove(key);
      underWay--;
    };
    await sweeper.sweep(term);
    expect(await left()).toEqual(['300', '300']);
    expect(most.underWay).toBe(16);
  });

  test('removes manifests before any object of theirs: wherever it ends, none is left without', async () => {
    for (let tick = 100; tick < 140; tick++) await point(tick);
    await point(300);
    const removed: string[] = [];
    const remove = snapshots.delete.bind(snapshots);
    snapshots.delete = async (key) => {
      // Each waits for its disk.
      await clock.yieldToIo();
      await remove(key);
      removed.push(key);
    };
    await sweeper.sweep(term);
    const kinds = removed.map((key) => (isManifestKey(key) ? 'manifest' : 'part'));
    expect(kinds).toEqual([...Array(40).fill('manifest'), ...Array(40).fill('part')]);
  });

  test('removes nothing while a recovery may be choosing a checkpoint', async () => {
    await putPart(100);
    await point(300);
    origin = undefined;
    // It looks again soon: a recovery writes checkpoints, too.
    expect(await sweeper.sweep(term)).toBe(FIRST_MS);
    expect(await left()).toEqual(['100', '300', '300']);
  });

  test('removes nothing where no checkpoint can be read: it would not know what is kept', async () => {
    await putPart(100);
    const { key } = await point(300);
    await snapshots.delete(key);
    await sweeper.sweep(term);
    expect(await left()).toEqual(['100', '300']);
  });

  test('leaves the newest one that can be read, and that of the record, where that is damaged', async () => {
    await digests.append(INSTANCE, { tick: 200, digest: manifestAt(200).digest });
    await putPart(100);
    await point(200);
    await snapshots.delete((await point(300)).key);
    await sweeper.sweep(term);
    expect(await left()).toEqual(['200', '200', '300']);
  });

  test('before the first checkpoint leaves what is written of it, and removes older attempts', async () => {
    writingFromTick = 100;
    await putPart(100);
    await putPart(100, 0);
    await sweeper.sweep(term);
    expect(await keys()).toEqual([`${folderOf(100)}boot-0/0`]);
  });

  test('removes attempts that failed, though no newer one has come', async () => {
    await point(100);
    for (const tick of [200, 300, 400]) await putPart(tick);
    await sweeper.sweep(term);
    expect(await left()).toEqual(['100', '100', '400']);
  });

  test('of a stopped colony removes all of it, an hour after the last was stored', async () => {
    await point(300);
    record = recordOf({ generation: 2 });
    origin = undefined;
    await clock.advance(HOUR_MS - 1);
    await sweeper.sweep(workOf(contextOf(startedRecord()), clock).term);
    expect(await left()).toEqual(['300', '300']);
    await clock.advance(1);
    await sweeper.sweep(workOf(contextOf(startedRecord()), clock).term);
    expect(await left()).toEqual([]);
  });

  test('leaves what another colony has', async () => {
    const key = `${checkpointFolders.colony('other')}i/0000000100/1-1/b/0`;
    await snapshots.putIfAbsent(key, new Uint8Array(1));
    await clock.advance(2 * HOUR_MS);
    await sweeper.sweep(workOf(contextOf(startedRecord()), clock).term);
    expect(await keys()).toEqual([key]);
  });

  test('removes ten thousand objects at most: the next one goes on', async () => {
    writingFromTick = 20_000;
    await point(20_000);
    for (let tick = 0; tick < 10_002; tick++) await putPart(tick);
    await sweeper.sweep(term);
    expect(await keys()).toHaveLength(4);
    await sweeper.sweep(term);
    expect(await left()).toEqual(['20000', '20000']);
  });
});

describe('sweeps', () => {
  test('go on at once where one round was not enough: else what is stored would only grow', async () => {
    writingFromTick = 40_000;
    await point(40_000);
    for (let tick = 0; tick < 20_002; tick++) await putPart(tick);
    void sweeper.run(term);
    await clock.advance(FIRST_MS);
    expect(await left()).toEqual(['40000', '40000']);
  });

  const countLists = () => {
    const list = snapshots.list.bind(snapshots);
    snapshots.list = async (folder) => {
      lists++;
      return list(folder);
    };
  };
  let lists: number;
  beforeEach(() => {
    lists = 0;
  });

  test.each([
    // The budget is 1,000,000 bytes, a checkpoint comes every 10 s, and has 5,000 bytes: 60 take 300,000.
    ['every ten minutes while there is room for those of ten minutes', 795_000, 800_000, 1],
    [
      'every minute while there is not: what has left would be stored beside the budget',
      795_000,
      900_001,
      10,
    ],
    ['every minute with a budget that is kept full', 990_000, 990_000, 10],
  ])('come %s', async (_what, keptBytes, leavingBytes, expected) => {
    await point(300, {
      sizeBytes: 5_000,
      kept: [keptAt(100, { sizeBytes: keptBytes })],
      leaving: [{ ...keptAt(200, { sizeBytes: leavingBytes }), leftAt: '' }],
    });
    void sweeper.run(term);
    await clock.advance(FIRST_MS);
    countLists();
    await clock.advance(EVERY_MS);
    expect(lists).toBe(expected);
  });

  test('begin a minute after the term, and come every ten minutes until it is over', async () => {
    countLists();
    void sweeper.run(term);
    await clock.advance(FIRST_MS - 1);
    expect(lists).toBe(0);
    await clock.advance(1);
    expect(lists).toBe(1);
    await clock.advance(EVERY_MS);
    expect(lists).toBe(2);
    term.end();
    await clock.advance(2 * EVERY_MS);
    expect(lists).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  test('end with the term though the store does not answer, and remove nothing after that', async () => {
    await putPart(100);
    await point(300);
    const list = snapshots.list.bind(snapshots);
    snapshots.list = async (folder) => {
      await clock.sleep(FIRST_MS);
      return list(folder);
    };
    let isOver = false;
    void sweeper.run(term).then(() => {
      isOver = true;
    });
    await clock.advance(FIRST_MS + 1);
    term.end();
    await clock.advance(0);
    expect(isOver).toBe(true);
    await clock.advance(EVERY_MS);
    snapshots.list = list;
    expect(await left()).toEqual(['100', '300', '300']);
  });

  test('go on after one that failed, which is said', async () => {
    await putPart(100);
    await point(300);
    const list = snapshots.list.bind(snapshots);
    snapshots.list = async () => {
      throw storeAway();
    };
    void sweeper.run(term);
    await clock.advance(FIRST_MS);
    expect(log.lines).toMatchObject([
      {
        level: 'info',
        message: 'checkpoints are not swept',
        fields: { reason: expect.stringContaining('the bucket does not answer') },
      },
    ]);
    snapshots.list = list;
    await clock.advance(FIRST_MS);
    expect(await left()).toEqual(['300', '300']);
  });
});
