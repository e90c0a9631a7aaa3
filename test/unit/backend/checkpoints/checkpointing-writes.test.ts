import { beforeEach, describe, expect, test } from 'vitest';
import { Checkpointing } from '../../../../services/backend/checkpoints/checkpointing.ts';
import type { StagedShards } from '../../../../services/backend/checkpoints/staged-shards.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { CheckpointingRig, DIGEST, never, OBJECT, topology } from './checkpointing-fixture.ts';

let rig: CheckpointingRig;
beforeEach(() => {
  rig = new CheckpointingRig();
});

describe('ticking goes on', () => {
  test('while the writer hangs, and that is said after two minutes without progress', async () => {
    rig.checkpointing = rig.create({ finish: never });
    rig.ask(50);
    expect(await rig.checkpointing.copyOut(rig.shards(), DIGEST)).toBe(true);
    await rig.clock.advance(110_000);
    expect(rig.checkpointing.report).toMatchObject({ state: 'pending' });
    await rig.clock.advance(20_000);
    expect(rig.failure).toBe('STORE_UNAVAILABLE: nothing was written for 120000 ms');
    expect(rig.signals[0]?.aborted).toBe(true);
  });

  test('and the writer is waited for as long as it makes progress', async () => {
    let progress = 0;
    rig.checkpointing = rig.create({ finish: never, progress: () => progress });
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    for (; progress < 10; progress++) await rig.clock.advance(100_000);
    expect(rig.checkpointing.report).toMatchObject({ state: 'pending' });
  });

  test('when the store is away: one line says so', async () => {
    const error = new ColonyError('STORE_UNAVAILABLE', 'the files cannot be used:\nENOSPC');
    rig.checkpointing = rig.create({ finish: () => Promise.reject(error) });
    rig.ask(50);
    expect(await rig.checkpointing.copyOut(rig.shards(), DIGEST)).toBe(true);
    await rig.clock.advance(0);
    expect(rig.failure).toBe('STORE_UNAVAILABLE: the files cannot be used: ENOSPC');
    expect(rig.log.messages('warn')).toEqual(['Its part of a checkpoint is not written.']);
  });

  test('when the writer cannot even begin', async () => {
    rig.checkpointing = rig.create();
    const writer = {
      begin: () => {
        throw new Error('no thread can be started');
      },
      close: async () => {},
    };
    rig.checkpointing = new Checkpointing({
      ...{ topology, ownIndex: 0, clock: rig.clock, log: rig.log },
      place: { writer, colonyName: 'test' },
    });
    rig.ask(50);
    expect(await rig.checkpointing.copyOut(rig.shards(), DIGEST)).toBe(true);
    expect(rig.failure).toBe('no thread can be started');
  });

  test('when the slots of the one before are still being read', async () => {
    rig.checkpointing = rig.create({ finish: never, release: never() });
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    rig.ask(90);
    expect(rig.signals[0]?.aborted).toBe(true);
    expect(await rig.checkpointing.copyOut(rig.shards(), DIGEST)).toBe(true);
    expect(rig.failure).toBe('the one before is still being written');
    expect(rig.plans).toHaveLength(1);
  });
});

test('one that is asked for while the state is measured for another is not kept from being written', async () => {
  rig.checkpointing = rig.create({ release: never() });
  rig.ask(50, 1);
  let isMeasured = () => {};
  const slow: StagedShards = {
    ...rig.shards(),
    measure: () =>
      new Promise((resolve) => {
        isMeasured = () =>
          resolve({ tick: 50, shards: 8, statistics: EMPTY_STATISTICS, digest: DIGEST });
      }),
  };
  const copied = rig.checkpointing.copyOut(slow, undefined);
  await rig.clock.advance(0);
  rig.ask(50, 2, 50);
  isMeasured();
  expect(await copied).toBe(true);
  expect(rig.plans).toEqual([]);
  await rig.checkpointing.copyOut(rig.shards(), DIGEST);
  await rig.clock.advance(0);
  expect(rig.checkpointing.report).toMatchObject({ state: 'written', epoch: 2 });
});

describe('in rounds', () => {
  beforeEach(() => {
    rig.slots = 3;
  });

  test('the world stands until the slots have been read, but not until all is stored', async () => {
    rig.checkpointing = rig.create({ take: () => rig.clock.sleep(100), finish: never });
    rig.ask(50);
    let isOver = false;
    void rig.checkpointing.copyOut(rig.shards(), DIGEST).then(() => {
      isOver = true;
    });
    await rig.clock.advance(150);
    expect([rig.taken, isOver]).toEqual([[0, 1], false]);
    await rig.clock.advance(60);
    expect([rig.taken, isOver]).toEqual([[0, 1, 2], true]);
  });

  test('says how long the world stood', async () => {
    rig.checkpointing = rig.create({ take: () => rig.clock.sleep(100) });
    rig.ask(50);
    void rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(1_000);
    expect(rig.checkpointing.report).toMatchObject({ state: 'written', stoodMs: 200 });
    expect(rig.counted).toEqual([
      ['colony_backend_checkpoint_standing_seconds_total', {}, 0.2],
      ['colony_backend_checkpoint_parts_total', { outcome: 'written' }],
      ['colony_backend_checkpoint_bytes_total', {}, OBJECT.sizeBytes],
    ]);
  });

  test('a writer that makes no progress is given up after five seconds, and ticking goes on', async () => {
    rig.checkpointing = rig.create({ take: never });
    rig.ask(50);
    const copied = rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(11_000);
    expect(await copied).toBe(true);
    expect(rig.failure).toBe('STORE_UNAVAILABLE: nothing was written for 5000 ms');
    expect(rig.taken).toEqual([0]);
  });

  test('the rest is not copied once another checkpoint is asked for', async () => {
    rig.checkpointing = rig.create({ take: () => rig.clock.sleep(100) });
    rig.ask(50);
    const copied = rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(50);
    rig.ask(90);
    await rig.clock.advance(1_000);
    expect(await copied).toBe(true);
    expect(rig.taken).toEqual([0]);
    expect(rig.checkpointing.report).toMatchObject({ state: 'pending', tick: 90 });
  });
});

test('nothing more is written once the topology is dropped, nor told', async () => {
  rig.checkpointing = rig.create({ finish: never });
  rig.ask(50);
  await rig.checkpointing.copyOut(rig.shards(), DIGEST);
  await rig.checkpointing.drop();
  await rig.clock.advance(0);
  expect(rig.signals[0]?.aborted).toBe(true);
  expect(rig.checkpointing.report).toMatchObject({ state: 'pending' });
  expect(rig.log.messages('warn')).toEqual([]);
});

test('shards that are cut off while they are copied end the part', async () => {
  rig.isCut = true;
  rig.checkpointing = rig.create();
  rig.ask(50);
  expect(await rig.checkpointing.copyOut(rig.shards(), DIGEST)).toBe(false);
  expect(rig.signals[0]?.aborted).toBe(true);
});
