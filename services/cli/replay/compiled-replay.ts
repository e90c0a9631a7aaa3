import type { Engine } from '../../kernel/engine.ts';
import { KERNEL_MEMORY_MAX_BYTES } from '../../kernel/kernel-memory.ts';
import { eventfulStep, takeHappenings } from '../../kernel/lockstep/eventful-step.ts';
import type { Measurement, WorkerPool } from '../../kernel/worker-pool.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { BlockExtent, CellBlock } from '../../world/cells/cell-block.ts';
import { type CellCopy, copyCells } from '../../world/cells/cell-copy.ts';
import { firstTickOf, GENESIS } from '../../world/events/origin.ts';
import { injectedAt, Timeline } from '../../world/events/timeline.ts';
import { EMPTY_CHANGES, mergeChanges } from '../../world/measuring/changes.ts';
import { addDigests, formatDigest } from '../../world/measuring/digest.ts';
import { type Layer, type LayerRectangle, sampleLayer } from '../../world/measuring/layers.ts';
import { EMPTY_STATISTICS, mergeStatistics } from '../../world/measuring/statistics.ts';
import { EMPTY_SURVEY, mergeSurveys, type Survey } from '../../world/measuring/survey.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { marginCopies } from '../../world/tick/margin-copies.ts';
import { RADIUS } from '../../world/tick/tick.ts';
import { blocksOfWorld, bytesOfBlocks, shareBlocks } from './block-shares.ts';
import type { Replay, ReplayOptions } from './replay.ts';

/** As many as the kernel takes in one sweep. */
const TICKS_PER_STEP = 4;

/** A memory holds the scratch of its threads too, and lists of copies. */
const ADDRESS_BYTES = KERNEL_MEMORY_MAX_BYTES * (15 / 16);

/** What works on a replay. */
export interface ReplayMachine {
  /** Creates an engine with a memory of its own. */
  createEngine: () => Engine;
  /** How many threads of an engine share the work. */
  threads: number;
  clock: Clock;
  /** What the blocks in one memory may span. @default what a compiled kernel can address */
  addressBytes?: number;
  /** The most ticks of a step; margins are three times as wide. @default 4 */
  ticksPerStep?: number;
}

/** Blocks in one memory, and the threads that work on them. */
interface Share {
  readonly engine: Engine;
  readonly blocks: readonly CellBlock[];
  readonly pool: WorkerPool;
}

/**
 * A world that the compiled kernel computes, with all threads of the machine: the state of any backend, without
 * the others. A world that is larger than one memory is held in several, which take turns.
 *
 * Margins are filled at the start of every step: nothing has to arrive for it.
 */
export class CompiledReplay implements Replay {
  readonly spec: WorldSpec;
  readonly #timeline: Timeline;
  readonly #ticksPerStep: number;
  readonly #shares: readonly Share[];
  /** Between blocks of different memories, which only the calling thread sees. */
  readonly #crossings: readonly CellCopy[];
  /** What was measured of changes, and not asked for yet. */
  #changes = EMPTY_CHANGES;
  #tick: number;

