import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptAt, storeAway } from '../checkpoints/checkpoint-fixture.ts';
import { EVERY_MS, FIRST_MS, SweeperRig } from './checkpoint-sweeper-fixture.ts';

let rig: SweeperRig;
beforeEach(() => {
  rig = new SweeperRig();
});
afterEach(() => rig.end());

describe('sweeps', () => {
  test('go on at once where one round was not enough: else what is stored would only grow', async () => {
    rig.writingFromTick = 40_000;
    await rig.point(40_000);
    for (let tick = 0; tick < 20_002; tick++) await rig.putPart(tick);
    void rig.sweeper.run(rig.term);
    await rig.clock.advance(FIRST_MS);
    expect(await rig.left()).toEqual(['40000', '40000']);
  });

  const countLists = () => {
    const list = rig.snapshots.list.bind(rig.snapshots);
    rig.snapshots.list = async (folder) => {
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
    await rig.point(300, {
      sizeBytes: 5_000,
      kept: [keptAt(100, { sizeBytes: keptBytes })],
      leaving: [{ ...keptAt(200, { sizeBytes: leavingBytes }), leftAt: '' }],
    });
    void rig.sweeper.run(rig.term);
    await rig.clock.advance(FIRST_MS);
    countLists();
    await rig.clock.advance(EVERY_MS);
    expect(lists).toBe(expected);
  });

  test('begin a minute after the term, and come every ten minutes until it is over', async () => {
    countLists();
    void rig.sweeper.run(rig.term);
    await rig.clock.advance(FIRST_MS - 1);
    expect(lists).toBe(0);
    await rig.clock.advance(1);
    expect(lists).toBe(1);
    await rig.clock.advance(EVERY_MS);
    expect(lists).toBe(2);
    rig.term.end();
    await rig.clock.advance(2 * EVERY_MS);
    expect(lists).toBe(2);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  test('end with the term though the store does not answer, and remove nothing after that', async () => {
    await rig.putPart(100);
    await rig.point(300);
    const list = rig.snapshots.list.bind(rig.snapshots);
    rig.snapshots.list = async (folder) => {
      await rig.clock.sleep(FIRST_MS);
      return list(folder);
    };
    let isOver = false;
    void rig.sweeper.run(rig.term).then(() => {
      isOver = true;
    });
    await rig.clock.advance(FIRST_MS + 1);
    rig.term.end();
    await rig.clock.advance(0);
    expect(isOver).toBe(true);
    await rig.clock.advance(EVERY_MS);
    rig.snapshots.list = list;
    expect(await rig.left()).toEqual(['100', '300', '300']);
  });

  test('go on after one that failed, which is said', async () => {
    await rig.putPart(100);
    await rig.point(300);
    const list = rig.snapshots.list.bind(rig.snapshots);
    rig.snapshots.list = async () => {
      throw storeAway();
    };
    void rig.sweeper.run(rig.term);
    await rig.clock.advance(FIRST_MS);
    expect(rig.log.lines).toMatchObject([
      {
        level: 'info',
        message: 'checkpoints are not swept',
        fields: { reason: expect.stringContaining('the bucket does not answer') },
      },
    ]);
    rig.snapshots.list = list;
    await rig.clock.advance(FIRST_MS);
    expect(await rig.left()).toEqual(['300', '300']);
  });
});
