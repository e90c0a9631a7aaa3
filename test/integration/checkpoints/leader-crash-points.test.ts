import { afterEach, describe, expect, it } from 'vitest';
import {
  type Going,
  handOver,
  pointsOf,
  restore,
  takeCheckpoint,
  WatchedColony,
} from './crash-points.fixture.ts';

/** Of each way, what it leads past at least. */
const WAYS: [what: string, Going, passes: string[]][] = [
  [
    'it takes a checkpoint',
    takeCheckpoint,
    ['before:digests.list 1', 'after:snapshots.putIfAbsent 1', 'before:record.replace 1'],
  ],
  [
    'it has the world start from a checkpoint',
    restore,
    ['after:snapshots.get 1', 'after:objects.put 1', 'after:calls.initializeShards 1'],
  ],
  [
    'it moves shards',
    handOver(2),
    ['after:snapshots.putIfAbsent 1', 'after:objects.put 1', 'before:calls.startTicking 1'],
  ],
];
const ways = await Promise.all(
  WAYS.map(async ([what, going, passes]) => {
    return { what, going, passes, points: await pointsOf('leader', going) };
  }),
);

describe.each(ways)('a leader that dies while $what', ({ going, passes, points }) => {
  let colony: WatchedColony | undefined;
  afterEach(() => colony?.cluster.close());

  it('comes to all points of its way', () => {
    expect(points).toEqual(expect.arrayContaining(passes));
  });

  it.each(points)('%s, leaves a colony that has lost nothing', async (point) => {
    colony = await WatchedColony.watch('leader', point);
    await going(colony);
    expect(colony.way.isKilled).toBe(true);
    await colony.expectNothingLost();
  });
});
