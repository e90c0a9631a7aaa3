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

/**
 * The points that one process passes on its way through something, in their order: before and after each of
 * its calls to the outside and each call to it, and where it lets other work run while it packs or unpacks
 * cells. It may be killed at one of them. Of what it does between two of them nothing is seen outside.
 */
export class Way {
  /** As `before:snapshots.get 2`: the second time. */
  readonly passed: string[] = [];
  readonly #times = new Map<string, number>();
  readonly #killAt: string | undefined;
  #isOn = false;
  isKilled = false;
  kill = () => {};

  constructor(killAt?: string) {
    this.#killAt = killAt;
  }

  begin(): void {
    this.#isOn = true;
  }

  end(): void {
    this.#isOn = false;
  }

  readonly onPoint = (point: string): void => {
    // Ticking looks at the clock all the time.
    if (!this.#isOn || point.includes(':clock.')) return;
    const time = (this.#times.get(point) ?? 0) + 1;
    this.#times.set(point, time);
    const name = `${point} ${time}`;
    this.passed.push(name);
    if (name !== this.#killAt) return;
    this.isKilled = true;
    this.end();
    this.kill();
  };
}

/** Each point the first time and the last time that it is passed. */
function firstAndLast(passed: readonly string[]): string[] {
  const points = passed.map((name) => name.slice(0, name.lastIndexOf(' ')));
  return passed.filter((_, i) => {
    const point = points[i] ?? '';
    return points.indexOf(point) === i || points.lastIndexOf(point) === i;
  });
}

export type Victim = 'backend' | 'leader';
/** Leads a colony from its first checkpoint to the end of a way, on which a process is watched or killed. */
export type Going = (colony: WatchedColony) => Promise<void>;

/** Where a process can be killed on a way. */
export async function pointsOf(victim: Victim, going: Going): Promise<string[]> {
  const colony = await WatchedColony.start(victim);
  await going(colony);
  await colony.cluster.close();
  return firstAndLast(colony.way.passed);
}

/** The next checkpoint is taken. */
export const takeCheckpoint: Going = async (colony) => {
  const from = await colony.pointed();
  await colony.go(async () => (await colony.pointed()) > from);
};

/** Another backend is lost, and the world starts again from the newest checkpoint. */
export const restore: Going = async (colony) => {
  colony.backends[2].kill();
  await colony.go(() => colony.goesOnUnder(2));
};

/** Backend `index` is told to end, and hands over what it holds; then it is gone. */
export const handOver =
  (index: 0 | 2): Going =>
  async (colony) => {
    let isOver = false;
    const leaving = colony.backends[index];
    void leaving.backend.drain(20_000).then(() => {
      isOver = true;
      leaving.kill();
    });
    await colony.go(() => isOver && colony.goesOnUnder(2));
  };

/** A colony with a checkpoint, of which one process is watched, and maybe killed, on its way. */
export class WatchedColony {
  readonly cluster: ColonyCluster;
  readonly way: Way;
  /** If a backend is watched, it is the first. */
  readonly backends: readonly [BackendMember, BackendMember, BackendMember];
  /** The first one leads. */
  readonly coordinators: readonly [CoordinatorMember, CoordinatorMember];
  /** Of the newest checkpoint when the way began. */
  #firstTick = 0;

  private constructor(
    cluster: ColonyCluster,
    way: Way,
    backends: WatchedColony['backends'],
    coordinators: WatchedColony['coordinators'],
  ) {
    this.cluster = cluster;
    this.way = way;
    this.backends = backends;
    this.coordinators = coordinators;
  }

  /** @param killAt where the watched process is killed. @default nowhere */
  static async start(victim: Victim, killAt?: string): Promise<WatchedColony> {
    const cluster = new ColonyCluster({
      ...{ checkpointIntervalSeconds: 1, leaseMs: 2_000, beatIntervalMs: 500 },
    });
    const way = new Way(killAt);
    const { onPoint } = way;
    const first = await cluster.addBackend(victim === 'backend' ? { onPoint } : {});
    const backends = [first, await cluster.addBackend(), await cluster.addBackend()] as const;
    const leader = await cluster.addCoordinator(victim === 'leader' ? { onPoint } : {});
    await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
    const coordinators = [leader, await cluster.addCoordinator()] as const;
    way.kill = () => (victim === 'leader' ? leader : first).kill();
    await cluster.during(
      leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
    const colony = new WatchedColony(cluster, way, backends, coordinators);
    await colony.untilCheckpoint(100);
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

  /** Whether the world ticks on under a topology, by the word of a backend that stays. */
  goesOnUnder(version: number): boolean {
    const { colony } = this.backends[1].backend.status();
    return (
      colony?.topologyVersion === version && colony.ticking && colony.tick > this.#firstTick + 50
    );
  }

  /** Goes the way until it is over, or the process is killed on it. */
  async go(isOver: () => boolean | Promise<boolean>): Promise<void> {
    const { way, cluster } = this;
    this.#firstTick = await this.pointed();
    way.begin();
    await cluster.until(async () => way.isKilled || (await isOver()), 'the end of the way');
    way.end();
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
    const said = coordinators.flatMap(({ log }) => log.messages('info'));
    expect(said).not.toContain('the world starts again from genesis');
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
