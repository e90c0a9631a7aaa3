import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InjectedEvent } from '../../../../services/world/events/events.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { alone, COLONY, FENCE, fenceOf, HostingCalls, STORED } from './hosting-fixture.ts';

let calls: HostingCalls;
beforeEach(() => {
  calls = new HostingCalls();
});
afterEach(() => calls.hosting.close());

const codeOf = (code: string, more: object = {}) => expect.objectContaining({ code, ...more });

test('the log tells what is held, from its start to its end', async () => {
  await calls.start();
  await calls.hosting.close();
  expect(calls.told).toEqual([
    ['The colony is initialized.', { colonyInstanceId: 'instance', generation: 1 }],
    ['The topology is initialized.', { version: 1, backends: 1, shards: 16 }],
    ['The shards are initialized.', { shards: 16, blocks: 1, tookMs: 0 }],
    ['Ticking starts.', { tick: 0 }],
    ['The backend stops.', { colonyInstanceId: 'instance', generation: 1 }],
  ]);
});

describe('a call that is repeated', () => {
  test('with the same content changes nothing', async () => {
    await calls.start();
    await calls.runTo(5);
    await calls.start();
    expect(calls.colony).toMatchObject({ tick: 5, ticking: true, grant: { horizon: 5 } });
    expect(calls.told).toHaveLength(4);
  });

  test('with another spec, instance or topology is refused', async () => {
    const { hosting } = calls;
    await calls.initialize();
    const stored = { ...STORED, spec: { ...STORED.spec, seed: 8 } };
    expect(() => hosting.initializeColony(FENCE, { ...COLONY, stored })).toThrow(
      codeOf('BAD_REQUEST', { message: 'generation 1 was initialized with another spec' }),
    );
    expect(() => hosting.initializeColony(FENCE, { ...COLONY, colonyInstanceId: 'x' })).toThrow(
      codeOf('COLONY_INSTANCE_MISMATCH', { message: 'generation 1 is instance here, not x' }),
    );
    const topology = { ...alone(), ticksPerExchange: 2 };
    expect(() => hosting.initializeTopology(FENCE, topology)).toThrow(
      codeOf('BAD_REQUEST', {
        message: 'version 1 of generation 1 was initialized with another topology',
      }),
    );
    expect(hosting.status().state).toBe('Ready');
  });
});

test('a colony of another engine version is not held', () => {
  const stored = { ...STORED, engineVersion: ENGINE_VERSION + 1 };
  expect(() => calls.hosting.initializeColony(FENCE, { ...COLONY, stored })).toThrow(
    codeOf('ENGINE_VERSION_MISMATCH'),
  );
  expect(calls.colony).toBeUndefined();
});

test('a topology is refused without its colony, and in place of a newer one', async () => {
  const { hosting } = calls;
  expect(() => hosting.initializeTopology(FENCE, alone())).toThrow(
    codeOf('COLONY_NOT_INITIALIZED', { message: 'no colony is held' }),
  );
  await calls.initialize(alone({ topologyVersion: 2 }));
  const seen = fenceOf({ epoch: 2, topologyVersion: 2 });
  expect(() => hosting.initializeTopology(fenceOf({ epoch: 2 }), alone())).toThrow(
    codeOf('STALE_FENCE', { extra: { seen } }),
  );
  expect(calls.colony?.topologyVersion).toBe(2);
});

describe('StartTicking', () => {
  test('says what is missing, and tells of the start once', async () => {
    const { hosting } = calls;
    expect(hosting.startTicking(FENCE)).toEqual({ result: 'ColonyNotInitialized' });
    hosting.initializeColony(FENCE, COLONY);
    expect(hosting.startTicking(FENCE)).toEqual({ result: 'TopologyNotInitialized' });
    hosting.initializeTopology(FENCE, alone());
    const message = 'the shards are not initialized';
    expect(hosting.startTicking(FENCE)).toEqual({ result: 'Error', message });
    await hosting.initializeShards(FENCE);
    for (let i = 0; i < 3; i++) expect(hosting.startTicking(FENCE)).toEqual({ result: 'Ok' });
    expect(calls.log.messages().filter((one) => one === 'Ticking starts.')).toHaveLength(1);
  });

  test('says why the shards could not be initialised', async () => {
    const { clock, hosting } = calls;
    clock.yieldToIo = () => Promise.reject(new RangeError('no memory'));
    await expect(calls.initialize()).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    const message = 'the shards cannot be initialized: no memory';
    expect(hosting.startTicking(FENCE)).toEqual({ result: 'Error', message });
    expect(hosting.status().failure).toBe(message);
  });

  test('says why the shards tick no more', async () => {
    await calls.start();
    await calls.runTo(3);
    calls.clock.yieldToIo = () => Promise.reject(new Error('it broke'));
    calls.beat({ horizon: 9 });
    await calls.clock.advance(100);
    const { state, failure, colony } = calls.hosting.status();
    expect([state, failure, colony?.ticking]).toEqual(['Failed', 'it broke', false]);
    expect(calls.hosting.startTicking(FENCE)).toEqual({ result: 'Error', message: 'it broke' });
  });

  test('of an older topology is refused', async () => {
    await calls.start(alone({ topologyVersion: 2 }));
    expect(() => calls.hosting.startTicking(fenceOf({ epoch: 2 }))).toThrow(codeOf('STALE_FENCE'));
  });
});

