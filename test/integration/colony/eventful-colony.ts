import { expect } from 'vitest';
import type { StagePoint } from '../../../services/coordinator/term/stages.ts';
import {
  type ColonyEvent,
  injectedEventsOf,
} from '../../../services/protocol/colony/colony-event.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart, injectEvent } from '../../simulation/colony-requests.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

/** Its first random event is a new species at tick 491. */
export const WORLD = { ...SMALL_WORLD, width: 48, height: 32, randomEvents: true };

/** A colony of two coordinators and three backends, whose events tests inject and list. */
export class EventfulColony {
  readonly cluster: ColonyCluster;
  readonly leader: CoordinatorMember;
  readonly standby: CoordinatorMember;
  readonly backends: readonly BackendMember[];

  private constructor(
    cluster: ColonyCluster,
    [leader, standby]: readonly [CoordinatorMember, CoordinatorMember],
    backends: readonly BackendMember[],
  ) {
    this.cluster = cluster;
    this.leader = leader;
    this.standby = standby;
    this.backends = backends;
  }

  /** Started at a pace at which the horizon is about 100 ticks ahead. */
  static async start({ ticksPerExchange = 1, dieAt }: StartOptions = {}): Promise<EventfulColony> {
    const cluster = new ColonyCluster({ defaultSpec: WORLD, ticksPerSecond: 20, ticksPerExchange });
    const leader: CoordinatorMember = await cluster.addCoordinator({
      hook: (reached) => {
        if (reached !== dieAt) return undefined;
        leader.kill();
        return new Promise(() => {});
      },
    });
    await cluster.clock.advance(500);
    const standby = await cluster.addCoordinator();
    const backends: BackendMember[] = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend());
    await cluster.clock.advance(1_000);
    const started = await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
    expect(started.status).toBe(200);
    return new EventfulColony(cluster, [leader, standby], backends);
  }

  inject(member: CoordinatorMember, key: string, request: object) {
    return this.cluster.during(injectEvent(member, key, request));
  }

  async listed(member: CoordinatorMember, query = '?from=0'): Promise<ColonyEvent[]> {
    const answer = await this.cluster.during(member.request(`/colony-events${query}`));
    expect(answer.status).toBe(200);
    return (await answer.json()) as ColonyEvent[];
  }

  /** The stored digests are those of one process that replays the log as it is listed. */
  async expectReplayed(member: CoordinatorMember, lastTick: number): Promise<ColonyEvent[]> {
    const digests = await this.cluster.untilDigest(lastTick);
    const events = await this.listed(member);
    const world = new SingleWorld(WORLD, { events: injectedEventsOf(events) });
    for (const { tick, digest } of digests) {
      while (world.tick < tick) world.step();
      expect({ tick, digest: formatDigest(world.digest()) }).toEqual({ tick, digest });
    }
    return events;
  }
}

interface StartOptions {
  ticksPerExchange?: number;
  /** The point at which the leader is killed. */
  dieAt?: StagePoint;
}

export const injectedOf = (events: ColonyEvent[]) =>
  events.filter(({ origin }) => origin === 'injected').sort((a, b) => bySequence(a, b));

const bySequence = (a: ColonyEvent, b: ColonyEvent) => (a.sequence ?? 0) - (b.sequence ?? 0);
