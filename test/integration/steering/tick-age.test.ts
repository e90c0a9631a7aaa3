import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';

describe('GET /colony gives a tick and its age', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  const viewOf = (member: CoordinatorMember) => cluster.during(cluster.view(member));

  beforeEach(async () => {
    cluster = new ColonyCluster({ ticksPerSecond: 20 });
    leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    standby = await cluster.addCoordinator();
    await cluster.addBackend();
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
    await cluster.untilDigest(200);
  });
  afterEach(() => cluster.close());

  it('of the last heartbeat while all are there', async () => {
    const { tick, tickAgeMs } = await viewOf(standby);
    expect(tick).toBeGreaterThanOrEqual(200);
    expect(tickAgeMs).toBeLessThanOrEqual(250);
  });

  it('of the last beat while the leader does not answer', async () => {
    leader.kill();
    await cluster.clock.advance(5_000);
    const { tick, tickAgeMs, phase } = await viewOf(standby);
    expect(phase).toBe('Waiting');
    expect(tick).toBeGreaterThanOrEqual(150);
    expect(tickAgeMs).toBeGreaterThanOrEqual(5_000);
    expect(tickAgeMs).toBeLessThanOrEqual(7_500);
  });

  it('while the store is away, at the leader and at a standby, and says so', async () => {
    const { read } = cluster.store;
    const away = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    cluster.store.read = away;
    cluster.digests.last = away;
    await cluster.clock.advance(5_000);
    for (const member of [leader, standby]) {
      expect(await viewOf(member)).toMatchObject({
        phase: 'Ticking',
        phaseDetail: expect.stringContaining('the store does not answer'),
        tickAgeMs: expect.any(Number),
      });
    }
    expect((await viewOf(leader)).tick).toBeGreaterThan(200);
    leader.kill();
    expect((await viewOf(standby)).tick).toBeGreaterThanOrEqual(150);
    cluster.store.read = read;
  });
});
