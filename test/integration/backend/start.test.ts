import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cluster, expectedDigest, INSTANCE, type Member, SPEC } from './harness.ts';

let cluster: Cluster;
let member: Member;
beforeEach(() => {
  cluster = new Cluster();
  member = cluster.members[0]!;
});
afterEach(() => cluster.close());

const initializeColony = (fence = {}) =>
  member.ask('initializeColony', { colonyInstanceId: INSTANCE, stored: cluster.stored }, fence);

describe('StartTicking checks colony, then topology, then shards', () => {
  test('before InitializeColony it is ColonyNotInitialized', async () => {
    expect(await member.ask('startTicking', {})).toEqual({ result: 'ColonyNotInitialized' });
  });

  test('before InitializeTopology it is TopologyNotInitialized', async () => {
    await initializeColony();
    expect(await member.ask('startTicking', {})).toEqual({ result: 'TopologyNotInitialized' });
  });

  test('before InitializeShards it is an error that says so', async () => {
    await initializeColony();
    await member.ask('initializeTopology', { topology: cluster.topology() });
    expect(await member.ask('startTicking', {})).toEqual({
      result: 'Error',
      message: 'the shards are not initialized',
    });
  });

  test('after them it is Ok', async () => {
    await cluster.initialize();
    expect(await member.ask('startTicking', {})).toEqual({ result: 'Ok' });
  });
});

test('no backend ticks before StartTicking, however far it may', async () => {
  await cluster.initialize();
  await cluster.runFor(10_000, 1000);
  const statuses = cluster.members.map(({ backend }) => backend.status());
  expect(statuses.map(({ state, colony }) => [state, colony?.tick])).toEqual([
    ['Ready', 0],
    ['Ready', 0],
    ['Ready', 0],
    ['Ready', 0],
  ]);
  expect((await cluster.heartbeat(1000)).flatMap(({ samples }) => samples)).toEqual([]);
});

test('a second StartTicking is Ok and starts nothing', async () => {
  cluster.ticksPerSecond = 100;
  await cluster.start();
  await cluster.runFor(500, 200);
  const again = await Promise.all(
    Array.from({ length: 10 }, () => cluster.all('startTicking', {})),
  );
  expect(new Set(again.flat().map(({ result }) => result))).toEqual(new Set(['Ok']));
  const before = cluster.members.map((m) => cluster.tickOf(m));
  await cluster.runFor(1_000, 200);
  const ticked = cluster.members.map((m, i) => cluster.tickOf(m) - before[i]!);
  // A second loop would tick twice as fast.
  for (const ticks of ticked) expect(ticks).toBeLessThanOrEqual(105);
  await cluster.runTo(200);
  expect(cluster.log.messages().filter((m) => m === 'Ticking starts.')).toHaveLength(4);
  expect(cluster.digestAt(200)).toBe(expectedDigest(200));
});

