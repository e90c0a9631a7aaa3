import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { metricValue } from '../../support/metrics-text.ts';

describe('the metrics of a coordinator', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let backend: BackendMember;
  const textOf = async (coordinator = leader) =>
    (await cluster.during(coordinator.request('/metrics'))).text();
  const post = (path: string, body?: object) =>
    cluster.during(
      leader.request(path, {
        method: 'POST',
        ...(body && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      }),
    );

  beforeEach(async () => {
    cluster = new ColonyCluster();
    leader = await cluster.addCoordinator();
    backend = await cluster.addBackend();
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  const start = async () => {
    await cluster.during(colonyStart(leader, 'key-1', { waitSeconds: 25 }));
    await cluster.clock.advance(2_000);
  };

  test('before a start: an idle colony, and no tick', async () => {
    const text = await textOf();
    expect(metricValue(text, 'colony_leader')).toBe(1);
    expect(metricValue(text, 'colony_phase', { phase: 'Idle' })).toBe(1);
    expect(metricValue(text, 'colony_tick')).toBeUndefined();
    expect(metricValue(text, 'colony_starts_total', { outcome: 'started' })).toBe(0);
  });

  test('of a colony that ticks: the same as it is shown', async () => {
    await start();
    const view = await cluster.view(leader);
    const text = await textOf();
    expect(metricValue(text, 'colony_tick')).toBe(view.tick);
    expect(metricValue(text, 'colony_horizon_tick')).toBe(view.horizon);
    expect(metricValue(text, 'colony_phase', { phase: view.phase })).toBe(1);
    expect(metricValue(text, 'colony_backends_wanted')).toBe(view.wantedBackends);
    expect(metricValue(text, 'colony_leader_epoch')).toBe(view.leader?.epoch);
    expect(metricValue(text, 'colony_asked_ticks_per_second')).toBe(view.ticksPerSecond.asked);
    expect(metricValue(text, 'colony_starts_total', { outcome: 'started' })).toBe(1);
    expect(metricValue(text, 'colony_topologies_published_total')).toBe(1);
    const answered = { outcome: 'answered' };
    const heartbeats = metricValue(text, 'colony_heartbeats_total', answered);
    await cluster.clock.advance(2_000);
    const later = await textOf();
    expect(metricValue(later, 'colony_tick')).toBeGreaterThan(view.tick ?? 0);
    expect(metricValue(later, 'colony_heartbeats_total', answered)).toBeGreaterThan(
      heartbeats ?? 0,
    );
  });

  test('count a start that fails', async () => {
    backend.kill();
    await cluster.during(colonyStart(leader, 'key-1'));
    await cluster.clock.advance(120_000);
    const text = await textOf();
    expect(metricValue(text, 'colony_starts_total', { outcome: 'failed' })).toBe(1);
    expect(metricValue(text, 'colony_starts_total', { outcome: 'started' })).toBe(0);
  });

  test('count the requests that it answers', async () => {
    await post('/colony-start?idempotency_key=');
    const labels = { route: '/colony-start', method: 'POST', status: '4xx' };
    expect(metricValue(await textOf(), 'colony_http_request_duration_seconds_count', labels)).toBe(
      1,
    );
  });

  test('count an injected event once, however often it is asked for', async () => {
    await start();
    const event = { kind: 'extraFood', amount: 2 };
    for (let i = 0; i < 2; i++) await post('/colony-events?idempotency_key=event-1', event);
    expect(metricValue(await textOf(), 'colony_events_injected_total', { kind: 'extraFood' })).toBe(
      1,
    );
  });

  test('count checkpoints, and tell what a loss would cost', async () => {
    await start();
    await cluster.clock.advance(30_000);
    const text = await textOf();
    const { checkpoint } = await cluster.view(leader);
    expect(metricValue(text, 'colony_checkpoints_total', { outcome: 'taken' })).toBeGreaterThan(0);
    expect(metricValue(text, 'colony_checkpoints_total', { outcome: 'failed' })).toBe(0);
    expect(metricValue(text, 'colony_checkpoint_tick')).toBe(checkpoint?.tick);
    expect(metricValue(text, 'colony_checkpoint_ticked_seconds')).toBe(checkpoint?.tickedSeconds);
  });

  test('count a backend that is lost, with what proved it, and the recovery', async () => {
    const other = await cluster.addBackend();
    await start();
    other.kill();
    await cluster.clock.advance(60_000);
    const text = await textOf();
    const proofs = ['gone', 'silent', 'status'].map((proof) =>
      metricValue(text, 'colony_backend_losses_total', { proof }),
    );
    expect(proofs).toEqual([1, 0, 0]);
    expect(metricValue(text, 'colony_recoveries_total', { reason: 'backend_lost' })).toBe(1);
    expect(metricValue(text, 'colony_recoveries_total', { reason: 'moved' })).toBe(0);
    const failed = { outcome: 'failed' };
    expect(metricValue(text, 'colony_heartbeats_total', failed)).toBeGreaterThan(0);
  });

  test('of one that stands by: itself, and nothing of the colony', async () => {
    const standby = await cluster.addCoordinator();
    await start();
    const text = await textOf(standby);
    expect(metricValue(text, 'colony_leader')).toBe(0);
    expect(metricValue(text, 'colony_leader_epoch')).toBe(1);
    for (const metric of ['colony_tick', 'colony_horizon_tick', 'colony_backends_missing']) {
      expect(metricValue(text, metric), metric).toBeUndefined();
    }
    expect(metricValue(text, 'colony_phase', { phase: 'Ticking' })).toBeUndefined();
  });
});
