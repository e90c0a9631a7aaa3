import type { Engine } from '../../kernel/engine.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { shardsOf, type Topology } from '../../protocol/layout/topology.ts';
import type { BackendState } from '../../protocol/wire/rpc.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { Checkpointing, type CheckpointPlace } from '../checkpoints/checkpointing.ts';
import type { OriginCells } from '../checkpoints/origin-cells.ts';
import { HaloExchange, type HaloTiming } from '../halos/halo-exchange.ts';
import type { HaloTransport } from '../halos/halo-transport.ts';
import type { BackendCount } from '../metrics/backend-metrics.ts';
import { stagingOf } from '../shards/shard-blocks.ts';
import { ShardSet } from '../shards/shard-set.ts';
import type { Grant } from '../ticking/grant.ts';
import { HeldEvents } from '../ticking/held-events.ts';
import { SampleBuffer } from '../ticking/sample-buffer.ts';
import { TickLoop } from '../ticking/tick-loop.ts';
import { WaitMeter } from '../ticking/wait-meter.ts';

export interface HostingParts {
  clock: Clock;
  log: Log;
  haloTransport: HaloTransport;
  haloTiming?: HaloTiming;
  /** Creates the engine of one topology, after the one before has been closed. */
  createEngine: () => Engine;
  /** How many threads of the engine share the work. @default 1 */
  threads?: number;
  /** The cells of states that worlds start from. @default none: they start from genesis only */
  originCells?: OriginCells;
  /** @default none: checkpoints that are asked for fail */
  checkpoints?: CheckpointPlace;
  /** Bytes that the shards may take. @default as many as there are */
  memoryLimitBytes?: number;
  count?: BackendCount | undefined;
}

/**
 *     bare ──initializeShards──▶ initializing ──▶ initialized ──startTicking──▶ ticking
 *       ▲                              │
 *       └────────────failed────────────┘
 */
type Stage =
  | { name: 'bare' }
  | { name: 'initializing'; done: Promise<void> }
  | { name: 'initialized'; shards: ShardSet }
  | { name: 'ticking'; shards: ShardSet; exchange: HaloExchange; loop: TickLoop };

/**
 * One version of a topology on this backend: its shards, halos, samples and tick loop. A newer
 * version gets an object of its own, so that nothing of an older one can write into it.
 */
export class HostedTopology {
  readonly topology: Topology;
  readonly ownIndex: number;
  readonly samples = new SampleBuffer();
  readonly checkpointing: Checkpointing;
  /** Of its tick loop. */
  readonly waits: WaitMeter;
  readonly #spec: WorldSpec;
  readonly #grant: Grant;
  readonly #events: HeldEvents;
  readonly #parts: HostingParts;
  #stage: Stage = { name: 'bare' };
  #initializeFailure: string | undefined;
  /** Why an attempt to initialise failed that nobody waited for any more. */
  #untoldFailure: unknown;
  /** The shards of the present attempt to initialise, or of the last one. */
  #shards: ShardSet | undefined;
  /** The engine that holds the shards. */
  #engine: Engine | undefined;
  readonly #dropped = new AbortController();

  constructor(
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    grant: Grant,
    parts: HostingParts,
    events = new HeldEvents(),
  ) {
    this.topology = topology;
    this.ownIndex = ownIndex;
    this.#spec = spec;
    this.#grant = grant;
    this.#events = events;
    this.#parts = parts;
    this.waits = new WaitMeter(parts.clock);
    const { clock, log, checkpoints: place, count } = parts;
    this.checkpointing = new Checkpointing({ topology, ownIndex, place, clock, log, count });
  }

