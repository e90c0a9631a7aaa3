import type { Readings } from '../../platform/observability/metric-table.ts';
import type { ProcessUsage } from '../../platform/observability/process-usage.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  type BackendStatus,
  type HeartbeatReply,
  type HeartbeatRequest,
  INITIALIZING_ANSWER_MS,
  type ReadCellsRequest,
  type ReadPictureRequest,
  type ReadTilesRequest,
  type StartTickingResult,
} from '../../protocol/wire/rpc.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import type { BackendMetrics } from '../metrics/backend-metrics.ts';
import type { ShardSet } from '../shards/shard-set.ts';
import { backendLoad } from './backend-load.ts';
import { backendReadings } from './backend-readings.ts';
import { backendStatus } from './backend-status.ts';
import { cellsPart } from './cells-part.ts';
import type { FenceGuard } from './fence-guard.ts';
import { HandOver } from './hand-over.ts';
import { assertNotOlder, Holding } from './holding.ts';
import { HostedTopology, type HostingParts } from './hosted-topology.ts';
import {
  assertEngineVersion,
  assertSameColony,
  assertSameTopology,
  ownIndexIn,
} from './initialization-rules.ts';
import { picturePart } from './picture-part.ts';
import { tilePart } from './tile-part.ts';

export interface HostingOptions extends HostingParts {
  bootId: string;
  pid: number;
  guard: FenceGuard;
  /** Bytes that the shards may take; a larger topology is refused before anything is allocated. */
  memoryLimitBytes: number;
  /** What the process takes of its machine. @default nothing is known of that: zeros */
  usage?: (() => ProcessUsage) | undefined;
}

const NO_USAGE: ProcessUsage = { memoryBytes: 0, processorMs: 0 };

/**
 * Carries out the calls of the leader and of neighbours on what this backend holds: nothing, or a
 * colony, or a colony and a topology with its shards. Every call passes `admit` first.
 *
 * A repeated call with the same content does nothing; with other content it is refused.
 */
export class Hosting {
  readonly #options: HostingOptions;
  readonly #holding: Holding;
  readonly #handOver: HandOver;
  readonly #startedMs: number;

  constructor(options: HostingOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
    this.#holding = new Holding(options.guard, options.log);
    const isHolding = () => this.#holding.held?.hosted !== undefined;
    this.#handOver = new HandOver(options.clock, isHolding);
  }

  /** Records a call's fence; throws STALE_FENCE. What the fence supersedes is dropped at once. */
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
    // What was granted to the shards before is not granted to these.
    grant.startAt(firstTickOf(topology.origin));
    held.hosted = new HostedTopology(topology, ownIndex, spec, grant, this.#options, events);
    const { topologyVersion: version, backends } = topology;
    const shards = held.hosted.shardNumbers.length;
    this.#log.info({ version, backends: backends.length, shards }, 'The topology is initialized.');
  }

