import { beforeEach, describe, expect, test } from 'vitest';
import type {
  CheckpointWriter,
  PartPlan,
} from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import {
  Checkpointing,
  type StagedShards,
} from '../../../../services/backend/checkpoints/checkpointing.ts';
import { planStaging, Staging } from '../../../../services/backend/checkpoints/staging.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import type { PartObject } from '../../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { StateOrigin } from '../../../../services/world/events/origin.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { topologyOf } from '../topology-fixture.ts';

const topology = topologyOf({ owners: Array.from({ length: 16 }, (_, shard) => shard % 2) });
const OBJECT: PartObject = { sizeBytes: 9, sha256: '0'.repeat(64), shardsFrom: 0, shardsTo: 14 };
const DIGEST = 'd'.repeat(16);
const never = () => new Promise<never>(() => {});

let clock: VirtualClock;
let log: MemoryLog;
/** What its writer was asked for. */
let plans: PartPlan[];
let taken: number[];
let signals: AbortSignal[];
let checkpointing: Checkpointing;

interface Behaviour {
  take: (round: number) => Promise<void>;
  finish: () => Promise<PartObject[]>;
  /** When the slots are let go of after an abort. */
  release: Promise<void>;
  progress: () => number;
}

function create(behaviour: Partial<Behaviour> = {}, hasStore = true): Checkpointing {
  const { take, finish = async () => [OBJECT], release = Promise.resolve() } = behaviour;
  const { progress = () => 0 } = behaviour;
  const writer: CheckpointWriter = {
    begin(plan, _staging, signal) {
      plans.push(plan);
      signals.push(signal);
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      aborted.catch(() => undefined);
      let isOver = () => {};
      const over = new Promise<void>((resolve) => {
        isOver = resolve;
      });
      return {
        released: Promise.race([over, aborted.catch(() => release)]),
        get progress() {
          return progress();
        },
        take: async (round) => {
          taken.push(round);
          await Promise.race([take?.(round), aborted]);
        },
        finish: async () => {
          const objects = await Promise.race([finish(), aborted]);
          isOver();
          return objects;
        },
      };
    },
    close: async () => {},
  };
  const place = hasStore ? { writer, colonyName: 'test' } : undefined;
  return new Checkpointing({ topology, ownIndex: 0, place, clock, log });
}

let slots: number;
let isCut: boolean;
let measured: number;
const shards = (): StagedShards => ({
  size: 8,
  staging: new Staging(
    new ReferenceEngine(),
    planStaging(topology, 0, { shardBytes: 0, roomBytes: slots * 4096 }),
  ),
  stage: async () => !isCut,
  async measure() {
    measured++;
    return { tick: 50, shards: 8, statistics: EMPTY_STATISTICS, digest: DIGEST };
  },
  originHere: () => ({ conditions: 'conditions', schedule: 'schedule' }) as unknown as StateOrigin,
});

beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  plans = [];
  taken = [];
  signals = [];
  slots = 8;
  isCut = false;
  measured = 0;
});

let heartbeats = 0;
const ask = (tick: number | undefined, epoch = 1, ticksBegun = 0) =>
  checkpointing.ask({ tick, epoch, number: ++heartbeats }, ticksBegun);
const failure = () => {
  const { report } = checkpointing;
  return report?.state === 'failed' ? report.reason : undefined;
};

