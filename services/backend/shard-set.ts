import type { Engine } from '../kernel/engine.ts';
import { memoryBlockBytes } from '../kernel/memory-block.ts';
import type { CellCopy, CellRectangle } from '../kernel/rectangles.ts';
import type { Workforce } from '../kernel/workforce.ts';
import type { Clock } from '../platform/clock.ts';
import { ColonyError } from '../protocol/errors.ts';
import { type HaloPiece, haloCells, haloPlan } from '../protocol/halo-plan.ts';
import type { Sample } from '../protocol/sampling.ts';
import { shardPlace, shardsOf, type Topology } from '../protocol/topology.ts';
import type { CellBlock } from '../world/cell-block.ts';
import { formatDigest } from '../world/digest.ts';
import type { Rules } from '../world/rules.ts';
import type { WorldSpec } from '../world/spec.ts';
import { type InjectedAt, Timeline } from '../world/timeline.ts';

/** One shard in memory. */
export interface HostedShard {
  readonly shard: number;
  readonly block: CellBlock;
}

/** The states that shards stand in: they only differ where a tick was cut short. */
export interface StandingAt {
  readonly minTick: number;
  readonly maxTick: number;
}

export interface ShardSetParts {
  clock: Clock;
  /** Of these shards alone: what it holds goes with them. */
  engine: Engine;
  /** Injected events by tick: those of a tick are there before it is granted. @default none */
  injectedAt?: InjectedAt;
  /** Once it is aborted the shards are not wanted any more: all work on them ends. */
  signal: AbortSignal;
}

/** Readers that may wait for the end of a tick. */
const READERS_MAX = 64;

/** Bytes that the shards of one backend take, margins and padding included. */
export function shardSetBytes(topology: Topology, ownIndex: number): number {
  const { shardSize } = topology;
  const extent = { width: shardSize, height: shardSize, halo: haloCells(topology) };
  return shardsOf(topology, ownIndex).length * memoryBlockBytes(extent);
}

/**
 * The shards of one backend in one topology, in lockstep. While they are worked on they belong to
 * their workforce, so that the outside must look through `read`.
 */
export class ShardSet {
  readonly shards: readonly HostedShard[];
  readonly #timeline: Timeline;
  readonly #ticksPerExchange: number;
  readonly #engine: Engine;
  readonly #workforce: Workforce;
  readonly #blocks: ReadonlyMap<number, CellBlock>;
  #readers: (() => void)[] = [];
  #isMidTick = false;
  #isTorn = false;
  #tick = 0;