describe('initialization is idempotent', () => {
  test('the same calls again change nothing', async () => {
    await cluster.start();
    await cluster.runTo(50);
    await cluster.start();
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
    expect(cluster.log.messages().filter((m) => m === 'The shards are initialized.')).toHaveLength(
      4,
    );
  });

  test('InitializeShards called several times at once initialises them once', async () => {
    await initializeColony();
    await member.ask('initializeTopology', { topology: cluster.topology() });
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => member.ask('initializeShards', {})),
    );
    expect(replies.every(({ colony }) => colony?.shardsInitialized)).toBe(true);
    expect(cluster.log.messages().filter((m) => m === 'The shards are initialized.')).toHaveLength(
      1,
    );
  });

  test('another instance in the same generation is refused', async () => {
    await initializeColony();
    const other = member.ask('initializeColony', {
      colonyInstanceId: 'another',
      stored: cluster.stored,
    });
    await expect(other).rejects.toMatchObject({ code: 'COLONY_INSTANCE_MISMATCH' });
  });

  test('another spec in the same generation is refused', async () => {
    await initializeColony();
    const stored = { ...cluster.stored, spec: { ...SPEC, seed: 8 } };
    const other = member.ask('initializeColony', { colonyInstanceId: INSTANCE, stored });
    await expect(other).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('another topology of the same version is refused', async () => {
    await initializeColony();
    await member.ask('initializeTopology', { topology: cluster.topology() });
    const topology = cluster.topology({ ticksPerExchange: 2 });
    await expect(member.ask('initializeTopology', { topology })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });
});

describe('what cannot be held is refused', () => {
  test('a colony of another engine version', async () => {
    const stored = { ...cluster.stored, engineVersion: cluster.stored.engineVersion + 1 };
    await expect(
      member.ask('initializeColony', { colonyInstanceId: INSTANCE, stored }),
    ).rejects.toMatchObject({ code: 'ENGINE_VERSION_MISMATCH' });
    expect(member.backend.status().state).toBe('Idle');
  });

  test('a topology before its colony', async () => {
    await expect(
      member.ask('initializeTopology', { topology: cluster.topology() }),
    ).rejects.toMatchObject({ code: 'COLONY_NOT_INITIALIZED' });
  });

  test('shards before their topology', async () => {
    await initializeColony();
    await expect(member.ask('initializeShards', {})).rejects.toMatchObject({
      code: 'TOPOLOGY_NOT_INITIALIZED',
    });
  });

  test('a topology without this backend', async () => {
    await initializeColony();
    const { backends } = cluster.topology();
    const topology = cluster.topology({
      backends: [{ ...backends[0]!, bootId: 'x' }],
      owners: Array(12).fill(0),
    });
    await expect(member.ask('initializeTopology', { topology })).rejects.toThrow('is not in it');
  });

  test('a topology of another world', async () => {
    await initializeColony();
    const topology = cluster.topology({ width: 96, owners: Array(9).fill(0) });
    await expect(member.ask('initializeTopology', { topology })).rejects.toThrow('width is 96');
  });

  test('shards that do not fit into memory, before any is allocated', async () => {
    const small = new Cluster({ backends: 1, memoryLimitBytes: 100_000 });
    const [only] = small.members as [Member];
    await only.ask('initializeColony', { colonyInstanceId: INSTANCE, stored: small.stored });
    await expect(
      only.ask('initializeTopology', { topology: small.topology() }),
    ).rejects.toMatchObject({ code: 'WORLD_TOO_LARGE' });
  });
});

describe('what is over stays over', () => {
  test('a delayed InitializeColony of an older generation is refused', async () => {
    await initializeColony({ generation: 2 });
    await expect(initializeColony({ generation: 1, epoch: 9 })).rejects.toMatchObject({
      code: 'STALE_FENCE',
      extra: { seen: { generation: 2, epoch: 1, topologyVersion: 1 } },
    });
  });

  test('every start call of a released generation is refused', async () => {
    await cluster.start();
    await cluster.runTo(20);
    await cluster.all('releaseColony', { generation: 1 });
    expect(cluster.members.map(({ backend }) => backend.status().state)).toEqual(
      Array(4).fill('Idle'),
    );
    const released = { code: 'GENERATION_RELEASED' };
    await expect(initializeColony({ epoch: 5 })).rejects.toMatchObject(released);
    await expect(
      member.ask('initializeTopology', { topology: cluster.topology() }, { epoch: 5 }),
    ).rejects.toMatchObject(released);
    await expect(member.ask('initializeShards', {}, { epoch: 5 })).rejects.toMatchObject(released);
    await expect(member.ask('startTicking', {}, { epoch: 5 })).rejects.toMatchObject(released);
    const grant = { horizon: 99, grantNumber: 1, ticksPerSecond: null };
    const beat = { ...grant, durableThroughTick: -1 };
    await expect(member.ask('heartbeat', beat, { epoch: 5 })).rejects.toMatchObject(released);
  });

  test('the next generation starts after a release', async () => {
    await cluster.start();
    await cluster.runTo(20);
    await cluster.all('releaseColony', { generation: 1 });
    cluster.fence = { generation: 2, epoch: 1, topologyVersion: 1 };
    await cluster.start();
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
  });

  test('a generation cannot be released before it is there', async () => {
    await expect(member.ask('releaseColony', { generation: 7 })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  test('a release while shards are being initialised ends that', async () => {
    await initializeColony();
    await member.ask('initializeTopology', { topology: cluster.topology() });
    const initializing = member.ask('initializeShards', {});
    initializing.catch(() => undefined);
    await member.ask('releaseColony', { generation: 1 });
    await expect(initializing).rejects.toMatchObject({ code: 'GENERATION_RELEASED' });
    expect(member.backend.status().state).toBe('Idle');
  });

  test('a newer generation drops what is held and starts from genesis', async () => {
    await cluster.start();
    await cluster.runTo(50);
    cluster.fence = { generation: 2, epoch: 1, topologyVersion: 1 };
    await cluster.start();
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
  });

  test('a newer topology drops the shards and what was granted to them, and starts over', async () => {
    await cluster.start();
    await cluster.runTo(60);
    for (const { samples } of cluster.members) samples.clear();
    cluster.fence = { ...cluster.fence, topologyVersion: 2 };
    const owners = cluster.topology().owners.map((owner) => (owner === 3 ? 0 : owner));
    const topology = () => cluster.topology({ owners });
    await cluster.all('initializeColony', { colonyInstanceId: INSTANCE, stored: cluster.stored });
    await cluster.all('initializeTopology', { topology: topology() });
    await cluster.all('initializeShards', {});
    await cluster.all('startTicking', {});
    // No heartbeat has come yet.
    await cluster.clock.advance(5_000);
    expect(cluster.members.map((member) => cluster.tickOf(member))).toEqual([0, 0, 0, 0]);
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
  });

  test('a call of an older topology is refused', async () => {
    await initializeColony({ topologyVersion: 2 });
    await expect(member.ask('ping', {})).rejects.toMatchObject({ code: 'STALE_FENCE' });
  });
});

test('a normal start logs nothing above info, and of nothing that is not there', async () => {
  await cluster.start();
  await cluster.runTo(40);
  const loud = cluster.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
  expect(loud).toEqual([]);
  const text = JSON.stringify(cluster.log.lines);
  expect(text).not.toMatch(/not initiali[sz]ed|not available|not found/i);
});
