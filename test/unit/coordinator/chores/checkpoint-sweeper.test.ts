import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkpointFolders,
  isManifestKey,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { segmentPath, segmentsFolder } from '../../../../services/protocol/series/segments.ts';
import { INSTANCE, keptAt, manifestAt } from '../checkpoints/checkpoint-fixture.ts';
import { contextOf, recordOf, startedRecord, workOf } from '../fixtures.ts';
import { FIRST_MS, SweeperRig } from './checkpoint-sweeper-fixture.ts';

const HOUR_MS = 3_600_000;

let rig: SweeperRig;
beforeEach(() => {
  rig = new SweeperRig();
});
afterEach(() => rig.end());

describe('a sweep', () => {
  test('leaves what is kept, what leaves, the newest, and where the world has started', async () => {
    for (const tick of [100, 200, 300]) await rig.putPart(tick);
    rig.origin = { tick: 100, epoch: 1, topologyVersion: 1 };
    await rig.point(400, { kept: [keptAt(200)], leaving: [{ ...keptAt(300), leftAt: '' }] });
    const before = await rig.keys();
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toEqual(before);
    expect(rig.log.lines).toEqual([]);
  });

  test('removes the rest, and says how much', async () => {
    await rig.putPart(100);
    await rig.putPart(200);
    await rig.point(300, { kept: [keptAt(200)] });
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['200', '300', '300']);
    expect(rig.log.lines).toMatchObject([
      { message: 'old checkpoints are removed', fields: { objects: 1 } },
    ]);
  });

  test('leaves what is no checkpoint: statistics lie in the same store', async () => {
    const { snapshots, record } = rig;
    const folder = segmentsFolder('test', record.colonyInstanceId!, 'statistics');
    const key = folder + segmentPath({ level: 0, fromTick: 0 });
    await snapshots.putIfAbsent(key, new Uint8Array(1));
    await rig.point(300);
    await rig.clock.advance(100 * HOUR_MS);
    await rig.sweeper.sweep(rig.term);
    expect((await snapshots.list('statistics/')).map((info) => info.key)).toEqual([key]);
  });

  test('leaves what is being written', async () => {
    await rig.point(300);
    const writing = await rig.putPart(400);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toContain(writing);
  });

  test('removes what a former leader has left behind, beyond the newest too', async () => {
    rig.term = workOf(
      contextOf(startedRecord({ leader: { ...rig.record.leader!, epoch: 2 } })),
      rig.clock,
    ).term;
    await rig.point(300);
    const orphan = await rig.putPart(400, 1);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).not.toContain(orphan);
    expect(await rig.left()).toEqual(['300', '300']);
  });

  test('leaves what is being written though it is finished while the sweep looks at what is needed', async () => {
    await rig.point(300);
    const part = await rig.putPart(400);
    rig.writingFromTick = 400;
    const newest = rig.archive.newest.bind(rig.archive);
    rig.archive.newest = async (...asked) => {
      const found = await newest(...asked);
      await rig.point(400);
      rig.writingFromTick = 450;
      return found;
    };
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toContain(part);
  });

  test('by a former leader touches nothing of its successor', async () => {
    await rig.point(300);
    const ofSuccessor = [await rig.putPart(200, 2), await rig.putPart(400, 2)];
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toEqual(expect.arrayContaining(ofSuccessor));
  });

  test('ends with the term, amid what it removes', async () => {
    for (let tick = 100; tick < 140; tick++) await rig.putPart(tick);
    await rig.point(300);
    const remove = rig.snapshots.delete.bind(rig.snapshots);
    rig.snapshots.delete = async (key) => {
      await remove(key);
      rig.term.end();
    };
    await rig.sweeper.sweep(rig.term);
    // Those that were under way by then.
    expect(await rig.keys()).toHaveLength(40 + 2 - 16);
  });

  test('removes sixteen at a time', async () => {
    for (let tick = 100; tick < 140; tick++) await rig.putPart(tick);
    await rig.point(300);
    const remove = rig.snapshots.delete.bind(rig.snapshots);
    let underWay = 0;
    const most = { underWay: 0 };
    rig.snapshots.delete = async (key) => {
      underWay++;
      most.underWay = Math.max(most.underWay, underWay);
      await rig.clock.yieldToIo();
      await remove(key);
      underWay--;
    };
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['300', '300']);
    expect(most.underWay).toBe(16);
  });

  test('removes manifests before any object of theirs: wherever it ends, none is left without', async () => {
    for (let tick = 100; tick < 140; tick++) await rig.point(tick);
    await rig.point(300);
    const removed: string[] = [];
    const remove = rig.snapshots.delete.bind(rig.snapshots);
    rig.snapshots.delete = async (key) => {
      // Each waits for its disk.
      await rig.clock.yieldToIo();
      await remove(key);
      removed.push(key);
    };
    await rig.sweeper.sweep(rig.term);
    const kinds = removed.map((key) => (isManifestKey(key) ? 'manifest' : 'part'));
    expect(kinds).toEqual([...Array(40).fill('manifest'), ...Array(40).fill('part')]);
  });

  test('removes nothing while a recovery may be choosing a checkpoint', async () => {
    await rig.putPart(100);
    await rig.point(300);
    rig.origin = undefined;
    // It looks again soon: a recovery writes checkpoints, too.
    expect(await rig.sweeper.sweep(rig.term)).toBe(FIRST_MS);
    expect(await rig.left()).toEqual(['100', '300', '300']);
  });

  test('removes nothing where no checkpoint can be read: it would not know what is kept', async () => {
    await rig.putPart(100);
    const { key } = await rig.point(300);
    await rig.snapshots.delete(key);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['100', '300']);
  });

  test('leaves the newest one that can be read, and that of the record, where that is damaged', async () => {
    await rig.digests.append(INSTANCE, { tick: 200, digest: manifestAt(200).digest });
    await rig.putPart(100);
    await rig.point(200);
    await rig.snapshots.delete((await rig.point(300)).key);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['200', '200', '300']);
  });

  test('before the first checkpoint leaves what is written of it, and removes older attempts', async () => {
    rig.writingFromTick = 100;
    const writing = await rig.putPart(100);
    await rig.putPart(100, 0);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toEqual([writing]);
  });

  test('removes attempts that failed, though no newer one has come', async () => {
    await rig.point(100);
    for (const tick of [200, 300, 400]) await rig.putPart(tick);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['100', '100', '400']);
  });

  test('of a stopped colony removes all of it, an hour after the last was stored', async () => {
    await rig.point(300);
    rig.record = recordOf({ generation: 2 });
    rig.origin = undefined;
    await rig.clock.advance(HOUR_MS - 1);
    await rig.sweeper.sweep(workOf(contextOf(startedRecord()), rig.clock).term);
    expect(await rig.left()).toEqual(['300', '300']);
    await rig.clock.advance(1);
    await rig.sweeper.sweep(workOf(contextOf(startedRecord()), rig.clock).term);
    expect(await rig.left()).toEqual([]);
  });

  test('leaves what another colony has', async () => {
    const key = `${checkpointFolders.colony('other')}i/0000000100/1-1/b/0`;
    await rig.snapshots.putIfAbsent(key, new Uint8Array(1));
    await rig.clock.advance(2 * HOUR_MS);
    await rig.sweeper.sweep(workOf(contextOf(startedRecord()), rig.clock).term);
    expect(await rig.keys()).toEqual([key]);
  });

  test('removes ten thousand objects at most: the next one goes on', async () => {
    rig.writingFromTick = 20_000;
    await rig.point(20_000);
    for (let tick = 0; tick < 10_002; tick++) await rig.putPart(tick);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.keys()).toHaveLength(4);
    await rig.sweeper.sweep(rig.term);
    expect(await rig.left()).toEqual(['20000', '20000']);
  });
});