  get state(): BackendState {
    if (this.#stage.name === 'ticking') return this.#stage.loop.state;
    return this.#stage.name === 'initialized' ? 'Ready' : 'Initializing';
  }

  get failure(): string | undefined {
    return this.#stage.name === 'ticking' ? this.#stage.loop.failure : this.#initializeFailure;
  }

  get shards(): ShardSet | undefined {
    return 'shards' in this.#stage ? this.#stage.shards : undefined;
  }

  /** The tick of the state that its shards are in, or will start from. */
  get tick(): number {
    return this.shards?.tick ?? firstTickOf(this.topology.origin);
  }

  /** How many ticks its shards have been computed on. */
  get computedTicks(): number {
    return this.tick - firstTickOf(this.topology.origin);
  }

  /** Exchanges the halos of the shards, once they tick. */
  get exchange(): HaloExchange | undefined {
    return this.#stage.name === 'ticking' ? this.#stage.exchange : undefined;
  }

  get isTicking(): boolean {
    return this.#stage.name === 'ticking' && this.#stage.loop.failure === undefined;
  }

  /** How many shards are initialised so far. */
  get initializedShards(): number {
    if (this.#stage.name === 'bare') return 0;
    if (this.#stage.name === 'initializing') return this.#shards?.initialized ?? 0;
    return this.#stage.shards.size;
  }

  get shardNumbers(): readonly number[] {
    return shardsOf(this.topology, this.ownIndex);
  }

  /**
   * Initialises the shards unless that is done; a call while it is under way joins it.
   *
   * @param after what must end first: the last writes of an older topology.
   * @throws BACKEND_FAILED if there is not enough memory; CHECKPOINT_UNREADABLE, STORE_UNAVAILABLE if the
   * cells that it starts from are not to be had. The call may be repeated then.
   */
  async initializeShards(after: Promise<void>): Promise<void> {
    const untold = this.#untoldFailure;
    this.#untoldFailure = undefined;
    if (untold !== undefined) throw untold;
    if (this.#stage.name === 'bare') {
      this.#initializeFailure = undefined;
      this.#stage = { name: 'initializing', done: after.then(() => this.#initialize()) };
    }
    if (this.#stage.name === 'initializing') await this.#stage.done;
  }

  /** The next call throws this failure: the one that it belongs to was answered before. */
  tellLater(failure: unknown): void {
    this.#untoldFailure = failure;
  }

  /** Starts the loop, unless it already runs. The shards must be initialised. */
  startTicking(): void {
    if (this.#stage.name === 'ticking') return;
    if (this.#stage.name !== 'initialized') {
      throw new Error(`cannot tick while ${this.#stage.name}`);
    }
    const { shards } = this.#stage;
    const { haloTransport: transport, haloTiming: timing, clock, log } = this.#parts;
    const exchange = new HaloExchange(this.topology, this.ownIndex, shards, {
      ...{ transport, clock, log },
      ...(timing && { timing }),
    });
    const { samples, topology, checkpointing, waits } = this;
    const parts = {
      ...{ shards, exchange, grant: this.#grant, samples, topology, checkpointing, waits },
      ...{ clock, log },
    };
    const loop = new TickLoop(parts);
    this.#stage = { name: 'ticking', shards, exchange, loop };
    loop.start();
  }

  /** To be called when the grant, or the tick through which samples are stored, may have changed. */
  wake(): void {
    if (this.#stage.name === 'ticking') this.#stage.loop.wake();
  }

  /** Ends it for good; resolves once it no longer writes. */
  async drop(): Promise<void> {
    this.#dropped.abort();
    this.exchange?.close();
    const released = this.checkpointing.drop();
    if (this.#stage.name === 'ticking') await this.#stage.loop.stop();
    if (this.#stage.name === 'initializing') await this.#stage.done.catch(() => undefined);
    await released;
    await this.#close();
  }

  async #initialize(): Promise<void> {
    const { clock, log, createEngine, threads = 1, originCells, checkpoints } = this.#parts;
    const { memoryLimitBytes = Number.POSITIVE_INFINITY } = this.#parts;
    const { signal } = this.#dropped;
    const startedMs = clock.nowMs();
    try {
      const { topology, ownIndex } = this;
      const injectedAt = (tick: number) => this.#events.at(tick);
      this.#engine = createEngine();
      const parts = {
        ...{ clock, engine: this.#engine, injectedAt, signal, threads },
        ...(originCells && { originCells }),
        ...(checkpoints && {
          staging: stagingOf(topology, ownIndex, { threads, memoryLimitBytes }),
        }),
      };
      const shards = await ShardSet.allocate(topology, ownIndex, this.#spec, parts);
      this.#shards = shards;
      if (shards === undefined || !(await shards.initialize())) return;
      this.#stage = { name: 'initialized', shards };
      const tookMs = Math.round(clock.nowMs() - startedMs);
      log.info(
        { shards: shards.size, blocks: shards.blocks.length, tookMs },
        'The shards are initialized.',
      );
    } catch (cause) {
      await this.#close();
      this.#shards = undefined;
      this.#stage = { name: 'bare' };
      this.#initializeFailure = `the shards cannot be initialized: ${cause instanceof Error ? cause.message : cause}`;
      log.error({ err: cause }, 'The shards cannot be initialized.');
      if (cause instanceof ColonyError) throw cause;
      throw new ColonyError('BACKEND_FAILED', this.#initializeFailure, { cause });
    }
  }

  /** Frees the memory, once no thread writes into it any more. */
  async #close(): Promise<void> {
    await this.#shards?.close();
    this.#engine?.close();
    this.#engine = undefined;
  }
}
