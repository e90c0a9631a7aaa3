import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLES_MAX, STATISTICS_EVERY_TICKS } from '../../../services/protocol/colony/sampling.ts';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import { STATISTICS_NAMES } from '../../../services/world/measuring/statistics.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { Cluster, expectedDigest, INSTANCE, SPEC } from './harness.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

const ticks = () => cluster.members.map((m) => cluster.tickOf(m));
const states = () => cluster.members.map(({ backend }) => backend.status().state);

test('while the horizon stands, the world stands', async () => {
  await cluster.start();
  await cluster.runTo(30);
  await cluster.runFor(60_000, 30);
  expect(ticks()).toEqual([30, 30, 30, 30]);
  expect(states()).toEqual(Array(4).fill('AtHorizon'));
});

test('a lower horizon stops the shards there, or where they are', async () => {
  cluster.ticksPerSecond = 10;
  await cluster.start();
  await cluster.heartbeat(40);
  await cluster.heartbeat(5);
  await cluster.clock.advance(10_000);
  expect(ticks()).toEqual([5, 5, 5, 5]);
  const replies = await cluster.heartbeat(3);
  expect(replies.map(({ status }) => status.colony?.grant.horizon)).toEqual([5, 5, 5, 5]);
  await cluster.runTo(20);
  expect(ticks()).toEqual([20, 20, 20, 20]);
});

test('a heartbeat that was overtaken lets shards run no further', async () => {
  cluster.ticksPerSecond = 10;
  await cluster.start();
  const late = cluster.nextGrantNumber();
  await cluster.heartbeat(5);
  await cluster.all('heartbeat', {
    ...{ horizon: 40, grantNumber: late },
    ...{ ticksPerSecond: null, durableThroughTick: -1 },
  });
  await cluster.clock.advance(10_000);
  expect(ticks()).toEqual([5, 5, 5, 5]);
});

test('a horizon for backends that have more events lowers what is granted, and raises nothing', async () => {
  cluster.ticksPerSecond = 10;
  await cluster.start();
  await cluster.heartbeat(10);
  const beat = async (horizon: number) => {
    const grant = { horizon, grantNumber: cluster.nextGrantNumber(), ticksPerSecond: 10 };
    const replies = await cluster.all('heartbeat', {
      ...{ ...grant, eventSeq: 1, durableThroughTick: -1 },
    });
    return replies[0]?.status.colony?.grant.horizon;
  };
  expect(await beat(40)).toBe(10);
  expect(await beat(4)).toBe(4);
});

test('the pace is kept over a long time', async () => {
  const small = new Cluster({ backends: 2, spec: { ...SPEC, width: 64, height: 32 } });
  small.ticksPerSecond = 30;
  await small.start();
  await small.runFor(20_000, 10_000);
  for (const member of small.members) {
    expect(Math.abs(small.tickOf(member) - 600)).toBeLessThanOrEqual(5);
  }
  await small.close();
});

describe('where an exchange serves four ticks', () => {
  beforeEach(() => {
    cluster = new Cluster({ ticksPerExchange: 4 });
  });

  test('unpaced, several are taken at once, but none beyond the horizon', async () => {
    await cluster.start();
    await cluster.runTo(30);
    await cluster.runFor(1_000, 30);
    expect(ticks()).toEqual([30, 30, 30, 30]);
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
  });

  test('unpaced, one at a time is taken where each takes long', async () => {
    let isSlow = false;
    cluster = new Cluster({
      ticksPerExchange: 4,
      clockOf: (clock) => ({
        nowMs: () => clock.nowMs(),
        wallTime: () => clock.wallTime(),
        sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
        alarm: (durationMs, ring) => clock.alarm(durationMs, ring),
        yieldToIo: () => (isSlow ? clock.sleep(300) : clock.yieldToIo()),
      }),
    });
    await cluster.start();
    isSlow = true;
    await cluster.heartbeat(14);
    const seen = new Set<number>();
    for (let ms = 0; ms < 60_000 && !seen.has(14); ms += 50) {
      await cluster.clock.advance(50);
      seen.add(cluster.tickOf(cluster.members[0]!));
    }
    isSlow = false;
    await cluster.clock.advance(1_000);
    expect([...seen]).toEqual(Array.from({ length: 15 }, (_, tick) => tick));
  });

  test('at a pace each of them is to be seen', async () => {
    cluster.ticksPerSecond = 10;
    await cluster.start();
    await cluster.heartbeat(1000);
    const seen = new Set<number>();
    for (let ms = 0; ms < 3_000; ms += 20) {
      await cluster.clock.advance(20);
      for (const tick of ticks()) seen.add(tick);
    }
    const last = Math.max(...seen);
    expect(last).toBeGreaterThan(20);
    expect(seen.size).toBe(last + 1 - Math.min(...seen));
  });
});

