import type { CellCopy, CellRectangle, Engine } from '../kernel/engine.ts';
import type { Clock } from '../platform/clock.ts';
import { ColonyError } from '../protocol/errors.ts';
import { type HaloPiece, haloCells } from '../protocol/halo-plan.ts';
import type { Sample } from '../protocol/sampling.ts';
import { shardPlace, shardsOf, type Topology } from '../protocol/topology.ts';
import type { CellBlock } from '../world/cell-block.ts';
import { addDigests, formatDigest } from '../world/digest.ts';
import { layGenesis } from '../world/genesis.ts';
import type { WorldSpec } from '../world/spec.ts';
import { EMPTY_STATISTICS, mergeStatistics } from '../world/statistics.ts';

/** One shard in memory, and the number of the state it is in. */
export interface HostedShard {
  readonly shard: number;
  readonly block: CellBlock;
  tick: number;
}

/** Fields of a cell, and the working memory of a tick, which all shards share. */
const BLOCK_BYTES_PER_CELL = 17;
const SCRATCH_BYTES_PER_CELL = 10;

/** Readers that may wait for the end of a tick. */
const READERS_MAX = 64;

/** Bytes that the shards of one backend take, margins and working memory included. */
export function shardSetBytes(topology: Topology, ownIndex: number): number {
  const side = topology.shardSize + 2 * haloCells(topology);
  const shards = shardsOf(topology, ownIndex).length;
  return side * side * (shards * BLOCK_BYTES_PER_CELL + SCRATCH_BYTES_PER_CELL);
}

/**
 * The shards of one backend in one topology. They tick in lockstep; between two of them other work
 * gets its turn, so that the outside must look through `read`.
 */
export class ShardSet {
  readonly shards: readonly HostedShard[];
  readonly #spec: WorldSpec;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #blocks: ReadonlyMap<number, CellBlock>;
  #readers: (() => void)[] = [];
  #isMidTick = false;
  #tick = 0;

  private constructor(shards: HostedShard[], spec: WorldSpec, clock: Clock, engine: Engine) {
    this.shards = shards;
    this.#spec = spec;
    this.#clock = clock;
    this.#engine = engine;
    this.#blocks = new Map(shards.map(({ shard, block }) => [shard, block]));
  }

  /**
   * Lays the land and the first creatures of every shard: state 0. Yields between shards.
   *
   * @param engine of these shards alone: what it holds goes with them
   * @param onLaid told how many are laid by now; false if they are not wanted any more
   * @returns undefined if they were not wanted any more
   */
  static async lay(
    topology: Topology,
    ownIndex: number,
    spec: WorldSpec,
    clock: Clock,
    engine: Engine,
    onLaid: (shards: number) => boolean,
  ): Promise<ShardSet | undefined> {
    const halo = haloCells(topology);
    const shards: HostedShard[] = [];
    for (const shard of shardsOf(topology, ownIndex)) {
      const { x, y } = shardPlace(topology, shard);
      const block = engine.createBlock({
        x,
        y,
        width: topology.shardSize,
        height: topology.shardSize,
        halo,
        worldWidth: topology.width,
        worldHeight: topology.height,
      });
      layGenesis(block, spec);
      shards.push({ shard, block, tick: 0 });
      await clock.yieldToIo();
      if (!onLaid(shards.length)) return undefined;
    }
    return new ShardSet(shards, spec, clock, engine);
  }

  /** The state that all shards are in; while they tick, the one they come from. */
  get tick(): number {
    return this.#tick;
  }

  /** Prepares the copies of pieces between shards held here. */
  prepareCopies(pieces: readonly HaloPiece[]): () => void {
    return this.#engine.prepareCopies(
      pieces.map(({ sourceShard, targetShard, ...place }): CellCopy => {
        return { source: this.#block(sourceShard), target: this.#block(targetShard), ...place };
      }),
    );
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
   * Takes every shard from state t to state t + 1. Their margins must be valid.
   * False if it was not wanted any more; the shards then stand in different states for good.
   */
  async step(isWanted: () => boolean): Promise<boolean> {
    const { rules, seed } = this.#spec;
    this.#isMidTick = true;
    try {
      for (const shard of this.shards) {
        this.#engine.tick(shard.block, rules, seed, this.#tick);
        shard.tick++;
        await this.#clock.yieldToIo();
        if (!isWanted()) return false;
      }
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
  read<T>(look: (shards: readonly HostedShard[]) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#readers.length >= READERS_MAX) {
        throw new ColonyError('BACKEND_FAILED', `${READERS_MAX} others wait to look at the shards`);
      }
      const run = () => {
        try {
          resolve(look(this.shards));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#isMidTick) this.#readers.push(run);
      else run();
    });
  }

  /** Measures the present state over all shards; yields between them. There must be some. */
  async measure(withDigest: boolean): Promise<Sample> {
    let digest = 0n;
    let statistics = { ...EMPTY_STATISTICS };
    for (const { block } of this.shards) {
      statistics = mergeStatistics(statistics, this.#engine.statisticsOf(block, this.#tick));
      if (withDigest) digest = addDigests(digest, this.#engine.digestOf(block));
      await this.#clock.yieldToIo();
    }
    return {
      tick: this.#tick,
      shards: this.shards.length,
      statistics: { ...statistics },
      ...(withDigest && { digest: formatDigest(digest) }),
    };
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