  private constructor(
    spec: WorldSpec,
    shares: readonly Share[],
    options: ReplayOptions,
    { ticksPerStep = TICKS_PER_STEP }: ReplayMachine,
  ) {
    const origin = options.start?.origin ?? GENESIS;
    this.spec = spec;
    this.#timeline = new Timeline(spec, injectedAt(options.events ?? []), origin);
    this.#tick = firstTickOf(origin);
    this.#ticksPerStep = ticksPerStep;
    this.#shares = shares;
    this.#crossings = shares.flatMap(({ blocks }) => {
      const others = shares.filter((other) => other.blocks !== blocks);
      return copiesBetween(
        blocks,
        others.flatMap((other) => other.blocks),
      );
    });
  }

  /** The bytes that the cells of a world will take. */
  static bytesOf(spec: WorldSpec, options: ReplayOptions, machine: ReplayMachine): number {
    return bytesOfBlocks(extentsOf(spec, options, machine));
  }

  /**
   * Allocates a world and brings it into its first state.
   *
   * @throws RangeError if there is not enough memory; KernelThreadError if a thread cannot be started.
   */
  static async create(
    spec: WorldSpec,
    options: ReplayOptions,
    machine: ReplayMachine,
  ): Promise<CompiledReplay> {
    const { addressBytes = ADDRESS_BYTES } = machine;
    const shares: Share[] = [];
    try {
      for (const extents of shareBlocks(extentsOf(spec, options, machine), addressBytes)) {
        shares.push(layShare(spec, extents, machine));
      }
      await fill(shares, options);
      return new CompiledReplay(spec, shares, options, machine);
    } catch (error) {
      await closeAll(shares);
      throw error;
    }
  }

  get tick(): number {
    return this.#tick;
  }

  async advance(most: number): Promise<void> {
    const tick = this.#tick;
    const ticks = this.#timeline.ticksAlike(Math.min(most, this.#ticksPerStep));
    const happenings = takeHappenings(this.#timeline, tick, ticks);
    const { rules } = this.#timeline;
    this.#crossings.forEach(copyCells);
    for (const { pool } of this.#shares) {
      stillOpen(await eventfulStep(pool, happenings, { tick, ticks, rules, fillTurn: 0 }));
    }
    this.#tick += ticks;
  }

  async digest(): Promise<string> {
    let sum = 0n;
    for (const { digest } of await this.#measureShares(true)) sum = addDigests(sum, digest ?? 0n);
    return formatDigest(sum);
  }

  get rules(): Rules {
    return this.#timeline.rules;
  }

  sample(layer: Layer, rect: LayerRectangle, out: Uint8Array): void {
    for (const { blocks } of this.#shares) {
      for (const block of blocks) sampleLayer(block, layer, this.rules, this.#tick, rect, 0, out);
    }
  }

  async measure() {
    const parts = await this.#measureShares(false);
    const statistics = parts
      .map((part) => part.statistics)
      .reduce(mergeStatistics, EMPTY_STATISTICS);
    const changes = this.#changes;
    this.#changes = EMPTY_CHANGES;
    return { statistics, changes };
  }

  async survey(): Promise<Survey> {
    let survey = EMPTY_SURVEY;
    for (const { pool } of this.#shares) {
      survey = mergeSurveys(survey, stillOpen(await pool.survey(this.#tick)));
    }
    return survey;
  }

  /** What happened is kept for `measure`. */
  async #measureShares(withDigest: boolean): Promise<Measurement[]> {
    const parts: Measurement[] = [];
    for (const { pool } of this.#shares) {
      const measured = stillOpen(await pool.measure(this.#tick, withDigest));
      this.#changes = mergeChanges(this.#changes, measured.changes);
      parts.push(measured);
    }
    return parts;
  }

  close(): Promise<void> {
    return closeAll(this.#shares);
  }
}

/** What a pool gives that has not been closed meanwhile. */
function stillOpen<T>(given: T | undefined | false): T {
  if (given === undefined || given === false) throw new Error('the replay is closed');
  return given;
}

function extentsOf(
  spec: WorldSpec,
  { shardSize }: ReplayOptions,
  { threads, ticksPerStep = TICKS_PER_STEP }: ReplayMachine,
): readonly BlockExtent[] {
  return blocksOfWorld(spec, { shardSize, threads, halo: RADIUS * ticksPerStep });
}

function layShare(
  spec: WorldSpec,
  extents: readonly BlockExtent[],
  { createEngine, clock }: ReplayMachine,
): Share {
  const engine = createEngine();
  try {
    const blocks = extents.map((extent) => engine.createBlock(extent));
    const turns = [{ fills: copiesBetween(blocks, blocks), packs: [] }];
    // Nobody cuts a replay short: it is closed.
    const { signal } = new AbortController();
    const yieldToIo = () => clock.yieldToIo();
    const pool = engine.createPool({ spec, blocks, turns }, { signal, yieldToIo });
    return { engine, blocks, pool };
  } catch (error) {
    engine.close();
    throw error;
  }
}

async function fill(shares: readonly Share[], { start }: ReplayOptions): Promise<void> {
  for (const { pool } of shares) {
    if (start === undefined) await pool.writeGenesis();
    else await pool.restoreTerrain(start.origin.conditions);
  }
  await start?.fill(shares.flatMap(({ blocks }) => blocks));
}

async function closeAll(shares: readonly Share[]): Promise<void> {
  await Promise.all(shares.map(({ pool }) => pool.close()));
  for (const { engine } of shares) engine.close();
}

const copiesBetween = (targets: readonly CellBlock[], sources: readonly CellBlock[]): CellCopy[] =>
  targets.flatMap((target) => sources.flatMap((source) => marginCopies(target, source, source)));
