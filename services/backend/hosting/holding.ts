import type { Log } from '../../platform/observability/log.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { Waited } from '../../protocol/wire/backend-load.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import { Grant } from '../ticking/grant.ts';
import { HeldEvents } from '../ticking/held-events.ts';
import { addWaits } from '../ticking/wait-meter.ts';
import type { FenceGuard } from './fence-guard.ts';
import type { HostedTopology } from './hosted-topology.ts';
import type { ColonyContent } from './initialization-rules.ts';

export interface HeldColony {
  readonly content: ColonyContent;
  /** Outlives topologies, as the order of grants does; how far they let shards run does not. */
  readonly grant: Grant;
  /** Outlive topologies too. */
  readonly events: HeldEvents;
  hosted: HostedTopology | undefined;
}

/**
 * What a backend holds at the moment, and what ends it: a higher topologyVersion ends the topology, a
 * higher generation or a release ends everything.
 */
export class Holding {
  readonly #guard: FenceGuard;
  readonly #log: Log;
  #held: HeldColony | undefined;
  /** Resolves with the last writes of what was dropped. */
  #dropped: Promise<void> = Promise.resolve();
  /** Of topologies that were dropped. */
  #computedTicks = 0;
  #waitedMs: Waited = { halos: 0, horizon: 0, pace: 0, samples: 0 };

  constructor(guard: FenceGuard, log: Log) {
    this.#guard = guard;
    this.#log = log;
  }

  get held(): HeldColony | undefined {
    return this.#held;
  }

  /** How many ticks shards were computed on, over all that was ever held. */
  get computedTicks(): number {
    return this.#computedTicks + (this.#held?.hosted?.computedTicks ?? 0);
  }

  /** How long shards have waited, over all that was ever held. */
  get waitedMs(): Waited {
    const now = this.#held?.hosted?.waits.waitedMs;
    return now === undefined ? this.#waitedMs : addWaits(this.#waitedMs, now);
  }

  /** Resolves once nothing that was dropped writes any more. */
  get dropped(): Promise<void> {
    return this.#dropped;
  }

  /** Records a call's fence; throws STALE_FENCE. What the fence supersedes is dropped at once. */
  admit(fence: Fence): void {
    this.#guard.admit(fence);
    const held = this.#held;
    if (held === undefined) return;
    if (fence.generation > held.content.generation) {
      this.drop('A newer generation supersedes the colony.');
      return;
    }
    const version = held.hosted?.topology.topologyVersion ?? 0;
    if (held.hosted !== undefined && fence.topologyVersion > version) {
      this.#log.info({ version: fence.topologyVersion }, 'A newer topology supersedes this one.');
      this.#dropTopology(held);
    }
  }

  /** Checks a call that is not allowed to a released generation; throws GENERATION_RELEASED. */
  admitUnreleased(fence: Fence): void {
    this.admit(fence);
    this.#guard.assertNotReleased(fence.generation);
  }

  /** Holds a colony from now on. Nothing may be held before. */
  hold(content: ColonyContent): void {
    this.#held = { content, grant: new Grant(), events: new HeldEvents(), hosted: undefined };
  }

  /** Throws COLONY_NOT_INITIALIZED if there is none. */
  requireColony(): HeldColony {
    if (this.#held !== undefined) return this.#held;
    throw new ColonyError('COLONY_NOT_INITIALIZED', 'no colony is held');
  }

  /** The topology that a call is about; throws COLONY_ or TOPOLOGY_NOT_INITIALIZED, STALE_FENCE. */
  requireTopology(fence: Fence): HostedTopology {
    const { hosted } = this.requireColony();
    if (hosted === undefined) {
      throw new ColonyError('TOPOLOGY_NOT_INITIALIZED', 'no topology is held');
    }
    assertNotOlder(hosted.topology, fence);
    return hosted;
  }

  drop(why: string): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const { colonyInstanceId, generation } = held.content;
    this.#log.info({ colonyInstanceId, generation }, why);
    this.#dropTopology(held);
  }

  #dropTopology(held: HeldColony): void {
    const { hosted } = held;
    held.hosted = undefined;
    if (hosted === undefined) return;
    this.#computedTicks += hosted.computedTicks;
    this.#waitedMs = addWaits(this.#waitedMs, hosted.waits.waitedMs);
    this.#dropped = Promise.all([this.#dropped, hosted.drop()]).then(() => undefined);
  }
}

/** Throws STALE_FENCE: a new leader of a higher epoch may still act on an older topology. */
export function assertNotOlder({ generation, topologyVersion }: Topology, fence: Fence): void {
  if (fence.topologyVersion === topologyVersion) return;
  throw new ColonyError(
    'STALE_FENCE',
    `the call carries topologyVersion ${fence.topologyVersion}, ${topologyVersion} is held`,
    { extra: { seen: { ...fence, generation, topologyVersion } } },
  );
}
