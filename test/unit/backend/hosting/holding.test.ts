import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alone, COLONY, FENCE, fenceOf, HostingCalls } from './hosting-fixture.ts';

let calls: HostingCalls;
beforeEach(() => {
  calls = new HostingCalls();
});
afterEach(() => calls.hosting.close());

describe('what is held, when a call comes', () => {
  test('of a newer generation, ends, with the shards it has', async () => {
    await calls.start();
    calls.beat({ horizon: 1000 });
    while (calls.colony?.tick !== 2) await calls.clock.yieldToIo();
    calls.hosting.admit(fenceOf({ generation: 2, topologyVersion: 0 }));
    expect(calls.hosting.status()).toMatchObject({ state: 'Idle', waitingFor: [] });
    expect(calls.colony).toBeUndefined();
    expect(calls.told.at(-1)).toEqual([
      'A newer generation supersedes the colony.',
      { colonyInstanceId: 'instance', generation: 1 },
    ]);
  });

  test('of a newer topology, keeps the colony, its grant and its events, and no shards', async () => {
    await calls.start();
    const events = [{ sequence: 1, tick: 50, event: { kind: 'extinction', draw: 1 } }] as const;
    calls.beat({ horizon: 7, events: [...events], eventSeq: 1 });
    calls.hosting.admit(fenceOf({ topologyVersion: 2 }));
    expect(calls.hosting.status().state).toBe('Initializing');
    expect(calls.colony).toMatchObject({
      ...{ topologyVersion: 0, shards: [], tick: 0, ticking: false },
      ...{ eventSeq: 1, grant: { horizon: 7 } },
    });
    expect(calls.told.at(-1)).toEqual(['A newer topology supersedes this one.', { version: 2 }]);
  });

  test('of a newer leader, stays', async () => {
    await calls.start();
    const before = calls.told.length;
    calls.hosting.admit(fenceOf({ epoch: 2 }));
    calls.hosting.admit(fenceOf({ epoch: 3, topologyVersion: 0 }));
    expect(calls.colony).toMatchObject({ topologyVersion: 1, ticking: true });
    expect(calls.told).toHaveLength(before);
  });

  test('of a newer topology while there is none, stays a colony without one', () => {
    calls.hosting.initializeColony(FENCE, COLONY);
    calls.hosting.admit(fenceOf({ topologyVersion: 5 }));
    expect(calls.colony).toMatchObject({ generation: 1, topologyVersion: 0 });
    expect(calls.told).toHaveLength(1);
  });

  test('of an older fence, stays, and the call is refused', async () => {
    await calls.initialize(alone({ topologyVersion: 2 }));
    expect(() => calls.hosting.admit(FENCE)).toThrow(
      expect.objectContaining({ code: 'STALE_FENCE' }),
    );
    expect(calls.hosting.status().state).toBe('Ready');
  });
});

test('the shards of a newer topology run to no grant of the one before', async () => {
  await calls.start();
  await calls.runTo(40);
  await calls.start(alone({ topologyVersion: 2 }));
  await calls.clock.advance(5_000);
  expect(calls.colony).toMatchObject({
    topologyVersion: 2,
    tick: 0,
    grant: { number: 1, horizon: 0 },
  });
  await calls.runTo(4, fenceOf({ topologyVersion: 2 }));
});

test('a topology that is initialized once more keeps what is granted to it', async () => {
  await calls.start();
  await calls.runTo(40);
  await calls.start();
  expect(calls.colony).toMatchObject({ tick: 40, grant: { horizon: 40 } });
});

test('the shards of a newer topology wait until nothing writes to those of the older', async () => {
  const { clock, hosting } = calls;
  await calls.start();
  calls.beat({ horizon: 1000 });
  const yieldToIo = clock.yieldToIo.bind(clock);
  clock.yieldToIo = () => clock.sleep(1_000);
  await clock.advance(500);
  const version = { topologyVersion: 2 };
  hosting.initializeTopology(fenceOf(version), alone(version));
  clock.yieldToIo = yieldToIo;
  let isInitialized = false;
  const initialized = hosting.initializeShards(fenceOf(version)).then(() => {
    isInitialized = true;
  });
  await clock.advance(100);
  expect(isInitialized).toBe(false);
  await clock.advance(1_000);
  await initialized;
  expect(hosting.status().state).toBe('Ready');
});

test('calls about a topology say what is missing', async () => {
  const { hosting } = calls;
  expect(() => hosting.requireTopology(FENCE)).toThrow('no colony is held');
  hosting.initializeColony(FENCE, COLONY);
  expect(() => hosting.requireTopology(FENCE)).toThrow(
    expect.objectContaining({ code: 'TOPOLOGY_NOT_INITIALIZED', message: 'no topology is held' }),
  );
  hosting.initializeTopology(FENCE, alone());
  expect(hosting.requireTopology(FENCE).topology).toEqual(alone());
  expect(() => hosting.requireTopology(fenceOf({ topologyVersion: 2 }))).toThrow(
    expect.objectContaining({
      code: 'STALE_FENCE',
      message: 'the call carries topologyVersion 2, 1 is held',
      extra: { seen: FENCE },
    }),
  );
});