describe('a heartbeat', () => {
  test('where nothing is held tells the status, and grants nothing', async () => {
    expect(calls.beat({ horizon: 9 })).toEqual({ status: calls.hosting.status(), samples: [] });
    calls.hosting.initializeColony(FENCE, COLONY);
    const { status, samples } = calls.beat({ horizon: 9 });
    expect([status.colony?.grant, samples]).toEqual([{ epoch: 0, number: 0, horizon: 0 }, []]);
  });

  test('grants a horizon before the shards are there, and they run to it', async () => {
    calls.hosting.initializeColony(FENCE, COLONY);
    calls.hosting.initializeTopology(FENCE, alone());
    expect(calls.beat({ horizon: 4 }).status.colony?.grant.horizon).toBe(4);
    await calls.hosting.initializeShards(FENCE);
    calls.hosting.startTicking(FENCE);
    await calls.clock.advance(1_000);
    expect(calls.colony?.tick).toBe(4);
  });

  test('that is overtaken grants nothing', async () => {
    await calls.start();
    calls.beat({ horizon: 4, grantNumber: 9 });
    expect(calls.beat({ horizon: 40, grantNumber: 8 }).status.colony?.grant).toEqual({
      ...{ epoch: 1, number: 9, horizon: 4 },
    });
  });

  test('of an older topology is refused', async () => {
    await calls.start(alone({ topologyVersion: 2 }));
    expect(() => calls.beat({}, fenceOf({ epoch: 2 }))).toThrow(codeOf('STALE_FENCE'));
  });

  test('brings the samples back until they are stored', async () => {
    await calls.start();
    await calls.runTo(45);
    const ticks = (durableThroughTick: number) =>
      calls.beat({ horizon: 45, durableThroughTick }).samples.map(({ tick }) => tick);
    expect([ticks(-1), ticks(20), ticks(20)]).toEqual([[0, 20, 40], [40], [40]]);
  });

  test('grants no more than before to a backend that lacks events, and may grant less', async () => {
    await calls.start();
    calls.beat({ horizon: 10, ticksPerSecond: 1 });
    const horizonAfter = (horizon: number) =>
      calls.beat({ horizon, eventSeq: 1, ticksPerSecond: 1 }).status.colony?.grant.horizon;
    expect([horizonAfter(40), horizonAfter(4)]).toEqual([10, 4]);
  });
});

test('an event for the tick under way is too late', async () => {
  const { clock, hosting } = calls;
  await calls.start();
  const injected = (tick: number): InjectedEvent[] => [
    { sequence: 1, tick, event: { kind: 'extinction', draw: 1 } },
  ];
  calls.beat({ horizon: 1000 });
  // It yields after each shard, and between ticks does not.
  while (hosting.status().colony?.tick !== 3) await clock.yieldToIo();
  const beat = (tick: number) => calls.beat({ horizon: 1000, events: injected(tick), eventSeq: 1 });
  expect(() => beat(3)).toThrow(codeOf('EVENT_TOO_LATE'));
  expect(beat(4).status.colony?.eventSeq).toBe(1);
});

describe('a release', () => {
  test('of what is held ends it, and all start calls of that generation are refused', async () => {
    const { hosting } = calls;
    await calls.start();
    hosting.release(FENCE, 1);
    expect(hosting.status()).toMatchObject({ state: 'Idle', fence: FENCE });
    expect(calls.told.at(-1)).toEqual([
      'The colony is released.',
      { colonyInstanceId: 'instance', generation: 1 },
    ]);
    const released = codeOf('GENERATION_RELEASED', { extra: { releasedThrough: 1 } });
    expect(() => hosting.initializeColony(FENCE, COLONY)).toThrow(released);
    expect(() => hosting.initializeTopology(FENCE, alone())).toThrow(released);
    expect(() => hosting.startTicking(FENCE)).toThrow(released);
    expect(() => calls.beat()).toThrow(released);
    await expect(hosting.initializeShards(FENCE)).rejects.toMatchObject({
      code: 'GENERATION_RELEASED',
    });
  });

  test('of an older generation leaves a newer colony alone', async () => {
    await calls.initialize(alone({ generation: 2 }));
    calls.hosting.release(fenceOf({ generation: 2 }), 1);
    expect(calls.colony?.generation).toBe(2);
  });

  test('where nothing is held is for later calls', () => {
    calls.hosting.release(FENCE, 1);
    expect(() => calls.hosting.initializeColony(FENCE, COLONY)).toThrow(
      codeOf('GENERATION_RELEASED'),
    );
  });

  test('of a generation that is not there yet is refused, and seen by nobody', () => {
    expect(() => calls.hosting.release(FENCE, 2)).toThrow(
      codeOf('BAD_REQUEST', {
        message: 'generation 2 cannot be released under generation 1',
      }),
    );
    calls.hosting.initializeColony(fenceOf({ generation: 2 }), COLONY);
    expect(calls.colony?.generation).toBe(2);
  });
});
