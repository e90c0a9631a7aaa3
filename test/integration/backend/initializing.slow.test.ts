import { expect, test } from 'vitest';
import { INITIALIZING_ANSWER_MS } from '../../../services/protocol/wire/rpc.ts';
import { Cluster, expectedDigest, INSTANCE, SPEC } from './harness.ts';

/** Initialises a block, or makes room for one, in so long. */
const BLOCK_MS = 2_000;
/** Twelve shards, and cut for eight threads as many blocks. */
const spec = { ...SPEC, width: 256, height: 192, shardSize: 64 };

test('shards that take long to initialise are reported call by call, and then tick', async () => {
  let isSlow = true;
  const cluster = new Cluster({
    backends: 1,
    spec,
    threads: 8,
    clockOf: (clock) => ({
      nowMs: () => clock.nowMs(),
      wallTime: () => clock.wallTime(),
      sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
      alarm: (durationMs, ring) => clock.alarm(durationMs, ring),
      yieldToIo: () => (isSlow ? clock.sleep(BLOCK_MS) : clock.yieldToIo()),
    }),
  });
  const { clock } = cluster;
  const [member] = cluster.members;
  if (member === undefined) throw new Error('there is no backend');
  await member.ask('initializeColony', { colonyInstanceId: INSTANCE, stored: cluster.stored });
  await member.ask('initializeTopology', { topology: cluster.topology() });

  const initialized: number[] = [];
  for (let isDone = false; !isDone; ) {
    const askedMs = clock.nowMs();
    let isAnswered = false;
    const call = member.ask('initializeShards', {}).finally(() => {
      isAnswered = true;
    });
    await clock.runUntil(() => isAnswered, { limitMs: 2 * INITIALIZING_ANSWER_MS });
    expect(clock.nowMs() - askedMs).toBeLessThanOrEqual(INITIALIZING_ANSWER_MS);
    const { colony } = await call;
    initialized.push(colony?.initializedShards ?? -1);
    isDone = colony?.shardsInitialized === true;
  }
  expect(initialized.at(-1)).toBe(12);
  expect(initialized).toEqual([...initialized].sort((a, b) => a - b));
  expect(new Set(initialized).size).toBeGreaterThan(3);

  isSlow = false;
  await cluster.all('startTicking', {});
  await cluster.runTo(100);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100, spec));
});
