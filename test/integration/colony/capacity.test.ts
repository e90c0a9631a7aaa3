import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ComputeChange } from '../../../services/platform/compute/compute.ts';
import type { MetricName } from '../../../services/platform/observability/metrics.ts';
import { type BackendMember, ColonyCluster } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { MemoryCompute } from '../../simulation/memory-compute.ts';
import { taskArnOf } from '../../support/contracts/compute-contract.ts';

/** A manager whose tasks are real backends of the cluster. */
class ClusterCompute extends MemoryCompute {
  readonly #cluster: ColonyCluster;
  readonly running: BackendMember[] = [];

  constructor(cluster: ColonyCluster) {
    super({ desired: 1 });
    this.#cluster = cluster;
  }

  override async scale(change: ComputeChange): Promise<void> {
    await super.scale(change);
    await this.bringUp(change.desired);
  }

  /** Starts or stops tasks until so many run. */
  async bringUp(count: number): Promise<void> {
    while (this.running.length > count) this.stop(this.running.at(-1) as BackendMember);
    while (this.running.length < count) {
      const member = await this.#cluster.addBackend();
      const taskArn = taskArnOf(this.tasks.size);
      this.tasks.set(taskArn, 'alive');
      member.entry = { ...member.entry, taskArn };
      await this.#cluster.registry.put('backends', member.entry);
      this.running.push(member);
    }
    this.set({ running: this.running.length });
  }

  /** As by a stopped task: it can take nothing out of the registry any more. */
  stop(member: BackendMember): void {
    member.kill();
    this.tasks.set(member.entry.taskArn ?? '', 'stopped');
    this.running.splice(this.running.indexOf(member), 1);
    this.set({ running: this.running.length });
  }
}

describe('a leader that scales its backends', () => {
  let cluster: ColonyCluster;
  let compute: ClusterCompute;
  let measured: Partial<Record<MetricName, number>>[];

  const addCoordinator = () =>
    cluster.addCoordinator({
      capacity: { compute, backendCount: 2, spotShare: 0 },
      metrics: { emit: (values) => measured.push(values) },
    });

  beforeEach(() => {
    cluster = new ColonyCluster({ minBackends: 2, ticksPerSecond: 10 });
    compute = new ClusterCompute(cluster);
    measured = [];
  });
  afterEach(() => cluster.close());

  test('has none while no colony is there, all for a start, and none after a stop', async () => {
    const member = await addCoordinator();
    await cluster.until(() => compute.changes.length > 0, 'the first look');
    expect(compute.changes).toEqual([{ desired: 0 }]);
    expect(compute.running).toHaveLength(0);

    const { status } = await cluster.during(colonyStart(member, 'K1', { waitSeconds: 25 }));
    expect(status).toBe(200);
    expect(compute.changes.slice(1)).toEqual([{ desired: 2 }]);
    await cluster.untilDigest(100);

    const { colonyInstanceId } = await cluster.store.read();
    const stop = await cluster.during(
      member.request(`/colony-stop?colony_instance_id=${colonyInstanceId}`, { method: 'POST' }),
    );
    expect(stop.status).toBe(200);
    await cluster.until(() => compute.running.length === 0, 'all tasks to end');
    expect(member.log.messages()).toContain('backend released the stopped colony');
    await cluster.until(
      async () => (await cluster.registry.list('backends')).length === 0,
      'what the tasks left to be swept',
    );
  });

  test('goes on with the task that replaces a stopped one, and sweeps the entry of that', async () => {
    const member = await addCoordinator();
    await cluster.during(colonyStart(member, 'K1', { waitSeconds: 25 }));
    await cluster.untilDigest(100);
    const [first] = compute.running as [BackendMember];
    compute.stop(first);
    await compute.bringUp(2);
    await cluster.untilDigest(200);
    await cluster.until(async () => {
      const entries = await cluster.registry.list('backends');
      return entries.length === 2 && entries.every(({ bootId }) => bootId !== first.entry.bootId);
    }, 'the stale entry to be swept');
  });

  test('undoes what a former leader was too late with', async () => {
    const first = await addCoordinator();
    await cluster.during(colonyStart(first, 'K1', { waitSeconds: 25 }));
    first.kill();
    await addCoordinator();
    await compute.scale({ desired: 0 });
    await cluster.until(() => compute.running.length === 2, 'the next leader to raise it again');
    await cluster.untilDigest(100);
  });

  test('asks for as many as the colony is scaled to, by way of any coordinator', async () => {
    const leader = await addCoordinator();
    await cluster.during(colonyStart(leader, 'K1', { waitSeconds: 25 }));
    const standby = await addCoordinator();
    const scaled = await cluster.during(
      standby.request('/colony-scale', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{"backends":3}',
      }),
    );
    expect(await scaled.json()).toEqual({ backends: 3, before: 2 });
    await cluster.until(() => compute.running.length === 3, 'a third backend');
    const view = await cluster.during(standby.request('/colony'));
    expect(await view.json()).toMatchObject({ wantedBackends: 3 });
    await cluster.untilDigest(200);
  });

  test('measures the lead, what is missing and the pace, for as long as it leads', async () => {
    const member = await addCoordinator();
    await cluster.clock.advance(31_000);
    expect(measured.at(-1)).toEqual({ leader: 1, backendsMissing: 0 });
    await cluster.during(colonyStart(member, 'K1', { waitSeconds: 25 }));
    await cluster.clock.advance(31_000);
    const { ticksPerSecond, checkpointAge, ...others } = measured.at(-1) ?? {};
    expect(others).toEqual({ leader: 1, backendsMissing: 0 });
    // None is overdue.
    expect(checkpointAge).toBeUndefined();
    expect(ticksPerSecond).toBeGreaterThan(0);

    compute.stop(compute.running[0] as BackendMember);
    await cluster.clock.advance(31_000);
    expect(measured.at(-1)).toMatchObject({ backendsMissing: 1 });

    member.kill();
    const { length } = measured;
    await cluster.clock.advance(31_000);
    expect(measured).toHaveLength(length);
  });
});
