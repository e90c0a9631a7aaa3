import { expect } from 'vitest';
import { z } from 'zod';
import { readManifest } from '../../../services/platform/checkpoints/read-manifest.ts';
import { checkpointViewSchema } from '../../../services/protocol/api/public-api.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

interface Options {
  /** What is set for the first backend. */
  backend?: (cluster: ColonyCluster) => Parameters<ColonyCluster['addBackend']>[0];
  /** What is set for the coordinator that leads first. */
  leader?: (cluster: ColonyCluster) => Parameters<ColonyCluster['addCoordinator']>[0];
}

/** Three backends, a leader and a standby, and a checkpoint after each second of ticking. */
export class CheckpointedColony {
  readonly cluster: ColonyCluster;
  readonly backends: readonly [BackendMember, BackendMember, BackendMember];
  /** The first one leads. */
  readonly coordinators: readonly [CoordinatorMember, CoordinatorMember];

  protected constructor(
    cluster: ColonyCluster,
    backends: CheckpointedColony['backends'],
    coordinators: CheckpointedColony['coordinators'],
  ) {
    this.cluster = cluster;
    this.backends = backends;
    this.coordinators = coordinators;
  }

  /** Resolves once there is a checkpoint. */
  static async start({ backend, leader }: Options = {}): Promise<CheckpointedColony> {
    const cluster = new ColonyCluster({
      ...{ checkpointIntervalSeconds: 1, leaseMs: 2_000, beatIntervalMs: 500 },
    });
    const backends = [
      await cluster.addBackend(backend?.(cluster)),
      await cluster.addBackend(),
      await cluster.addBackend(),
    ] as const;
    const first = await cluster.addCoordinator(leader?.(cluster));
    await cluster.until(() => first.coordinator.leadership().leads, 'a leader');
    const coordinators = [first, await cluster.addCoordinator()] as const;
    await cluster.during(
      first.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
    const colony = new CheckpointedColony(cluster, backends, coordinators);
    await colony.untilCheckpoint(1);
    return colony;
  }

  /** The tick of the checkpoint that the record points at. */
  async pointed(): Promise<number> {
    return (await this.cluster.store.read()).checkpoint?.tick ?? -1;
  }

  async untilCheckpoint(tick: number): Promise<void> {
    const isThere = async () => (await this.pointed()) >= tick;
    await this.cluster.until(isThere, `a checkpoint of tick ${tick}`);
  }

  async untilTopology(version: number): Promise<void> {
    const isThere = async () => (await this.cluster.store.read()).topologyVersion >= version;
    await this.cluster.until(isThere, `topology ${version}`);
  }

  /** What worlds started again from, as the coordinators said. */
  startedAgainFrom(): string[] {
    return this.coordinators.flatMap(({ log }) => {
      return log.messages('info').flatMap((message) => {
        return /^the world starts again from (.*)$/.exec(message)?.[1] ?? [];
      });
    });
  }

  /** The world goes on, and it and its checkpoints are those of one that nothing befell, with no way back to genesis. */
  async expectNothingLost(): Promise<void> {
    const { cluster, coordinators } = this;
    const { colonyInstanceId = '' } = await cluster.store.read();
    const stoodAt = (await cluster.digests.last(colonyInstanceId))?.tick ?? 0;
    await this.untilCheckpoint(stoodAt + 100);
    const digests = await cluster.untilDigest(stoodAt + 200);
    const undisturbed = digests.map((_, i) => ({ tick: 100 * i, digest: expectedDigest(100 * i) }));
    expect(digests).toEqual(undisturbed);
    expect(this.startedAgainFrom()).not.toContain('genesis');
    expect((await cluster.store.read()).fault).toBeUndefined();
    const answer = await cluster.during(coordinators[1].request('/checkpoints'));
    const listed = z.array(checkpointViewSchema).parse(await answer.json());
    for (const { tick, digest, manifest } of listed) {
      const { parts } = await readManifest(cluster.snapshots, manifest);
      expect(parts.length).toBeGreaterThan(0);
      // Of a world that was brought to stand the tick may be any.
      if (tick % 100 === 0) expect([tick, digest]).toEqual([tick, expectedDigest(tick)]);
    }
  }
}
