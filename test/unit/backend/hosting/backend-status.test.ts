import { afterEach, beforeEach, expect, test } from 'vitest';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { NO_LOAD } from '../../../support/no-load.ts';
import { alone, COLONY, FENCE, HostingCalls, halved } from './hosting-fixture.ts';

let calls: HostingCalls;
beforeEach(() => {
  calls = new HostingCalls();
});
afterEach(() => calls.hosting.close());

const nobody = { generation: 0, epoch: 0, topologyVersion: 0 };
const process = {
  draining: false,
  bootId: 'boot-0',
  engineVersion: ENGINE_VERSION,
  pid: 7,
  waitingFor: [],
  load: NO_LOAD,
};
const nothing = {
  ...{ colonyInstanceId: 'instance', generation: 1, topologyVersion: 0, shards: [] },
  ...{ initializedShards: 0, shardsInitialized: false, ticking: false, tick: 0, eventSeq: 0 },
  grant: { epoch: 0, number: 0, horizon: 0 },
};
const shards = Array.from({ length: 16 }, (_, shard) => shard);

test('the status of a backend follows it from Idle to its horizon', async () => {
  const { clock, hosting } = calls;
  expect(hosting.status()).toEqual({ ...process, state: 'Idle', fence: nobody });
  hosting.initializeColony(FENCE, COLONY);
  const initializing = { ...process, state: 'Initializing', fence: FENCE };
  expect(hosting.status()).toEqual({ ...initializing, colony: nothing });
  hosting.initializeTopology(FENCE, alone());
  const bare = { ...nothing, topologyVersion: 1, shards };
  expect(hosting.status()).toEqual({ ...initializing, colony: bare });
  await hosting.initializeShards(FENCE);
  const there = { ...bare, initializedShards: 16, shardsInitialized: true };
  expect(hosting.status()).toEqual({ ...initializing, state: 'Ready', colony: there });
  hosting.startTicking(FENCE);
  calls.beat({ horizon: 5 });
  await clock.advance(100);
  const grant = { epoch: 1, number: 1, horizon: 5 };
  const ticked = { ...there, ticking: true, tick: 5, grant };
  const waitedMs = { ...NO_LOAD.waitedMs, horizon: 100 };
  const load = { ...NO_LOAD, uptimeMs: 100, computedTicks: 5, waitedMs };
  const status = { ...initializing, state: 'AtHorizon', colony: ticked, load };
  expect(hosting.status()).toEqual(status);
});

test('a backend that waits says for whom, and one that is busy does not', async () => {
  await calls.start(halved);
  calls.beat({ horizon: 5 });
  await calls.clock.advance(100);
  expect(calls.hosting.status()).toMatchObject({ state: 'Ticking', waitingFor: [] });
  await calls.clock.advance(200);
  expect(calls.hosting.status()).toMatchObject({ state: 'Waiting', waitingFor: ['boot-1'] });
});

test('a failure is in the status until the shards are there', async () => {
  const yieldToIo = calls.clock.yieldToIo;
  calls.clock.yieldToIo = () => Promise.reject(new Error('no memory'));
  await expect(calls.initialize()).rejects.toThrow('no memory');
  const failure = 'the shards cannot be initialized: no memory';
  expect(calls.hosting.status()).toMatchObject({ state: 'Initializing', failure });
  calls.clock.yieldToIo = yieldToIo;
  await calls.initialize();
  expect(calls.hosting.status()).not.toHaveProperty('failure');
});

test('waits of a topology that was superseded still count', async () => {
  const { clock, hosting } = calls;
  await calls.start();
  await clock.advance(100);
  const fence = { ...FENCE, topologyVersion: 2 };
  hosting.initializeTopology(fence, alone({ topologyVersion: 2 }));
  await clock.advance(50);
  expect(hosting.status().load).toMatchObject({ uptimeMs: 150, waitedMs: { horizon: 100 } });
});

test('a backend tells what its process takes, in whole milliseconds', () => {
  const usage = { memoryBytes: 4_096, processorMs: 12.6 };
  const { hosting } = new HostingCalls({ usage: () => usage });
  expect(hosting.status().load).toMatchObject({ memoryBytes: 4_096, processorMs: 13 });
});
