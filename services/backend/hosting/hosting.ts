import type { Clock } from '../../platform/runtime/clock.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  type BackendState,
  type BackendStatus,
  type HeartbeatReply,
  type HeartbeatRequest,
  LAYING_ANSWER_MS,
  type ReadPictureRequest,
  type StartTickingResult,
} from '../../protocol/wire/rpc.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import { Grant } from '../ticking/grant.ts';
import { HeldEvents } from '../ticking/held-events.ts';
import type { FenceGuard } from './fence-guard.ts';
import { HostedTopology, type HostingParts } from './hosted-topology.ts';
import {
  assertEngineVersion,
  assertSameColony,
  assertSameTopology,
  type ColonyContent,
  ownIndexIn,
} from './initialization-rules.ts';
import { picturePart } from './picture-part.ts';

export interface HostingOptions extends HostingParts {
  bootId: string;
  pid: number;
  guard: FenceGuard;
  /** What the shards may take; a larger topology is refused before anything is allocated. */
  memoryLimitBytes: number;
}

interface HeldColony {
  content: ColonyContent;
  /** Outlives topologies: the horizon never falls within an instance. */
  grant: Grant;
  /** Outlive topologies too. */
  events: HeldEvents;
  hosted: HostedTopology | undefined;
}

/**
 * What this backend holds: nothing, a colony, a colony and a topology with its shards. Every call
 * first passes `admit`; a higher topologyVersion ends the topology that is held, a higher
 * generation all.
 *
 * Repeated calls with the same content do nothing; with other content they are refused.
 */
export class Hosting {
  readonly #options: HostingOptions;
  #held: HeldColony | undefined;
  /** The last writes of what was dropped. */
  #dropped: Promise<void> = Promise.resolve();

  constructor(options: HostingOptions) {
    this.#options = options;
  }

  /** Takes note of a call's fence; throws STALE_FENCE. What it supersedes is dropped at once. */
  admit(fence: Fence): void {
    this.#options.guard.admit(fence);
    const held = this.#held;
    if (held === undefined) return;
    if (fence.generation > held.content.generation) {
      this.#drop('A newer generation supersedes the colony.');
      return;
    }
    const version = held.hosted?.topology.topologyVersion ?? 0;
    if (held.hosted !== undefined && fence.topologyVersion > version) {
      this.#log.info({ version: fence.topologyVersion }, 'A newer topology supersedes this one.');
      this.#dropTopology(held);
    }
  }

  /** For calls that a released generation must not make any more; throws GENERATION_RELEASED. */
  admitUnreleased(fence: Fence): void {
    this.admit(fence);
    this.#options.guard.assertNotReleased(fence.generation);
  }

  initializeColony(
    fence: Fence,
    { colonyInstanceId, stored }: { colonyInstanceId: string; stored: StoredSpec },
  ): void {
    this.admitUnreleased(fence);
    assertEngineVersion(stored);
    const content = { generation: fence.generation, colonyInstanceId, stored };
    if (this.#held !== undefined) {
      assertSameColony(this.#held.content, content);
      return;
    }
    this.#held = { content, grant: new Grant(), events: new HeldEvents(), hosted: undefined };
    this.#log.info(
      { colonyInstanceId, generation: fence.generation },
      'The colony is initialized.',
    );
  }

