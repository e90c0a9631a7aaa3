import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

/** A checkpoint every second of ticking at 100 ticks/s: one at each digest. */
const OFTEN = { checkpointIntervalSeconds: 1, checkpointMinTicks: 100 };

describe('a long replay', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let backends: BackendMember[];

  /** The world has come to tick 600, loses all its checkpoints and a backend, and starts again from genesis. */
  beforeEach(async () => {
    cluster = new ColonyCluster(OFTEN);
    backends = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend({ tickMs: 8 }));
    leader = await cluster.addCoordinator();
    await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
    await cluster.during(
      leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
    await cluster.untilDigest(600);
    await cluster.until(async () => (await pointed()).tick >= 500, 'a checkpoint');
    for (const { key } of await cluster.snapshots.list('')) await cluster.snapshots.delete(key);
    backends[0]?.kill();
    await cluster.until(async () => (await version()) === 2, 'recovery');
    expect(startedAt()).toEqual(['genesis']);
  });

  afterEach(() => cluster.close());

  const pointed = async () => {
    const { tick = -1, topologyVersion = 0 } = (await cluster.store.read()).checkpoint ?? {};
    return { tick, topologyVersion };
  };
  const version = async () => (await cluster.store.read()).topologyVersion;
  const replay = async () => (await cluster.view(leader)).replay;
  const startedAt = () =>
    leader.log
      .messages('info')
      .flatMap((message) => /^the world starts again from (.*)$/.exec(message)?.[1] ?? []);
  const sameDigestsThrough = async (tick: number) => {
    const digests = await cluster.untilDigest(tick);
    const expected = digests.map((entry) => ({ ...entry, digest: expectedDigest(entry.tick) }));
    expect(digests).toEqual(expected);
  };
  /** A checkpoint that was taken on the way: the world is not yet where it stood. */
  const untilCheckpointInReplay = async (tick: number) => {
    await cluster.until(async () => {
      const newest = await pointed();
      return newest.topologyVersion === 2 && newest.tick >= tick;
    }, `a checkpoint at tick ${tick}`);
    expect(await replay()).toMatchObject({ fromTick: 0 });
  };

  it('has checkpoints taken on its way, from which it goes on after the next loss', async () => {
    await untilCheckpointInReplay(200);
    const { tick: from } = await pointed();
    backends[1]?.kill();
    await cluster.until(async () => (await version()) === 3, 'the next recovery');
    expect(startedAt()).toEqual(['genesis', `the checkpoint of tick ${from}`]);
    await sameDigestsThrough(800);
  });

  it('is moved off a backend that is to end, and computes nothing a third time', async () => {
    await untilCheckpointInReplay(100);
    const emptied = await cluster.during(backends[1]!.backend.drain(20_000));
    expect(emptied).toBe(true);
    const [, from] = startedAt();
    expect(Number(/tick (\d+)/.exec(from ?? '')?.[1])).toBeGreaterThan(100);
    expect(await replay()).not.toBeNull();
    backends[1]?.kill();
    await sameDigestsThrough(800);
  });

  it('is shown as going to where the world stood, through whatever comes between', async () => {
    await untilCheckpointInReplay(100);
    const { toTick } = (await replay()) ?? {};
    await cluster.during(backends[1]!.backend.drain(20_000));
    expect(await replay()).toMatchObject({ toTick });
  });
});
