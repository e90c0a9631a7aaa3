import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LoopedShards } from './tick-loop-fixture.ts';

let shards: LoopedShards;
beforeEach(() => {
  shards = new LoopedShards();
  shards.loop.start();
});
afterEach(() => shards.stop());

const pass = (durationMs: number) => shards.clock.advance(durationMs);

describe('a checkpoint', () => {
  test('ends a step in its state, which is copied out once', async () => {
    shards.dueTick = 13;
    shards.run(40);
    await pass(1_000);
    expect(shards.copied).toEqual([[13, undefined]]);
    expect(shards.steps.slice(0, 2)).toEqual([1, 12]);
    expect(shards.tick).toBe(40);
  });

  test('has the digest of the sample of its state', async () => {
    shards.dueTick = 100;
    shards.run(120);
    await pass(1_000);
    expect(shards.copied).toEqual([[100, 'digest of 100']]);
  });

  test('of the state in which the shards stand at their horizon is copied out at once', async () => {
    shards.run(7);
    await pass(1_000);
    shards.dueTick = 7;
    shards.loop.wake();
    await pass(0);
    expect([shards.copied, shards.loop.state]).toEqual([[[7, undefined]], 'AtHorizon']);
    shards.run(9);
    await pass(1_000);
    expect(shards.tick).toBe(9);
  });

  test('that becomes due while the pace is waited for is of the state before the step', async () => {
    shards.run(10, 1);
    await pass(2_500);
    shards.dueTick = 3;
    await pass(5_000);
    expect(shards.copied).toEqual([[3, undefined]]);
  });

  test('of a state whose shards cannot be read any more ends the loop', async () => {
    shards.copyOut = async () => false;
    shards.dueTick = 3;
    shards.run(10);
    await pass(1_000);
    expect(shards.tick).toBe(3);
  });

  test('of an earlier state does not hold the shards up', async () => {
    shards.run(5);
    await pass(100);
    shards.dueTick = 2;
    shards.run(20);
    await pass(100);
    expect([shards.tick, shards.copied]).toEqual([20, []]);
  });
});
