import { afterEach, expect, test } from 'vitest';
import { LoopedShards, type LoopOptions } from './tick-loop-fixture.ts';

let shards: LoopedShards;
const startOf = (options: LoopOptions = {}) => {
  shards = new LoopedShards(options);
  shards.loop.start();
};
afterEach(() => shards.stop());

test('shards at their horizon wait for it', async () => {
  startOf();
  await shards.clock.advance(100);
  expect(shards.waits.waitedMs).toEqual({ halos: 0, horizon: 100, pace: 0, samples: 0 });
});

test('shards that tick as fast as they can do not wait', async () => {
  startOf({ tickMs: 10 });
  shards.run(100);
  await shards.clock.advance(500);
  expect(shards.waits.waitedMs).toEqual({ halos: 0, horizon: 0, pace: 0, samples: 0 });
});

test('shards at a pace wait for their next tick', async () => {
  startOf({ tickMs: 4 });
  shards.run(1_000, 50);
  await shards.clock.advance(2_000);
  // Of every 20 ms they tick for 4.
  expect(shards.waits.waitedMs.pace).toBeGreaterThan(1_500);
  expect(shards.waits.waitedMs.pace).toBeLessThan(1_700);
});

test('shards whose samples are not stored wait for that', async () => {
  startOf();
  shards.run(1_000_000);
  await shards.clock.advance(1_000);
  const { samples } = shards.waits.waitedMs;
  expect(shards.loop.state).toBe('Blocked');
  await shards.clock.advance(50);
  expect(shards.waits.waitedMs.samples).toBe(samples + 50);
});