test('a waiting backend shows whom it waits for', async () => {
  const [first, second, third, fourth] = cluster.members as [
    (typeof cluster.members)[0],
    (typeof cluster.members)[0],
    (typeof cluster.members)[0],
    (typeof cluster.members)[0],
  ];
  await cluster.initialize();
  const started = [first, second, third];
  await Promise.all(started.map(({ ask }) => ask('startTicking', {})));
  await cluster.runFor(5_000, 100, started);
  const { state, waitingFor, colony } = first.backend.status();
  expect({ state, waitingFor, tick: colony?.tick }).toEqual({
    state: 'Waiting',
    waitingFor: ['boot-3'],
    tick: 0,
  });
  await fourth.ask('startTicking', {});
  await cluster.runTo(100);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100));
});

test('halos that come before the shards are there are kept: nothing needs to be pulled', async () => {
  cluster.ticksPerSecond = 100;
  const late = cluster.members[3]!;
  const others = cluster.members.slice(0, 3);
  await cluster.all('initializeColony', { colonyInstanceId: INSTANCE, stored: cluster.stored });
  await cluster.all('initializeTopology', { topology: cluster.topology() });
  for (const { ask } of others) await ask('initializeShards', {});
  for (const { ask } of others) await ask('startTicking', {});
  await cluster.runFor(50, 100, others);
  let pulls = 0;
  cluster.network.setFault(({ path }) => {
    if (path === rpcPath('pullHalo')) pulls++;
    return undefined;
  });
  await late.ask('initializeShards', {});
  await late.ask('startTicking', {});
  await cluster.runTo(100);
  expect(pulls).toBe(0);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100));
});

describe('samples', () => {
  test('are kept until they are confirmed', async () => {
    await cluster.start();
    await cluster.runTo(45);
    const sampled = async () =>
      (await cluster.heartbeat(45)).map((r) => r.samples.map((s) => s.tick));
    expect(await sampled()).toEqual(Array(4).fill([0, 20, 40]));
    expect(await sampled()).toEqual(Array(4).fill([0, 20, 40]));
    cluster.durableThroughTick = 20;
    expect(await sampled()).toEqual(Array(4).fill([40]));
  });

  test('add up to the statistics of the world in one piece', async () => {
    await cluster.start();
    await cluster.runTo(40);
    const world = new SingleWorld(SPEC);
    for (let t = 0; t < 40; t++) world.step();
    const expected = world.statistics();
    const sums = Object.fromEntries(
      STATISTICS_NAMES.map((name) => [
        name,
        cluster.members.reduce((sum, m) => sum + m.samples.get(40)!.statistics[name], 0),
      ]),
    );
    expect(sums).toEqual(expected);
  });

  test('that are not confirmed stop the shards, visibly, until they are', async () => {
    const small = new Cluster({ backends: 1, spec: { ...SPEC, width: 32, height: 32 } });
    await small.start();
    const fullAt = SAMPLES_MAX * STATISTICS_EVERY_TICKS;
    const [{ backend }] = small.members as [(typeof small.members)[0]];
    await small.during(fullAt + 100, small.members, () =>
      small.clock.runUntil(() => backend.status().state === 'Blocked', { limitMs: 3_600_000 }),
    );
    await small.runFor(10_000, fullAt + 100);
    expect(backend.status().colony?.tick).toBe(fullAt);
    small.durableThroughTick = fullAt - STATISTICS_EVERY_TICKS;
    await small.runTo(fullAt + 100);
    await small.close();
  });
});

test('a failure in the tick loop shows in the status and is logged once', async () => {
  let isBroken = false;
  const failing = new Cluster({
    backends: 1,
    clockOf: (clock) => ({
      nowMs: () => clock.nowMs(),
      wallTime: () => clock.wallTime(),
      sleep: (durationMs, signal) => clock.sleep(durationMs, signal),
      alarm: (durationMs, ring) => clock.alarm(durationMs, ring),
      yieldToIo: () => (isBroken ? Promise.reject(new Error('it broke')) : clock.yieldToIo()),
    }),
  });
  await failing.start();
  await failing.runTo(10);
  isBroken = true;
  const [{ ask, backend }] = failing.members as [(typeof failing.members)[0]];
  await failing.runFor(1_000, 20);
  expect(backend.status()).toMatchObject({ state: 'Failed', failure: 'it broke' });
  expect(failing.log.messages('error')).toEqual(['Ticking has failed; the shards stand.']);
  expect(await ask('startTicking', {})).toEqual({
    result: 'Error',
    message: 'it broke',
  });
});