describe('a checkpoint that is asked for', () => {
  beforeEach(() => {
    checkpointing = create();
  });

  test('is pending, and due at its tick', () => {
    ask(50);
    expect(checkpointing.report).toEqual({ state: 'pending', tick: 50, epoch: 1 });
    expect(checkpointing.dueTick).toBe(50);
  });

  test('is written, and then told until the next one is asked for', async () => {
    ask(50);
    expect(await checkpointing.copyOut(shards(), undefined)).toBe(true);
    await clock.advance(0);
    expect(checkpointing.report).toEqual({
      ...{ state: 'written', tick: 50, epoch: 1, stoodMs: 0 },
      part: { bootId: 'boot-0', id: 'b0', shards: 8, digest: DIGEST, objects: [OBJECT] },
      origin: { conditions: 'conditions', schedule: 'schedule' },
    });
    expect(plans).toMatchObject([
      { colonyName: 'test', bootId: 'boot-0', attempt: { tick: 50, epoch: 1, topologyVersion: 1 } },
    ]);
    ask(90);
    expect(checkpointing.report).toMatchObject({ state: 'pending', tick: 90 });
  });

  test('takes the digest of a sample, and measures only without one', async () => {
    ask(50);
    await checkpointing.copyOut(shards(), 'a'.repeat(16));
    await clock.advance(0);
    expect(checkpointing.report).toMatchObject({ part: { digest: 'a'.repeat(16) } });
    expect(measured).toBe(0);
  });

  test('again by the same leader stays as it is', async () => {
    ask(50);
    await checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(0);
    ask(50, 1, 60);
    expect(checkpointing.report).toMatchObject({ state: 'written' });
    expect(checkpointing.dueTick).toBe(-1);
  });

  test('by an older heartbeat changes nothing', () => {
    const late = ++heartbeats;
    ask(50);
    checkpointing.ask({ tick: 40, epoch: 1, number: late }, 0);
    checkpointing.ask({ tick: 40, epoch: 0, number: 99_999 }, 0);
    expect(checkpointing.dueTick).toBe(50);
  });

  test('by a new leader replaces that of the former one', () => {
    ask(50, 1);
    ask(50, 2);
    expect(checkpointing.report).toEqual({ state: 'pending', tick: 50, epoch: 2 });
  });

  test('of a state that is gone fails', () => {
    ask(50, 1, 51);
    expect(failure()).toBe('the state of tick 50 is gone: 51 ticks have begun');
    expect(checkpointing.dueTick).toBe(-1);
  });

  test('where there is no snapshot store fails', () => {
    checkpointing = create({}, false);
    ask(50);
    expect(failure()).toBe('this backend has no snapshot store');
  });

  test('of a backend without shards is not told of', () => {
    const idle = topologyOf({ owners: Array(16).fill(0) });
    const writer = {} as CheckpointWriter;
    checkpointing = new Checkpointing({
      ...{ topology: { ...idle, backends: topology.backends }, ownIndex: 1, clock, log },
      place: { writer, colonyName: 'test' },
    });
    ask(50);
    expect([checkpointing.report, checkpointing.dueTick]).toEqual([undefined, -1]);
  });
});

describe('a part that has failed', () => {
  let isAway: boolean;
  beforeEach(async () => {
    isAway = true;
    checkpointing = create({
      finish: async () => {
        if (isAway) throw new ColonyError('STORE_UNAVAILABLE', 'no answer');
        return [OBJECT];
      },
    });
    ask(50);
    await checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(0);
    expect(failure()).toBe('STORE_UNAVAILABLE: no answer');
    isAway = false;
  });

  test('stays so for as long as it is asked for: its leader may not know yet', () => {
    ask(50);
    expect(failure()).toBe('STORE_UNAVAILABLE: no answer');
    expect(checkpointing.dueTick).toBe(-1);
  });

  test('is told no more once none is asked for, and written where the world still stands there', async () => {
    ask(undefined);
    expect(checkpointing.report).toBeUndefined();
    ask(50, 1, 50);
    expect(checkpointing).toMatchObject({ report: { state: 'pending' }, dueTick: 50 });
    await checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(0);
    expect(checkpointing.report).toMatchObject({ state: 'written', tick: 50 });
  });

  test('stays so where an older heartbeat asked for none', () => {
    const late = heartbeats - 1;
    checkpointing.ask({ tick: undefined, epoch: 1, number: late }, 0);
    expect(failure()).toBeDefined();
  });
});

test.each(['pending', 'written'])(
  'a part that is %s stays so while none is asked for',
  async (state) => {
    checkpointing = create(state === 'pending' ? { finish: never } : {});
    ask(50);
    await checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(0);
    ask(undefined);
    ask(50, 1, 60);
    expect(checkpointing.report).toMatchObject({ state, tick: 50 });
    expect(plans).toHaveLength(1);
  },
);

