import type { Clock } from '../../platform/runtime/clock.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  type BackendStatus,
  type HeartbeatReply,
  type HeartbeatRequest,
  INITIALIZING_ANSWER_MS,
  type ReadPictureRequest,
  type StartTickingResult,
} from '../../protocol/wire/rpc.ts';
import { backendStatus } from './backend-status.ts';
import type { FenceGuard } from './fence-guard.ts';
import { assertNotOlder, Holding } from './holding.ts';
import { HostedTopology, type HostingParts } from './hosted-topology.ts';
import {
  assertEngineVersion,
  assertSameColony,
  assertSameTopology,
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

/**
 * The calls of a leader and of neighbours, and what they make of what this backend holds: nothing, a
 * colony, a colony and a topology with its shards. Every call first passes `admit`.
 *
 * Repeated calls with the same content do nothing; with other content they are refused.
 */
export class Hosting {
  readonly #options: HostingOptions;
  readonly #holding: Holding;

  constructor(options: HostingOptions) {
    this.#options = options;
    this.#holding = new Holding(options.guard, options.log);
  }

  /** Takes note of a call's fence; throws STALE_FENCE. What it supersedes is dropped at once. */
  admit(fence: Fence): void {
    this.#holding.admit(fence);
  }

  initializeColony(
    fence: Fence,
    { colonyInstanceId, stored }: { colonyInstanceId: string; stored: StoredSpec },
  ): void {
    this.#holding.admitUnreleased(fence);
    assertEngineVersion(stored);
    const content = { generation: fence.generation, colonyInstanceId, stored };
    const { held } = this.#holding;
    if (held !== undefined) {
      assertSameColony(held.content, content);
      return;
    }
    this.#holding.hold(content);
    this.#log.info(
      { colonyInstanceId, generation: fence.generation },
      'The colony is initialized.',
    );
  }

  initializeTopology(fence: Fence, topology: Topology): void {
    this.#holding.admitUnreleased(fence);
    const held = this.#holding.requireColony();
    const { bootId } = this.#options;
    const ownIndex = ownIndexIn(topology, fence, held.content, bootId, this.#options);
    if (held.hosted !== undefined) {
      assertNotOlder(held.hosted.topology, fence);
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
   * Resolves when the shards are initialised, or after `INITIALIZING_ANSWER_MS` while that goes on; throws
   * STALE_FENCE if they were superseded meanwhile.
   */
  async initializeShards(fence: Fence): Promise<void> {
    this.#holding.admitUnreleased(fence);
    const hosted = this.requireTopology(fence);
    await settledWithin(
      INITIALIZING_ANSWER_MS,
      hosted.initializeShards(this.#holding.dropped),
      this.#options.clock,
    );
    if (this.#holding.held?.hosted === hosted) return;
    this.#holding.admitUnreleased(fence);
    throw new ColonyError(
      'STALE_FENCE',
      'the topology was superseded while its shards were being initialised',
    );
  }

  /** Checks colony, then topology, then shards; a second one starts nothing. */
  startTicking(fence: Fence): StartTickingResult {
    this.#holding.admitUnreleased(fence);
    const { held } = this.#holding;
    if (held === undefined) return { result: 'ColonyNotInitialized' };
    const { hosted } = held;
    if (hosted === undefined) return { result: 'TopologyNotInitialized' };
    assertNotOlder(hosted.topology, fence);
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
    this.#holding.admitUnreleased(fence);
    const { held } = this.#holding;
    if (held?.hosted === undefined) return { status: this.status(), samples: [] };
    assertNotOlder(held.hosted.topology, fence);
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
    const { held } = this.#holding;
    if (held !== undefined && held.content.generation <= generation) {
      this.#holding.drop('The colony is released.');
    }
  }

  readPicture(fence: Fence, request: ReadPictureRequest): Promise<Uint8Array> {
    this.admit(fence);
    const { spec } = this.#holding.requireColony().content.stored;
    const hosted = this.requireTopology(fence);
    if (hosted.shards === undefined) {
      throw new ColonyError('SHARDS_NOT_INITIALIZED', 'the shards are not initialised');
    }
    return picturePart(hosted.shards, spec, hosted.ownIndex, request);
  }

  /**
   * The fence of halos: the highest seen, in the topology that is held. That one is never older:
   * `admit` drops it before.
   */
  get haloFence(): Fence {
    const { highest } = this.#options.guard;
    const topologyVersion = this.#holding.held?.hosted?.topology.topologyVersion;
    return topologyVersion === undefined ? highest : { ...highest, topologyVersion };
  }

  /** The messages for a peer that are kept in the topology that is held. */
  keptHalos(bootId: string): readonly Uint8Array[] {
    return this.#holding.held?.hosted?.exchange?.keptFor(bootId) ?? [];
  }

  /** The message that a peer asks for; throws as `requireTopology`, HALO_NOT_READY and HALO_INVALID. */
  findHalo(fence: Fence, bootId: string, tick: number): Uint8Array {
    const { exchange } = this.requireTopology(fence);
    if (exchange !== undefined) return exchange.find(bootId, tick);
    throw new ColonyError('HALO_NOT_READY', 'the shards do not tick yet');
  }

  /** The topology that a call is about; throws COLONY_ or TOPOLOGY_NOT_INITIALIZED, STALE_FENCE. */
  requireTopology(fence: Fence): HostedTopology {
    return this.#holding.requireTopology(fence);
  }

  status(): BackendStatus {
    const { bootId, pid, guard } = this.#options;
    return backendStatus({ bootId, pid, fence: guard.highest }, this.#holding.held);
  }

  /** Stops ticking; resolves when nothing is written any more. */
  async close(): Promise<void> {
    this.#holding.drop('The backend stops.');
    await this.#holding.dropped;
  }

  get #log() {
    return this.#options.log;
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