  /**
   * Resolves once the shards are initialised, or after `INITIALIZING_ANSWER_MS` while that goes on.
   * Throws STALE_FENCE if they have been superseded meanwhile.
   */
  async initializeShards(fence: Fence): Promise<void> {
    this.#holding.admitUnreleased(fence);
    this.#handOver.heard();
    const hosted = this.requireTopology(fence);
    const initializing = hosted.initializeShards(this.#holding.dropped);
    if (!(await isDoneWithin(this.#options.clock, INITIALIZING_ANSWER_MS, initializing))) {
      initializing.catch((failure: unknown) => hosted.tellLater(failure));
    }
    if (this.#holding.held?.hosted === hosted) return;
    this.#holding.admitUnreleased(fence);
    throw new ColonyError(
      'STALE_FENCE',
      'the topology was superseded while its shards were being initialized',
    );
  }

  /** Checks colony, then topology, then shards; a repeated call starts nothing. */
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

  /**
   * Applies the grant to the topology that it names, unless a newer one has come; if that is not held yet, only
   * returns the status.
   */
  heartbeat(fence: Fence, request: HeartbeatRequest): HeartbeatReply {
    this.#holding.admitUnreleased(fence);
    this.#handOver.heard();
    const { held } = this.#holding;
    if (held?.hosted === undefined) return { status: this.status(), samples: [] };
    assertNotOlder(held.hosted.topology, fence);
    const { shards, topology, tick } = held.hosted;
    const ticksBegun = shards?.ticksBegun ?? tick;
    held.events.take(request.events, ticksBegun, topology.origin);
    const { eventSeq, grantNumber: number, ticksPerSecond } = request;
    // A horizon for backends that have more events than this one lets it run no further than before.
    const isForThis = held.events.through >= eventSeq;
    const horizon = isForThis ? request.horizon : Math.min(request.horizon, held.grant.horizon);
    const { checkpointing } = held.hosted;
    const { checkpointTick, withPicture } = request;
    const asked = { tick: checkpointTick, withPicture, epoch: fence.epoch, number };
    checkpointing.ask(asked, ticksBegun);
    held.grant.apply({ epoch: fence.epoch, number, horizon, ticksPerSecond }, ticksBegun);
    held.hosted.samples.confirm(request.durableThroughTick);
    held.hosted.wake();
    const { report } = checkpointing;
    return {
      status: this.status(),
      samples: held.hosted.samples.told,
      // Whoever does not ask has heard of it.
      ...(report !== undefined && report.tick === checkpointTick && { checkpoint: report }),
    };
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
    const { shards, topology, ownIndex } = this.#readable(fence);
    return picturePart(shards, topology, ownIndex, request);
  }

  readTiles(fence: Fence, request: ReadTilesRequest): Promise<Uint8Array> {
    const { shards, topology, ownIndex } = this.#readable(fence);
    return tilePart(shards, topology, ownIndex, request);
  }

  readCells(fence: Fence, request: ReadCellsRequest): Promise<Uint8Array> {
    const { shards, topology } = this.#readable(fence);
    return cellsPart(shards, topology, request);
  }

  /** What a reader of the shards needs; throws COLONY_, TOPOLOGY_ or SHARDS_NOT_INITIALIZED. */
  #readable(fence: Fence): { shards: ShardSet; topology: Topology; ownIndex: number } {
    this.admit(fence);
    const { shards, topology, ownIndex } = this.requireTopology(fence);
    if (shards === undefined) {
      throw new ColonyError('SHARDS_NOT_INITIALIZED', 'the shards are not initialized');
    }
    return { shards, topology, ownIndex };
  }

  /**
   * The fence of halos: the highest seen, which is one of the topology that is held, because `admit`
   * drops a topology as soon as it is superseded.
   */
  get haloFence(): Fence {
    const { highest } = this.#options.guard;
    const topologyVersion = this.#holding.held?.hosted?.topology.topologyVersion;
    return topologyVersion === undefined ? highest : { ...highest, topologyVersion };
  }

  /** The messages for a peer that the topology still keeps. */
  keptHalos(bootId: string): readonly Uint8Array[] {
    return this.#holding.held?.hosted?.exchange?.keptFor(bootId) ?? [];
  }

  /** The message that a peer pulls; throws like `requireTopology`, or HALO_NOT_READY or HALO_INVALID. */
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
    const { bootId, pid, guard, clock, usage } = this.#options;
    const { isDraining } = this.#handOver;
    const load = backendLoad(clock.nowMs() - this.#startedMs, usage?.() ?? NO_USAGE, this.#holding);
    const self = { bootId, pid, fence: guard.highest, isDraining, load };
    return backendStatus(self, this.#holding.held);
  }

  /** What is read of it for `/metrics`; keeps no account of its own. */
  get figures(): Readings<BackendMetrics> {
    return backendReadings(this.status(), this.#holding.held);
  }

  /** Hands its shards over, as long as a leader is there to take them; see `HandOver`. */
  drain(atMostMs: number, atOnce?: AbortSignal): Promise<boolean> {
    return this.#handOver.drain(atMostMs, atOnce);
  }

  /** Stops ticking; resolves once nothing is written any more. */
  async close(): Promise<void> {
    this.#holding.drop('The backend stops.');
    await this.#holding.dropped;
  }

  get #log() {
    return this.#options.log;
  }
}