describe('ticking goes on', () => {
  test('while the writer hangs, and that is said after two minutes without progress', async () => {
    checkpointing = create({ finish: never });
    ask(50);
    expect(await checkpointing.copyOut(shards(), DIGEST)).toBe(true);
    await clock.advance(110_000);
    expect(checkpointing.report).toMatchObject({ state: 'pending' });
    await clock.advance(20_000);
    expect(failure()).toBe('STORE_UNAVAILABLE: nothing was written for 120000 ms');
    expect(signals[0]?.aborted).toBe(true);
  });

  test('and the writer is waited for as long as it makes progress', async () => {
    let progress = 0;
    checkpointing = create({ finish: never, progress: () => progress });
    ask(50);
    await checkpointing.copyOut(shards(), DIGEST);
    for (; progress < 10; progress++) await clock.advance(100_000);
    expect(checkpointing.report).toMatchObject({ state: 'pending' });
  });

  test('when the store is away: one line says so', async () => {
    const error = new ColonyError('STORE_UNAVAILABLE', 'the files cannot be used:\nENOSPC');
    checkpointing = create({ finish: () => Promise.reject(error) });
    ask(50);
    expect(await checkpointing.copyOut(shards(), DIGEST)).toBe(true);
    await clock.advance(0);
    expect(failure()).toBe('STORE_UNAVAILABLE: the files cannot be used: ENOSPC');
    expect(log.messages('warn')).toEqual(['Its part of a checkpoint is not written.']);
  });

  test('when the writer cannot even begin', async () => {
    checkpointing = create();
    const writer = {
      begin: () => {
        throw new Error('no thread can be started');
      },
      close: async () => {},
    };
    checkpointing = new Checkpointing({
      ...{ topology, ownIndex: 0, clock, log },
      place: { writer, colonyName: 'test' },
    });
    ask(50);
    expect(await checkpointing.copyOut(shards(), DIGEST)).toBe(true);
    expect(failure()).toBe('no thread can be started');
  });

  test('when the slots of the one before are still being read', async () => {
    checkpointing = create({ finish: never, release: never() });
    ask(50);
    await checkpointing.copyOut(shards(), DIGEST);
    ask(90);
    expect(signals[0]?.aborted).toBe(true);
    expect(await checkpointing.copyOut(shards(), DIGEST)).toBe(true);
    expect(failure()).toBe('the one before is still being written');
    expect(plans).toHaveLength(1);
  });
});

test('one that is asked for while the state is measured for another is not kept from being written', async () => {
  checkpointing = create({ release: never() });
  ask(50, 1);
  let isMeasured = () => {};
  const slow: StagedShards = {
    ...shards(),
    measure: () =>
      new Promise((resolve) => {
        isMeasured = () =>
          resolve({ tick: 50, shards: 8, statistics: EMPTY_STATISTICS, digest: DIGEST });
      }),
  };
  const copied = checkpointing.copyOut(slow, undefined);
  await clock.advance(0);
  ask(50, 2, 50);
  isMeasured();
  expect(await copied).toBe(true);
  expect(plans).toEqual([]);
  await checkpointing.copyOut(shards(), DIGEST);
  await clock.advance(0);
  expect(checkpointing.report).toMatchObject({ state: 'written', epoch: 2 });
});

describe('in rounds', () => {
  beforeEach(() => {
    slots = 3;
  });

  test('the world stands until the slots have been read, but not until all is stored', async () => {
    checkpointing = create({ take: () => clock.sleep(100), finish: never });
    ask(50);
    let isOver = false;
    void checkpointing.copyOut(shards(), DIGEST).then(() => {
      isOver = true;
    });
    await clock.advance(150);
    expect([taken, isOver]).toEqual([[0, 1], false]);
    await clock.advance(60);
    expect([taken, isOver]).toEqual([[0, 1, 2], true]);
  });

  test('says how long the world stood', async () => {
    checkpointing = create({ take: () => clock.sleep(100) });
    ask(50);
    void checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(1_000);
    expect(checkpointing.report).toMatchObject({ state: 'written', stoodMs: 200 });
  });

  test('a writer that makes no progress is given up after five seconds, and ticking goes on', async () => {
    checkpointing = create({ take: never });
    ask(50);
    const copied = checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(11_000);
    expect(await copied).toBe(true);
    expect(failure()).toBe('STORE_UNAVAILABLE: nothing was written for 5000 ms');
    expect(taken).toEqual([0]);
  });

  test('the rest is not copied once another checkpoint is asked for', async () => {
    checkpointing = create({ take: () => clock.sleep(100) });
    ask(50);
    const copied = checkpointing.copyOut(shards(), DIGEST);
    await clock.advance(50);
    ask(90);
    await clock.advance(1_000);
    expect(await copied).toBe(true);
    expect(taken).toEqual([0]);
    expect(checkpointing.report).toMatchObject({ state: 'pending', tick: 90 });
  });
});

test('nothing more is written once the topology is dropped, nor told', async () => {
  checkpointing = create({ finish: never });
  ask(50);
  await checkpointing.copyOut(shards(), DIGEST);
  await checkpointing.drop();
  await clock.advance(0);
  expect(signals[0]?.aborted).toBe(true);
  expect(checkpointing.report).toMatchObject({ state: 'pending' });
  expect(log.messages('warn')).toEqual([]);
});

test('shards that are cut off while they are copied end the part', async () => {
  isCut = true;
  checkpointing = create();
  ask(50);
  expect(await checkpointing.copyOut(shards(), DIGEST)).toBe(false);
  expect(signals[0]?.aborted).toBe(true);
});
