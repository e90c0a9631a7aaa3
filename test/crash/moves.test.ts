import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../simulation/colony-cluster.ts';
import { expectedDigest } from '../simulation/small-world.ts';

const HAND_OVER_MS = 20_000;

describe('shards that are moved as planned', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let backends: BackendMember[];

  beforeEach(async () => {
    cluster = new ColonyCluster();
    backends = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend());
    leader = await cluster.addCoordinator();
    await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
    await cluster.during(
      leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
    await cluster.untilDigest(100);
  });

  afterEach(() => cluster.close());

  const sameDigestsThrough = async (tick: number) => {
    const digests = await cluster.untilDigest(tick);
    const expected = digests.map((entry) => ({ ...entry, digest: expectedDigest(entry.tick) }));
    expect(digests).toEqual(expected);
    expect(digests.map((entry) => entry.tick)).toEqual(digests.map((_, i) => 100 * i));
  };
  const version = async () => (await cluster.store.read()).topologyVersion;
  const holders = async () => (await cluster.view(leader)).backends.map(({ bootId }) => bootId);
  /** The ticks at which a topology started, and how far the one before it had come. */
  const standing = () =>
    leader.log.lines
      .filter(({ message }) => message === 'checkpoint taken')
      .map(({ fields }) => fields['tick']);

  it('leave a backend that is to end, which then holds nothing and may end', async () => {
    const [leaving] = backends;
    const emptied = cluster.during(leaving!.backend.drain(HAND_OVER_MS));
    expect(await emptied).toBe(true);
    expect(await version()).toBe(2);
    leaving!.kill();
    await sameDigestsThrough(300);
    expect(await holders()).not.toContain(leaving!.entry.bootId);
    expect(await holders()).toHaveLength(2);
  });

  it('are computed on from exactly where they stood: no tick is lost, none is computed twice', async () => {
    const before = (await cluster.view(leader)).tick ?? 0;
    await cluster.during(backends[1]!.backend.drain(HAND_OVER_MS));
    const [stoodAt] = standing();
    expect(stoodAt).toBeGreaterThanOrEqual(before);
    const { tick } = await cluster.view(leader);
    expect(tick).toBeGreaterThanOrEqual(Number(stoodAt));
    expect((await cluster.view(leader)).replay).toBeNull();
    await sameDigestsThrough(300);
  });

  it('show that they are moved, and why', async () => {
    const seen = new Set<string>();
    const drained = backends[0]!.backend.drain(HAND_OVER_MS);
    await cluster.until(async () => {
      const { phase, phaseDetail } = await cluster.view(leader);
      if (phase === 'Draining') seen.add(phaseDetail ?? '');
      return (await version()) === 2;
    }, 'the move');
    await cluster.during(drained);
    expect([...seen].some((detail) => detail.includes('to end: backend-1'))).toBe(true);
  });

  it('go to a backend that has come, after a short wait', async () => {
    const newcomer = await cluster.addBackend();
    await cluster.until(async () => (await version()) === 2, 'the move');
    await sameDigestsThrough(400);
    expect(await holders()).toContain(newcomer.entry.bootId);
    expect(await holders()).toHaveLength(4);
  });

  it('are moved while the colony is paused, too, which stands at its tick afterwards', async () => {
    const answer = await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    const { effectiveTick } = (await answer.json()) as { effectiveTick: number };
    await cluster.until(
      async () => (await cluster.view(leader)).phase === 'Paused',
      'the pause to take effect',
    );
    expect(await cluster.during(backends[2]!.backend.drain(HAND_OVER_MS))).toBe(true);
    await cluster.until(async () => (await cluster.view(leader)).phase === 'Paused', 'the pause');
    expect((await cluster.view(leader)).tick).toBe(effectiveTick);
    await cluster.during(leader.request('/colony-resume', { method: 'POST' }));
    await sameDigestsThrough(300);
  });

  it('are moved in a paused colony though the first checkpoint of its state could not be written', async () => {
    await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    await cluster.until(async () => (await cluster.view(leader)).phase === 'Paused', 'the pause');
    const put = cluster.snapshots.putIfAbsent.bind(cluster.snapshots);
    let failures = 0;
    cluster.snapshots.putIfAbsent = async (key, bytes) => {
      if (failures > 0) return put(key, bytes);
      failures++;
      throw new Error('the disk is full');
    };
    expect(await cluster.during(backends[2]!.backend.drain(HAND_OVER_MS))).toBe(true);
    expect(failures).toBe(1);
    expect(leader.log.messages('warn')).toContain('shards are not moved; the world ticks on');
    await cluster.during(leader.request('/colony-resume', { method: 'POST' }));
    await sameDigestsThrough(300);
  });

  it('go from all but one, one after the other, and back to many', async () => {
    for (const backend of backends.slice(0, 2)) {
      expect(await cluster.during(backend.backend.drain(HAND_OVER_MS))).toBe(true);
      backend.kill();
    }
    expect(await holders()).toEqual([backends[2]!.entry.bootId]);
    for (let i = 0; i < 3; i++) await cluster.addBackend();
    const before = await version();
    await cluster.until(async () => (await version()) > before, 'the move');
    await cluster.until(async () => (await holders()).length === 4, 'all four');
    await sameDigestsThrough(500);
  });

  it('stay where they are while no checkpoint can be taken: the world ticks on', async () => {
    cluster.snapshots.putIfAbsent = async () => {
      throw new Error('the disk is gone');
    };
    const emptied = await cluster.during(backends[0]!.backend.drain(10_000));
    expect(emptied).toBe(false);
    await sameDigestsThrough(300);
    expect(await version()).toBe(1);
    expect(leader.log.messages('warn')).toContain('shards are not moved; the world ticks on');
  });
});
