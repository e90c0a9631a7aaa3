import type { Engine } from '../../kernel/engine.ts';
import { eventfulStep, takeHappenings } from '../../kernel/lockstep/eventful-step.ts';
import type { WorkerPool } from '../../kernel/worker-pool.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Sample } from '../../protocol/colony/sampling.ts';
import { isExchange, ticksToExchange } from '../../protocol/layout/exchanges.ts';
import { shardsOf, type Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import { firstTickOf, type StateOrigin } from '../../world/events/origin.ts';
import { type InjectedAt, Timeline } from '../../world/events/timeline.ts';
import type { SquareSampler } from '../../world/measuring/square-sampler.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { OriginCells } from '../checkpoints/origin-cells.ts';
import { Staging, type StagingPlan } from '../checkpoints/staging.ts';
import { TURNS } from '../halos/halo-parcels.ts';
import { blocksOf } from './shard-blocks.ts';
import { ShardHalos } from './shard-halos.ts';
import { ShardMeasuring } from './shard-measuring.ts';
import { ShardReaders } from './shard-readers.ts';

/** The states that the shards are in. They differ only after a step that was cut short. */
export interface StandingAt {
  readonly minTick: number;
  readonly maxTick: number;
}

export interface ShardSetParts {
  clock: Clock;
  /** The engine of these shards alone: it is closed with them. */
  engine: Engine;
  /** Injected events by tick; those of a tick have arrived before it is granted. @default none */
  injectedAt?: InjectedAt;
  /** Once it is aborted the shards are no longer needed: all work on them ends. */
  signal: AbortSignal;
  /** How many threads of the engine share the work. @default 1 */
  threads?: number;
  /** The cells of the state that the topology starts from. @default none: genesis needs none */
  originCells?: OriginCells;
  /** The slots for checkpoints. @default none: there will be none */
  staging?: StagingPlan;
}

/**
 * The shards of one backend in one topology, in lockstep. Blocks hold them: a block may hold several
 * shards, or part of one. During a batch of work the blocks belong to the worker pool, so others must
 * read them through `read`.
 */
export class ShardSet {
  readonly blocks: readonly CellBlock[];
  /** Where the cells of a checkpoint are copied to, see `stage`. */
  readonly staging: Staging | undefined;
  readonly #shards: readonly number[];
  readonly #timeline: Timeline;
  readonly #topology: Topology;
  readonly #parts: ShardSetParts;
  readonly #pool: WorkerPool;
  readonly #halos: ShardHalos;
  readonly #measuring: ShardMeasuring;
  readonly #readers: ShardReaders;
  /** The ticks of the step that is under way, or was cut short; else 0. */
  #ticksUnderWay = 0;
  /** How many shards have the cells of the state that they start from. */
  #restored = 0;
  #tick: number;
  #sampler: SquareSampler | undefined;

  private constructor(
    blocks: readonly CellBlock[],
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    parts: ShardSetParts,
  ) {
    const { clock, engine, injectedAt, signal } = parts;
    this.#shards = shardsOf(topology, ownIndex);
    this.#timeline = new Timeline(spec, injectedAt, topology.origin);
    this.#topology = topology;
    this.#parts = parts;
    this.#tick = firstTickOf(topology.origin);
    this.#readers = new ShardReaders(clock, () => this.#tick);
    this.#halos = new ShardHalos(engine, blocks, topology, ownIndex);
    const atBorder = this.#halos.blocksAtBorder;
    const isAtBorder = (block: CellBlock) => atBorder.has(block);
    this.blocks = [...blocks.filter(isAtBorder), ...blocks.filter((block) => !isAtBorder(block))];
    this.staging = parts.staging && new Staging(engine, parts.staging);
    const staged = this.staging?.turns(topology, this.blocks) ?? [];
    this.#pool = engine.createPool(
      {
        ...{ spec, blocks: this.blocks, awaited: atBorder.size },
        turns: [...this.#halos.turns, ...staged],
      },
      { signal, yieldToIo: () => clock.yieldToIo() },
    );
    this.#measuring = new ShardMeasuring(this.#pool);
  }

  /**
   * Allocates the blocks of the shards and creates the worker pool; call `close` when they are no
   * longer needed. Yields between blocks.
   *
   * @returns undefined if the signal was aborted meanwhile.
   * @throws RangeError if there is not enough memory.
   */
  static async allocate(
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    parts: ShardSetParts,
  ): Promise<ShardSet | undefined> {
    const blocks: CellBlock[] = [];
    for (const extent of blocksOf(topology, ownIndex, parts.threads ?? 1)) {
      blocks.push(parts.engine.createBlock(extent));
      await parts.clock.yieldToIo();
      if (parts.signal.aborted) return undefined;
    }
    return new ShardSet(blocks, topology, ownIndex, spec, parts);
  }

  /**
   * Brings every shard into the state that the topology starts from.
   *
   * @returns false if the signal was aborted.
   */
  async initialize(): Promise<boolean> {
    const { origin } = this.#topology;
    if (origin.kind === 'genesis') return this.#pool.writeGenesis();
    const { originCells, signal } = this.#parts;
    if (originCells === undefined) throw new Error(`no cells of the state of tick ${origin.tick}`);
    // Margins get their terrain here, all else in the first exchange, before any event happens.
    const outcomes = await Promise.allSettled([
      this.#pool.restoreTerrain(origin.conditions),
      originCells({
        ...{ origin, signal, topology: this.#topology },
        ...{ shards: this.#shards, blocks: this.blocks },
        onShards: (shards) => {
          this.#restored = shards;
        },
      }),
    ]);
    if (signal.aborted) return false;
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return true;
  }

  /** What samples the blocks for pictures; made for the first of them. */
  get sampler(): SquareSampler {
    this.#sampler ??= this.#parts.engine.createSampler();
    return this.#sampler;
  }

  /** How many shards there are. */
  get size(): number {
    return this.#shards.length;
  }

  /** How many shards are initialised so far, at genesis estimated from the blocks that are done. */
  get initialized(): number {
    if (this.blocks.length === 0) return 0;
    if (this.#topology.origin.kind === 'state') return this.#restored;
    return Math.floor((this.#pool.blocksDone / this.blocks.length) * this.size);
  }

  /** The tick of the state that all shards are in; during a step, the one before it. */
  get tick(): number {
    return this.#tick;
  }

  /**
   * How many ticks are done or under way, those of a step that was cut short included: only events of
   * this tick or later ones can still be applied.
   */
  get ticksBegun(): number {
    return this.#tick + this.#ticksUnderWay;
  }

  /** Indices of the neighbours: backends that need cells of these shards and own cells that these need. */
  get peers(): number[] {
    return this.#halos.peers;
  }

  /** The rules in force. */
  get rules(): Rules {
    return this.#timeline.rules;
  }

  /**
   * How many ticks one step may take from here: up to the next exchange, and to the next tick that has
   * events.
   */
  get ticksAhead(): number {
    return this.#timeline.ticksAlike(ticksToExchange(this.#topology, this.#tick));
  }

  /** The present state as an origin; of injected events it knows nothing. */
  originHere(): StateOrigin {
    return this.#timeline.originHere(0);
  }

  /**
   * Copies the bands of a round of `staging` out of the present state.
   *
   * @returns false if the signal was aborted.
   */
  stage(round: number): Promise<boolean> {
    return this.#pool.packParcels(TURNS + round);
  }

  /** Packs what peers need of the present state; see `departing`. */
  pack(): Promise<boolean> {
    return this.#pool.packParcels(this.#halos.turnOf(this.#tick));
  }

  /**
   * The message for a peer of the exchange at this tick, with room for its header in front. Its cells are
   * there from when they are packed until those of the exchange after the next are.
   */
  departing(peer: number, tick: number): Uint8Array {
    return this.#halos.departing(peer, tick);
  }

  /**
   * Where to put the message of a peer: before the step that begins with its exchange, and no earlier
   * than the border blocks have done the step that begins two exchanges before.
   */
  arriving(peer: number, tick: number): Uint8Array {
    return this.#halos.arriving(peer, tick);
  }

  /**
   * Advances every shard from state t to state t + ticks. Where an exchange is due, the cells of other
   * backends must have arrived; those of shards held here are copied to where they are needed.
   *
   * @param ticks at most `ticksAhead`.
   * @param onBorderDone called, if other backends need cells of these shards, once those cells are in
   * state t + ticks, and packed if an exchange is due then. Inner blocks may still be ticking.
   * @returns false if the signal was aborted; the shards are then left in different states for good.
   */
  async step(ticks: number, onBorderDone: () => void): Promise<boolean> {
    if (!(ticks >= 1 && ticks <= this.ticksAhead)) {
      throw new Error(`${ticks} ticks in a step, at most ${this.ticksAhead} from ${this.#tick}`);
    }
    const tick = this.#tick;
    const exchangesAt = (at: number) => isExchange(this.#topology, at);
    this.#readers.stepBegins();
    this.#ticksUnderWay = ticks;
    try {
      const happenings = takeHappenings(this.#timeline, tick, ticks);
      const isWhole = await eventfulStep(this.#pool, happenings, {
        ...{ tick, ticks, rules: this.#timeline.rules, onAwaited: onBorderDone },
        ...(exchangesAt(tick) && { fillTurn: this.#halos.turnOf(tick) }),
        ...(exchangesAt(tick + ticks) && { packTurn: this.#halos.turnOf(tick + ticks) }),
      });
      if (!isWhole) return false;
      this.#tick += ticks;
      this.#ticksUnderWay = 0;
      return true;
    } finally {
      this.#readers.stepEnds();
    }
  }

  /** The first tick after the present one that a reader waits for: a step should end there. */
  get awaitedTick(): number | undefined {
    return this.#readers.awaitedTick;
  }

  /**
   * Reads the shards when all are in one state: at once, or after the step under way.
   * Throws BACKEND_FAILED if too many readers wait.
   *
   * @param fromTick waits for this tick too, up to `READ_WAIT_MS`. @default none
   */
  read<T>(
    look: (blocks: readonly CellBlock[], at: StandingAt) => T,
    { fromTick = 0 }: { fromTick?: number } = {},
  ): Promise<T> {
    return this.#readers.read(
      () => look(this.blocks, { minTick: this.#tick, maxTick: this.ticksBegun }),
      fromTick,
    );
  }

  /**
   * Measures the present state over all shards, of which there must be some. The changes are those since the
   * last state that was measured and is sampled, or since the state that the topology starts from.
   *
   * @param withSurvey @default false
   * @returns undefined if the signal was aborted.
   */
  measure(withDigest: boolean, withSurvey = false): Promise<Sample | undefined> {
    const parts = { tick: this.#tick, shards: this.size, origin: this.#topology.origin };
    return this.#measuring.measure(parts, withDigest, withSurvey);
  }

  /** Ends all work on the shards; resolves once nothing is written any more. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}
