import { describeCrashes, handOver, restore, takeCheckpoint } from './crash-points.fixture.ts';

await describeCrashes('backend', [
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
]);
