import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

describe('a colony that loses processes', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  let backends: BackendMember[];

  beforeEach(async () => {
    // A slow pace: the seconds of a takeover are few ticks.
    cluster = new ColonyCluster({ ticksPerSecond: 20 });
    leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    standby = await cluster.addCoordinator();
    backends = [await cluster.addBackend(), await cluster.addBackend(), await cluster.addBackend()];
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
    await cluster.untilDigest(100);
  });
  afterEach(() => cluster.close());

  const sameDigestsAs = async (ticks: number[]) => {
    const digests = await cluster.untilDigest(Math.max(...ticks));
    expect(digests.slice(0, ticks.length)).toEqual(
      ticks.map((tick) => ({ tick, digest: expectedDigest(tick) })),
    );
  };

  it('a standby answers what only the leader knows by asking it', async () => {
    const view = await cluster.during(cluster.view(standby));
    expect(view.backends).toHaveLength(3);
    expect(view.coordinators.filter(({ leads }) => leads)).toHaveLength(1);
  });

  it('goes on without a rollback when the leader dies', async () => {
    leader.kill();
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    await sameDigestsAs([0, 100, 200, 300]);
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 1, generation: 1 });
  });

  it('a leader that stops cleanly is announced no longer, and the next one is', async () => {
    expect(await cluster.registry.leader()).toMatchObject({ bootId: leader.entry.bootId });
    leader.stop();
    await cluster.until(async () => {
      const announced = await cluster.registry.leader();
      return announced?.bootId === standby.entry.bootId;
    }, 'the standby to be announced');
    standby.stop();
    await cluster.until(
      async () => (await cluster.registry.leader()) === undefined,
      'no leader to be announced',
    );
  });

  it('shows what the record says while no coordinator leads', async () => {
    leader.kill();
    const view = await cluster.during(cluster.view(standby));
    expect(view).toMatchObject({ status: 'TopographyInitialized', phase: 'Waiting' });
  });

  it('a leader that was cut off and comes back does no harm', async () => {
    cluster.network.setFault(({ from }) => (from === leader.origin ? 'drop-request' : undefined));
    const cutOff = cluster.store;
    const replace = cutOff.replace.bind(cutOff);
    // Neither its beats nor any other write of it arrive.
    cutOff.replace = async (seen, next) =>
      next.leader?.id === leader.entry.bootId ? new Promise(() => {}) : replace(seen, next);
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    cluster.network.setFault();
    cutOff.replace = replace;
    await sameDigestsAs([0, 100, 200, 300]);
    expect(leader.coordinator.leadership().leads).toBe(false);
  });

  it('replays from genesis on the others when a backend dies', async () => {
    backends[0]?.kill();
    await cluster.until(
      async () => (await cluster.view(leader)).phase === 'Recovering',
      'the phase Recovering',
    );
    await sameDigestsAs([0, 100, 200, 300]);
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 2, generation: 1 });
    expect((await cluster.view(leader)).backends).toHaveLength(2);
  });

  it('gives the shards of a dead backend to its replacement', async () => {
    backends[0]?.kill();
    const replacement = await cluster.addBackend();
    await sameDigestsAs([0, 100, 200, 300]);
    const { backends: shown } = await cluster.view(leader);
    expect(shown.map(({ bootId }) => bootId)).toContain(replacement.entry.bootId);
    expect(shown).toHaveLength(3);
  });

  it('waits for a backend that is silent for 5 s, and rolls nothing back', async () => {
    const [silent] = backends;
    cluster.network.setFault(({ to, from }) =>
      to === silent?.origin || from === silent?.origin ? 'drop-request' : undefined,
    );
    await cluster.clock.advance(5_000);
    cluster.network.setFault();
    await sameDigestsAs([0, 100, 200, 300]);
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 1 });
  });

  it('replaces a backend that stays silent', async () => {
    const [silent] = backends;
    cluster.network.setFault(({ to, from }) =>
      to === silent?.origin || from === silent?.origin ? 'drop-request' : undefined,
    );
    await cluster.until(
      async () => (await cluster.store.read()).topologyVersion === 2,
      'the next topology',
    );
    await sameDigestsAs([0, 100, 200, 300]);
  });

  it('comes back from the record when every process died', async () => {
    const { horizon, colonyInstanceId } = await cluster.store.read();
    for (const process of [leader, standby, ...backends]) process.kill();
    await cluster.clock.advance(20_000);
    const next = await cluster.addCoordinator();
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    await sameDigestsAs([0, 100, 200, 300]);
    const record = await cluster.store.read();
    expect(record.colonyInstanceId).toBe(colonyInstanceId);
    expect(record.horizon).toBeGreaterThanOrEqual(horizon);
    expect(next.coordinator.leadership().leads).toBe(true);
  });
});
