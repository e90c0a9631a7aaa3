import { beforeEach, describe, expect, test } from 'vitest';
import type { CheckpointWriter } from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import { Checkpointing } from '../../../../services/backend/checkpoints/checkpointing.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { EMPTY_CHANGES } from '../../../../services/world/measuring/changes.ts';
import { topologyOf } from '../topology-fixture.ts';
import { CheckpointingRig, DIGEST, never, OBJECT, topology } from './checkpointing-fixture.ts';

let rig: CheckpointingRig;
beforeEach(() => {
  rig = new CheckpointingRig();
});

describe('a checkpoint that is asked for', () => {
  beforeEach(() => {
    rig.checkpointing = rig.create();
  });

  test('is pending, and due at its tick', () => {
    rig.ask(50);
    expect(rig.checkpointing.report).toEqual({ state: 'pending', tick: 50, epoch: 1 });
    expect(rig.checkpointing.dueTick).toBe(50);
  });

  test('is written, and then told until the next one is asked for', async () => {
    rig.ask(50);
    expect(await rig.checkpointing.copyOut(rig.shards(), undefined)).toBe(true);
    await rig.clock.advance(0);
    expect(rig.checkpointing.report).toEqual({
      ...{ state: 'written', tick: 50, epoch: 1, stoodMs: 0 },
      part: { bootId: 'boot-0', id: 'b0', shards: 8, digest: DIGEST, objects: [OBJECT] },
      origin: { conditions: 'conditions', schedule: 'schedule' },
    });
    expect(rig.plans).toMatchObject([
      { colonyName: 'test', bootId: 'boot-0', attempt: { tick: 50, epoch: 1, topologyVersion: 1 } },
    ]);
    rig.ask(90);
    expect(rig.checkpointing.report).toMatchObject({ state: 'pending', tick: 90 });
  });

  test('takes the digest of a sample, and measures only without one', async () => {
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), 'a'.repeat(16));
    await rig.clock.advance(0);
    expect(rig.checkpointing.report).toMatchObject({ part: { digest: 'a'.repeat(16) } });
    expect(rig.measured).toBe(0);
  });

  test('tells what happened since the last sample, unless its state has one', async () => {
    const changes = { ...EMPTY_CHANGES, births: 3 };
    for (const [tick, told] of [
      [50, { changes }],
      [60, {}],
    ] as const) {
      rig.sample = { ...rig.sample, tick, changes };
      rig.ask(tick);
      await rig.checkpointing.copyOut(rig.shards(), undefined);
      await rig.clock.advance(0);
      const part = { bootId: 'boot-0', id: 'b0', shards: 8, digest: DIGEST, objects: [OBJECT] };
      expect(rig.checkpointing.report).toMatchObject({ state: 'written', tick });
      expect(rig.checkpointing.report).toHaveProperty('part', { ...part, ...told });
    }
  });

  test('again by the same leader stays as it is', async () => {
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(0);
    rig.ask(50, 1, 60);
    expect(rig.checkpointing.report).toMatchObject({ state: 'written' });
    expect(rig.checkpointing.dueTick).toBe(-1);
  });

  test('by an older heartbeat changes nothing', () => {
    const late = ++rig.heartbeats;
    rig.ask(50);
    rig.checkpointing.ask({ tick: 40, epoch: 1, number: late }, 0);
    rig.checkpointing.ask({ tick: 40, epoch: 0, number: 99_999 }, 0);
    expect(rig.checkpointing.dueTick).toBe(50);
  });

  test('by a new leader replaces that of the former one', () => {
    rig.ask(50, 1);
    rig.ask(50, 2);
    expect(rig.checkpointing.report).toEqual({ state: 'pending', tick: 50, epoch: 2 });
  });

  test('of a state that is gone fails', () => {
    rig.ask(50, 1, 51);
    expect(rig.failure).toBe('the state of tick 50 is gone: 51 ticks have begun');
    expect(rig.checkpointing.dueTick).toBe(-1);
  });

  test('where there is no snapshot store fails', () => {
    rig.checkpointing = rig.create({}, false);
    rig.ask(50);
    expect(rig.failure).toBe('this backend has no snapshot store');
  });

  test('of a backend without shards is not told of', () => {
    const idle = topologyOf({ owners: Array(16).fill(0) });
    const writer = {} as CheckpointWriter;
    rig.checkpointing = new Checkpointing({
      ...{
        topology: { ...idle, backends: topology.backends },
        ownIndex: 1,
        clock: rig.clock,
        log: rig.log,
      },
      place: { writer, colonyName: 'test' },
    });
    rig.ask(50);
    expect([rig.checkpointing.report, rig.checkpointing.dueTick]).toEqual([undefined, -1]);
  });
});

describe('a part that has failed', () => {
  let isAway: boolean;
  beforeEach(async () => {
    isAway = true;
    rig.checkpointing = rig.create({
      finish: async () => {
        if (isAway) throw new ColonyError('STORE_UNAVAILABLE', 'no answer');
        return [OBJECT];
      },
    });
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(0);
    expect(rig.failure).toBe('STORE_UNAVAILABLE: no answer');
    isAway = false;
  });

  test('stays so for as long as it is asked for: its leader may not know yet', () => {
    rig.ask(50);
    expect(rig.failure).toBe('STORE_UNAVAILABLE: no answer');
    expect(rig.checkpointing.dueTick).toBe(-1);
  });

  test('is told no more once none is asked for, and written where the world still stands there', async () => {
    rig.ask(undefined);
    expect(rig.checkpointing.report).toBeUndefined();
    rig.ask(50, 1, 50);
    expect(rig.checkpointing).toMatchObject({ report: { state: 'pending' }, dueTick: 50 });
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(0);
    expect(rig.checkpointing.report).toMatchObject({ state: 'written', tick: 50 });
  });

  test('stays so where an older heartbeat asked for none', () => {
    const late = rig.heartbeats - 1;
    rig.checkpointing.ask({ tick: undefined, epoch: 1, number: late }, 0);
    expect(rig.failure).toBeDefined();
  });
});

test.each(['pending', 'written'])(
  'a part that is %s stays so while none is asked for',
  async (state) => {
    rig.checkpointing = rig.create(state === 'pending' ? { finish: never } : {});
    rig.ask(50);
    await rig.checkpointing.copyOut(rig.shards(), DIGEST);
    await rig.clock.advance(0);
    rig.ask(undefined);
    rig.ask(50, 1, 60);
    expect(rig.checkpointing.report).toMatchObject({ state, tick: 50 });
    expect(rig.plans).toHaveLength(1);
  },
);
