import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';
import type { Written } from '../../support/checkpoints.ts';
import { metricValue } from '../../support/metrics-text.ts';
import { Cluster } from './harness.ts';

describe('the metrics of a backend', () => {
  let cluster: Cluster;
  beforeEach(() => {
    cluster = new Cluster({ backends: 2, snapshots: new MemorySnapshotStore() });
  });
  afterEach(() => cluster.close());

  const answered = async () => {
    const { backend, target } = cluster.members[0]!;
    return backend.app.request(`${target.origin}/metrics`);
  };
  const textOf = async () => (await answered()).text();

  test('are given in the text format of Prometheus, and kept by nobody', async () => {
    const answer = await answered();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('of one that holds nothing: that it is idle, and no tick', async () => {
    const text = await textOf();
    expect(metricValue(text, 'colony_backend_state', { state: 'Idle' })).toBe(1);
    expect(metricValue(text, 'colony_backend_shards')).toBe(0);
    expect(metricValue(text, 'colony_backend_ticks_total')).toBe(0);
    expect(metricValue(text, 'colony_backend_tick')).toBeUndefined();
    expect(metricValue(text, 'colony_backend_memory_limit_bytes')).toBe(2 ** 30);
  });

  test('of one that ticks: its state, tick, shards and samples', async () => {
    await cluster.start();
    await cluster.runTo(30);
    const text = await textOf();
    const { colony, state } = cluster.members[0]!.backend.status();
    expect(metricValue(text, 'colony_backend_state', { state })).toBe(1);
    expect(metricValue(text, 'colony_backend_state', { state: 'Idle' })).toBe(0);
    expect(metricValue(text, 'colony_backend_tick')).toBe(30);
    expect(metricValue(text, 'colony_backend_shards')).toBe(colony?.shards.length);
    expect(metricValue(text, 'colony_backend_samples_kept')).toBe(2);
    cluster.durableThroughTick = 10;
    await cluster.heartbeat(30);
    expect(metricValue(await textOf(), 'colony_backend_samples_kept')).toBe(1);
  });

  test('count ticks on over topologies, replayed ones included', async () => {
    await cluster.start();
    await cluster.runTo(30);
    cluster.fence = { ...cluster.fence, topologyVersion: 2 };
    await cluster.start();
    expect(metricValue(await textOf(), 'colony_backend_tick')).toBe(0);
    expect(metricValue(await textOf(), 'colony_backend_ticks_total')).toBe(30);
    await cluster.runTo(20);
    expect(metricValue(await textOf(), 'colony_backend_ticks_total')).toBe(50);
  });

  test('count calls by what they were answered, and nothing but calls', async () => {
    await cluster.start();
    const stale = { ...cluster.fence, generation: 0 };
    const { ask, backend, target } = cluster.members[0]!;
    await expect(ask('ping', {}, stale)).rejects.toThrow();
    await backend.app.request(`${target.origin}/rpc/nothing`, { method: 'POST' });
    await ask('ping', {});
    const text = await textOf();
    const calls = (outcome: string, method = 'ping') =>
      metricValue(text, 'colony_backend_rpc_calls_total', { method, outcome });
    expect([calls('answered'), calls('refused'), calls('failed')]).toEqual([1, 1, 0]);
    expect(calls('answered', 'startTicking')).toBe(1);
    expect(text).not.toContain('nothing');
  });

  test('count what was written of checkpoints', async () => {
    await cluster.start();
    cluster.checkpointTick = 20;
    await cluster.runTo(25);
    const [reply] = await cluster.heartbeat(25);
    const { part } = reply!.checkpoint as Written;
    const text = await textOf();
    const parts = (outcome: string) =>
      metricValue(text, 'colony_backend_checkpoint_parts_total', { outcome });
    expect([parts('written'), parts('failed')]).toEqual([1, 0]);
    const bytes = part.objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(metricValue(text, 'colony_backend_checkpoint_bytes_total')).toBe(bytes);
  });

  test('count a part that is not written', async () => {
    await cluster.start();
    await cluster.runTo(25);
    cluster.checkpointTick = 20;
    await cluster.heartbeat(30);
    const failed = { outcome: 'failed' };
    expect(metricValue(await textOf(), 'colony_backend_checkpoint_parts_total', failed)).toBe(1);
  });
});
