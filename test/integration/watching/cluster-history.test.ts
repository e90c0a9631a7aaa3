import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterHistorySchema } from '../../../services/protocol/api/cluster-history.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';

describe('what is told of the processes of a colony', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  let backends: BackendMember[];

  beforeEach(async () => {
    cluster = new ColonyCluster({ ticksPerSecond: 20 });
    leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    standby = await cluster.addCoordinator();
    backends = [await cluster.addBackend(), await cluster.addBackend(), await cluster.addBackend()];
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(leader, 'key-1', { waitSeconds: 25 }));
    await cluster.clock.advance(6_000);
  });
  afterEach(() => cluster.close());

  const historyOf = async (coordinator = leader) => {
    const answer = await cluster.during(coordinator.request('/cluster'));
    return clusterHistorySchema.parse(await answer.json());
  };

  test('backends at a pace wait for it most of the time, and tick at it', async () => {
    const { backends: shown } = await cluster.during(cluster.view(leader));
    expect(shown.map(({ owner }) => owner)).toEqual([0, 1, 2]);
    for (const { ticksPerSecond, waiting, uptimeSeconds, trouble } of shown) {
      expect(Math.abs((ticksPerSecond ?? 0) - 20)).toBeLessThan(1);
      expect(waiting?.pace).toBeGreaterThan(0.5);
      expect(uptimeSeconds).toBeGreaterThanOrEqual(6);
      expect(trouble).toBeNull();
    }
  });

  test('a standby tells the history that the leader remembers', async () => {
    const { points, backends: shown } = await historyOf(standby);
    expect(points.elapsedMs.length).toBeGreaterThan(3);
    expect(shown).toHaveLength(3);
    expect(shown[0]?.ticksPerSecond.at(-1)).toBeGreaterThan(18);
  });

  test('a paused colony waits at its horizon', async () => {
    await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    await cluster.clock.advance(6_000);
    const { backends: shown } = await cluster.during(cluster.view(leader));
    expect(shown.map(({ waiting }) => waiting?.horizon)).toEqual([1, 1, 1]);
  });

  test('a backend that is lost is a trouble until the others tick in its place', async () => {
    const { backends: before } = await cluster.during(cluster.view(leader));
    backends[1]?.kill();
    const lostId = before.find(({ bootId }) => bootId === backends[1]?.entry.bootId)?.id;
    await cluster.until(async () => {
      const { recovery } = await cluster.view(leader);
      return recovery?.step === 'placing' && (recovery.cause ?? '').includes(`${lostId} is lost`);
    }, 'the loss to be shown');
    const { troubles } = await historyOf();
    expect(troubles.at(-1)).toMatchObject({ backend: lostId, code: 'BACKEND_LOST', endedAt: null });
    await cluster.until(async () => {
      const { phase, recovery, backends: shown } = await cluster.view(leader);
      const isWell = shown.every(({ trouble }) => trouble === null);
      return phase === 'Ticking' && recovery === null && isWell;
    }, 'the colony to tick again');
    const after = await historyOf();
    expect(after.troubles.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  test('another leader remembers from the beginning of its own lead', async () => {
    const before = await historyOf();
    leader.kill();
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    await cluster.clock.advance(4_000);
    const after = await historyOf(standby);
    expect(after.epoch).toBeGreaterThan(before.epoch);
    expect(after.points.elapsedMs[0]).toBeLessThan(2_000);
    expect(after.begins > before.begins).toBe(true);
  });
});
