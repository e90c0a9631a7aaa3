import { afterEach, describe, expect, it } from 'vitest';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';

/**
 * The points that one process passes on its way through something, in their order: before and after each of
 * its calls to the outside and each call to it, and where it lets other work run while it packs or unpacks
 * cells. It may be killed at one of them. Of what it does between two of them nothing is seen outside.
 */
class Way {
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
async function pointsOf(victim: Victim, going: Going): Promise<string[]> {
  const colony = await WatchedColony.watch(victim);
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

/** A colony of which one process is watched, and maybe killed, on its way. */
class WatchedColony extends CheckpointedColony {
  readonly way: Way;
  /** Of the newest checkpoint when the way began. */
  #firstTick = 0;

  private constructor(
    { cluster, backends, coordinators }: CheckpointedColony,
    way: Way,
    victim: Victim,
  ) {
    super(cluster, backends, coordinators);
    this.way = way;
    way.kill = () => (victim === 'leader' ? coordinators : backends)[0].kill();
  }

  /** @param killAt where the first backend, or the leader, is killed. @default nowhere */
  static async watch(victim: Victim, killAt?: string): Promise<WatchedColony> {
    const way = new Way(killAt);
    const colony = await CheckpointedColony.start({ [victim]: () => ({ onPoint: way.onPoint }) });
    return new WatchedColony(colony, way, victim);
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
}

/** What a process is doing, how that is brought about, and what it leads past at least. */
export type CrashWay = [what: string, Going, passes: string[]];

/** Kills one process at each point of each way: the colony loses nothing. */
export async function describeCrashes(victim: Victim, ways: readonly CrashWay[]): Promise<void> {
  const all = await Promise.all(
    ways.map(async ([what, going, passes]) => {
      return { what, going, passes, points: await pointsOf(victim, going) };
    }),
  );
  describe.each(all)(`a ${victim} that dies while $what`, ({ going, passes, points }) => {
    let colony: WatchedColony | undefined;
    afterEach(() => colony?.cluster.close());

    it('comes to all points of its way', () => {
      expect(points).toEqual(expect.arrayContaining(passes));
    });

    it.each(points)('%s, leaves a colony that has lost nothing', async (point) => {
      colony = await WatchedColony.watch(victim, point);
      await going(colony);
      expect(colony.way.isKilled).toBe(true);
      await colony.expectNothingLost();
    });
  });
}
