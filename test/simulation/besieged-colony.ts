import { expect } from 'vitest';
import { ERRORS, type ErrorCode } from '../../services/protocol/common/error-codes.ts';
import { type BackendMember, ColonyCluster, type CoordinatorMember } from './colony-cluster.ts';
import { colonyStart } from './colony-requests.ts';
import { expectedDigest, SMALL_WORLD } from './small-world.ts';

/** What a refused request was told. */
export interface Refusal {
  status: number;
  code: ErrorCode;
}

/** Status and code of an answer that must be a problem, whose code must have this status. */
export async function refusalIn(response: Response): Promise<Refusal> {
  const text = await response.text();
  expect(response.headers.get('content-type'), text).toBe('application/problem+json');
  const { status, code } = JSON.parse(text) as Refusal;
  expect(status).toBe(response.status);
  expect(ERRORS[code]?.status).toBe(response.status);
  return { status, code };
}

/** A running colony, real coordinators and backends, that is to tick on whatever comes. */
export class BesiegedColony {
  readonly cluster: ColonyCluster;
  readonly leader: CoordinatorMember;
  readonly standby: CoordinatorMember;
  readonly backends: BackendMember[];

  private constructor(
    cluster: ColonyCluster,
    coordinators: { leader: CoordinatorMember; standby: CoordinatorMember },
    backends: BackendMember[],
  ) {
    this.cluster = cluster;
    this.leader = coordinators.leader;
    this.standby = coordinators.standby;
    this.backends = backends;
  }

  /** Two coordinators and three backends, started with `key`, at tick 100. */
  static async start(key: string): Promise<BesiegedColony> {
    const cluster = new ColonyCluster({ ticksPerSecond: 20 });
    const leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    const standby = await cluster.addCoordinator();
    const backends: BackendMember[] = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend());
    await cluster.clock.advance(500);
    const body = { seed: SMALL_WORLD.seed };
    await cluster.during(colonyStart(leader, key, { waitSeconds: 25, body }));
    await cluster.untilDigest(100);
    return new BesiegedColony(cluster, { leader, standby }, backends);
  }

  async #tick(): Promise<number> {
    return (await this.cluster.view(this.leader)).tick ?? 0;
  }

  /** Resolves once it has done some more ticks. */
  async expectItTicksOn(): Promise<void> {
    const before = await this.cluster.during(this.#tick());
    const isFurther = async () => (await this.#tick()) > before + 2;
    await this.cluster.until(isFurther, 'the world to tick on', 20_000);
  }

  /** Nothing was rolled back, nothing logged as an error, every digest that of one process. */
  async expectNoHarm(): Promise<void> {
    const { cluster, leader, standby } = this;
    const lastTick = 100 * Math.ceil((await cluster.during(this.#tick())) / 100);
    const digests = await cluster.untilDigest(lastTick);
    expect(digests.filter(({ tick }) => tick <= lastTick)).toEqual(
      Array.from({ length: lastTick / 100 + 1 }, (_, i) => ({
        tick: 100 * i,
        digest: expectedDigest(100 * i),
      })),
    );
    expect(await cluster.store.read()).toMatchObject({ generation: 1, topologyVersion: 1 });
    const errors = [leader, standby].flatMap(({ log }) => log.messages('error'));
    expect([...errors, ...cluster.log.messages('error')]).toEqual([]);
  }
}