  private constructor(
    blocks: ReadonlyMap<number, CellBlock>,
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    parts: ShardSetParts,
  ) {
    const { clock, engine, injectedAt, signal } = parts;
    this.#blocks = blocks;
    this.shards = [...blocks].map(([shard, block]) => ({ shard, block }));
    this.#timeline = new Timeline(spec, injectedAt);
    this.#ticksPerExchange = topology.ticksPerExchange;
    this.#engine = engine;
    const plan = haloPlan(topology, ownIndex);
    const copies = plan.local.map(({ sourceShard, targetShard, ...place }): CellCopy => {
      return { source: this.#block(sourceShard), target: this.#block(targetShard), ...place };
    });
    const sources = [...plan.outgoing.values()].flat().map(({ sourceShard }) => sourceShard);
    const atBorder = new Set(sources.map((shard) => this.#block(shard)));
    const inside = [...blocks.values()].filter((block) => !atBorder.has(block));
    this.#workforce = engine.muster(
      { spec, blocks: [...atBorder, ...inside], copies, awaited: atBorder.size },
      { signal, yieldToIo: () => clock.yieldToIo() },
    );
  }

  /**
   * Makes room for the shards, and calls together whoever works on them: `close` them when they
   * are not needed any more. Yields between shards.
   *
   * @returns undefined if they were not wanted any more.
   * @throws RangeError if there is not memory enough.
   */
  static async allocate(
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    parts: ShardSetParts,
  ): Promise<ShardSet | undefined> {
    const halo = haloCells(topology);
    const blocks = new Map<number, CellBlock>();
    for (const shard of shardsOf(topology, ownIndex)) {
      const { x, y } = shardPlace(topology, shard);
      const block = parts.engine.createBlock({
        x,
        y,
        width: topology.shardSize,
        height: topology.shardSize,
        halo,
        worldWidth: topology.width,
        worldHeight: topology.height,
      });
      blocks.set(shard, block);
      await parts.clock.yieldToIo();
      if (parts.signal.aborted) return undefined;
    }
    return new ShardSet(blocks, topology, ownIndex, spec, parts);
  }

  /**
   * Lays the land and the first creatures of every shard: state 0.
   *
   * @returns false if they were not wanted any more.
   */
  lay(): Promise<boolean> {
    return this.#workforce.layGenesis();
  }

  /** While they are laid: how many are by now. */
  get laid(): number {
    return this.#workforce.blocksDone;
  }

  /** The state that all shards are in; while they tick, the one they come from. */
  get tick(): number {
    return this.#tick;
  }

  /**
   * How many ticks are done or under way: events of ticks from this one on will be met. The tick that
   * was cut short counts too.
   */
  get ticksBegun(): number {
    return this.#isTorn ? this.#tick + 1 : this.#tick;
  }

  /** The rules in force. */
  get rules(): Rules {
    return this.#timeline.rules;
  }

  /** Prepares writing what pieces take from shards held here; see `Engine.preparePack`. */
  preparePack(pieces: readonly HaloPiece[]): (out: Uint8Array, offset: number) => number {
    return this.#engine.preparePack(
      pieces.map(({ sourceShard, sourceX: x, sourceY: y, width, height }): CellRectangle => {
        return { block: this.#block(sourceShard), x, y, width, height };
      }),
    );
  }

  /** Prepares reading what pieces bring to shards held here; see `Engine.prepareUnpack`. */
  prepareUnpack(pieces: readonly HaloPiece[]): (bytes: Uint8Array, offset: number) => number {
    return this.#engine.prepareUnpack(
      pieces.map(({ targetShard, targetX: x, targetY: y, width, height }): CellRectangle => {
        return { block: this.#block(targetShard), x, y, width, height };
      }),
    );
  }

  /**
   * Takes every shard from state t to state t + 1. Where an exchange is due, the cells of other
   * backends must be in the margins; those of shards held here are brought there.
   *
   * @param onBorderDone is called, if other backends need cells of these shards, when those are in
   * state t + 1: they may be packed, while the shards inside are still ticked.
   * @returns false if it was not wanted any more; the shards then stand in different states for good.
   */
  async step(onBorderDone: () => void): Promise<boolean> {
    const tick = this.#tick;
    const fillsMargins = tick % this.#ticksPerExchange === 0;
    this.#isMidTick = true;
    this.#isTorn = true;
    try {
      if (!(await this.#happen(tick))) return false;
      const { rules } = this.#timeline;
      const step = { tick, rules, fillsMargins, onAwaited: onBorderDone };
      if (!(await this.#workforce.step(step))) return false;
      this.#isTorn = false;
      this.#tick++;
      return true;
    } finally {
      this.#isMidTick = false;
      this.#settleReaders();
    }
  }

  /**
   * Looks at the shards when all stand in one state: at once, or after the tick under way.
   * Throws BACKEND_FAILED if too many wait to look.
   */
  read<T>(look: (shards: readonly HostedShard[], at: StandingAt) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#readers.length >= READERS_MAX) {
        throw new ColonyError('BACKEND_FAILED', `${READERS_MAX} others wait to look at the shards`);
      }
      const run = () => {
        try {
          const minTick = this.#tick;
          resolve(look(this.shards, { minTick, maxTick: this.ticksBegun }));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#isMidTick) this.#readers.push(run);
      else run();
    });
  }

  /**
   * Measures the present state over all shards. There must be some.
   *
   * @returns undefined if they were not wanted any more.
   */
  async measure(withDigest: boolean): Promise<Sample | undefined> {
    const measured = await this.#workforce.measure(this.#tick, withDigest);
    if (measured === undefined) return undefined;
    const { statistics, digest } = measured;
    return {
      tick: this.#tick,
      shards: this.shards.length,
      statistics: { ...statistics },
      ...(digest !== undefined && { digest: formatDigest(digest) }),
    };
  }

  /** Ends all work on them; resolves when nothing is written any more. */
  close(): Promise<void> {
    return this.#workforce.close();
  }

  /**
   * The events of a tick, on every cell that is held. Margins that are filled from shards held here
   * come after them, with what the same events made of the same cells.
   *
   * @returns false if they were not wanted any more.
   */
  async #happen(tick: number): Promise<boolean> {
    for (const happening of this.#timeline.happen(tick)) {
      if (!(await this.#workforce.apply(happening, tick))) return false;
    }
    return true;
  }

  #block(shard: number): CellBlock {
    const block = this.#blocks.get(shard);
    if (block === undefined) throw new Error(`shard ${shard} is not held here`);
    return block;
  }

  #settleReaders(): void {
    const readers = this.#readers;
    this.#readers = [];
    for (const run of readers) run();
  }
}
