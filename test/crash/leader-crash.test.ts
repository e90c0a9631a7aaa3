import { describeCrashes, handOver, restore, takeCheckpoint } from './crash-points.fixture.ts';

await describeCrashes('leader', [
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
]);