  initializeTopology(fence: Fence, topology: Topology): void {
    this.admitUnreleased(fence);
    const held = this.#requireColony();
    const { bootId } = this.#options;
    const ownIndex = ownIndexIn(topology, fence, held.content, bootId, this.#options);
    if (held.hosted !== undefined) {
      this.#assertNotOlder(held.hosted, fence);
      assertSameTopology(held.hosted.topology, topology);
      return;
    }
    const { spec } = held.content.stored;
    const { grant, events } = held;
    held.hosted = new HostedTopology(topology, ownIndex, spec, grant, this.#options, events);
    const { topologyVersion: version, backends } = topology;
    const shards = held.hosted.shardNumbers.length;
    this.#log.info({ version, backends: backends.length, shards }, 'The topology is initialized.');
  }

  /**
   * Resolves when the shards are laid, or after `LAYING_ANSWER_MS` while that goes on; throws
   * STALE_FENCE if they were superseded meanwhile.
   */
  async initializeShards(fence: Fence): Promise<void> {
    this.admitUnreleased(fence);
    const hosted = this.requireTopology(fence);
    await settledWithin(LAYING_ANSWER_MS, hosted.lay(this.#dropped), this.#options.clock);
    if (this.#held?.hosted === hosted) return;
    this.admitUnreleased(fence);
    throw new ColonyError('STALE_FENCE', 'the topology was superseded while its shards were laid');
  }

  /** Checks colony, then topology, then shards; a second one starts nothing. */
  startTicking(fence: Fence): StartTickingResult {
    this.admitUnreleased(fence);
    if (this.#held === undefined) return { result: 'ColonyNotInitialized' };
    const { hosted } = this.#held;
    if (hosted === undefined) return { result: 'TopologyNotInitialized' };
    this.#assertNotOlder(hosted, fence);
    if (hosted.shards === undefined) {
      return { result: 'Error', message: hosted.failure ?? 'the shards are not initialized' };
    }
    if (hosted.failure !== undefined) return { result: 'Error', message: hosted.failure };
    if (!hosted.isTicking) this.#log.info({ tick: hosted.shards.tick }, 'Ticking starts.');
    hosted.startTicking();
    return { result: 'Ok' };
  }

  /** Applies the grant to what it is meant for; one for what is not held here yet tells the status. */
  heartbeat(fence: Fence, request: HeartbeatRequest): HeartbeatReply {
    this.admitUnreleased(fence);
    const held = this.#held;
    if (held?.hosted === undefined) return { status: this.status(), samples: [] };
    this.#assertNotOlder(held.hosted, fence);
    const { shards, topology } = held.hosted;
    held.events.take(request.events, shards?.ticksBegun ?? 0, topology.origin);
    // A horizon that was meant for who has more events is none.
    const horizon = held.events.through >= request.eventSeq ? request.horizon : 0;
    held.grant.apply({ ...request, horizon });
    held.hosted.samples.confirm(request.durableThroughTick);
    held.hosted.wake();
    return { status: this.status(), samples: held.hosted.samples.samples };
  }

  release(fence: Fence, generation: number): void {
    if (generation > fence.generation) {
      throw new ColonyError(
        'BAD_REQUEST',
        `generation ${generation} cannot be released under generation ${fence.generation}`,
      );
    }
    this.admit(fence);
    this.#options.guard.release(generation);
    if (this.#held !== undefined && this.#held.content.generation <= generation) {
      this.#drop('The colony is released.');
    }
  }

  readPicture(fence: Fence, request: ReadPictureRequest): Promise<Uint8Array> {
    this.admit(fence);
    const { spec } = this.#requireColony().content.stored;
    const hosted = this.requireTopology(fence);
    if (hosted.shards === undefined) {
      throw new ColonyError('SHARDS_NOT_INITIALIZED', 'the shards are not laid');
    }
    return picturePart(hosted.shards, spec, hosted.ownIndex, request);
  }

  /**
   * The fence of halos: the highest seen, in the topology that is held. That one is never older:
   * `admit` drops it before.
   */
  get haloFence(): Fence {
    const { highest } = this.#options.guard;
    const topologyVersion = this.#held?.hosted?.topology.topologyVersion;
    return topologyVersion === undefined ? highest : { ...highest, topologyVersion };
  }

  /** The messages for a peer that are kept in the topology that is held. */
  keptHalos(bootId: string): readonly Uint8Array[] {
    return this.#held?.hosted?.exchange?.keptFor(bootId) ?? [];
  }

  /** The message that a peer asks for; throws as `requireTopology`, HALO_NOT_READY and HALO_INVALID. */
  findHalo(fence: Fence, bootId: string, tick: number): Uint8Array {
    const { exchange } = this.requireTopology(fence);
    if (exchange !== undefined) return exchange.find(bootId, tick);
    throw new ColonyError('HALO_NOT_READY', 'the shards do not tick yet');
  }

  /** The topology that a call is about; throws COLONY_ or TOPOLOGY_NOT_INITIALIZED, STALE_FENCE. */
  requireTopology(fence: Fence): HostedTopology {
    const { hosted } = this.#requireColony();
    if (hosted === undefined) {
      throw new ColonyError('TOPOLOGY_NOT_INITIALIZED', 'no topology is held');
    }
    this.#assertNotOlder(hosted, fence);
    return hosted;
  }

  status(): BackendStatus {
    const { bootId, pid, guard } = this.#options;
    const held = this.#held;
    const hosted = held?.hosted;
    const failure = hosted?.failure;
    const state = this.#state();
    return {
      bootId,
      engineVersion: ENGINE_VERSION,
      pid,
      state,
      fence: guard.highest,
      ...(held && {
        colony: {
          colonyInstanceId: held.content.colonyInstanceId,
          generation: held.content.generation,
          topologyVersion: hosted?.topology.topologyVersion ?? 0,
          shards: hosted?.shardNumbers ?? [],
          shardsLaid: hosted?.shardsLaid ?? 0,
          shardsInitialized: hosted?.shards !== undefined,
          ticking: hosted?.isTicking ?? false,
          tick: hosted?.tick ?? 0,
          eventSeq: held.events.through,
        },
      }),
      waitingFor: state === 'Waiting' ? (hosted?.exchange?.waitingFor ?? []) : [],
      ...(failure !== undefined && { failure }),
    };
  }

  /** Stops ticking; resolves when nothing is written any more. */
  async close(): Promise<void> {
    this.#drop('The backend stops.');
    await this.#dropped;
  }

  get #log() {
    return this.#options.log;
  }

  #state(): BackendState {
    if (this.#held === undefined) return 'Idle';
    return this.#held.hosted?.state ?? 'Initializing';
  }

  #requireColony(): HeldColony {
    if (this.#held !== undefined) return this.#held;
    throw new ColonyError('COLONY_NOT_INITIALIZED', 'no colony is held');
  }

  /** A new leader of a higher epoch may still act on an older topology than is held. */
  #assertNotOlder({ topology }: HostedTopology, fence: Fence): void {
    if (fence.topologyVersion === topology.topologyVersion) return;
    const { generation, topologyVersion } = topology;
    throw new ColonyError(
      'STALE_FENCE',
      `the call carries topologyVersion ${fence.topologyVersion}, ${topologyVersion} is held`,
      { extra: { seen: { ...fence, generation, topologyVersion } } },
    );
  }

  #drop(why: string): void {
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
    this.#dropped = Promise.all([this.#dropped, hosted.drop()]).then(() => undefined);
  }
}

/** Resolves or rejects as the work does, but resolves after some time at the latest. */
async function settledWithin(timeoutMs: number, work: Promise<void>, clock: Clock): Promise<void> {
  const settled = new AbortController();
  const patience = clock.sleep(timeoutMs, settled.signal).catch(() => undefined);
  try {
    await Promise.race([work, patience]);
  } finally {
    settled.abort();
    // What fails later is told by the status.
    work.catch(() => undefined);
  }
}
