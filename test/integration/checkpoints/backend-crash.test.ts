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
    'it writes a checkpoint',
    takeCheckpoint,
    ['before:cells.yieldToIo 1', 'before:snapshots.putIfAbsent 1', 'after:snapshots.putIfAbsent 1'],
  ],
  [
    'it starts from a checkpoint',
    restore,
    ['after:snapshots.get 1', 'before:cells.yieldToIo 1', 'before:answers.startTicking 1'],
  ],
  [
    'it hands over what it holds',
    handOver(0),
    ['before:snapshots.putIfAbsent 1', 'after:answers.heartbeat 1', 'before:answers.ping 1'],
  ],
  [
    'another one hands over what that holds',
    handOver(2),
    ['before:snapshots.putIfAbsent 1', 'after:snapshots.get 1', 'before:answers.startTicking 1'],
  ],
];
const ways = await Promise.all(
  WAYS.map(async ([what, going, passes]) => {
    return { what, going, passes, points: await pointsOf('backend', going) };
  }),
);

describe.each(ways)('a backend that dies while $what', ({ going, passes, points }) => {
  let colony: WatchedColony | undefined;
  afterEach(() => colony?.cluster.close());

  it('comes to all points of its way', () => {
    expect(points).toEqual(expect.arrayContaining(passes));
  });

  it.each(points)('%s, leaves a colony that has lost nothing', async (point) => {
    colony = await WatchedColony.watch('backend', point);
    await going(colony);
    expect(colony.way.isKilled).toBe(true);
    await colony.expectNothingLost();
  });
});
