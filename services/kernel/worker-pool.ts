import type { CellBlock } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import type { Conditions } from '../world/events/events.ts';
import type { Happening } from '../world/events/timeline.ts';
import type { Changes } from '../world/measuring/changes.ts';
import type { Statistics } from '../world/measuring/statistics.ts';
import type { Survey } from '../world/measuring/survey.ts';
import type { Rules } from '../world/spec/rules.ts';
import type { WorldSpec } from '../world/spec/spec.ts';

/** What a pool works on for as long as it lives. */
export interface PoolPlan {
  readonly spec: WorldSpec;
  /** Blocks of one engine, of no other pool, in the order in which they are worked on. */
  readonly blocks: readonly CellBlock[];
  /** How many of them, from the first on, are border blocks: others wait for them. @default 0 */
  readonly awaited?: number;
  /** What the exchanges copy. They alternate, each with parcels of its own. @default none */
  readonly turns?: readonly ExchangeTurn[];
}

/** Exchanges alternate, so that the parcels of one can be filled and sent while another is in use. */
export interface ExchangeTurn {
  /** Fill the margins of the blocks, from other blocks and from parcels. */
  readonly fills: readonly CellCopy[];
  /** Fill parcels from border blocks. */
  readonly packs: readonly CellCopy[];
}

export interface WorkerPoolOptions {
  /** Once it is aborted no batch begins, and one under way ends early, unfinished. */
  readonly signal: AbortSignal;
  /** Lets pending I/O run; a pool that works in the calling thread calls it after each block. */
  readonly yieldToIo: () => Promise<void>;
}

export interface Step {
  /** t: the step advances state t to state t + ticks. */
  readonly tick: number;
  /** @default 1 */
  readonly ticks?: number;
  readonly rules: Rules;
  /** The exchange that fills margins first. @default none */
  readonly fillTurn?: number;
  /** The exchange whose parcels are packed afterwards. @default none */
  readonly packTurn?: number;
  /**
   * Called in the calling thread once all border blocks have done the step and, where parcels are
   * packed, these are packed. Other blocks may still be behind: only the parcels may be read then.
   * Never called if there are no border blocks.
   */
  readonly onAwaited?: () => void;
}

/** Measurements of all blocks together. */
export interface Measurement {
  readonly statistics: Statistics;
  /** What happened since the measurement before, or since the blocks were created. */
  readonly changes: Changes;
  readonly digest?: bigint;
}

/**
 * Does the work on the blocks of an engine, in the calling thread or in others, one batch at a time;
 * the caller awaits each. Between batches all blocks are in one state and belong to the caller, who
 * may read and write them; during a batch they belong to the pool.
 *
 * A batch that the signal cuts short resolves with false or undefined; the blocks are then left in
 * different states for good. A batch that cannot be done rejects, and so do all after it.
 */
export interface WorkerPool {
  /** How many blocks are done in the batch under way, or in the last one. */
  readonly blocksDone: number;

  /** Writes state 0 into every block. */
  writeGenesis(): Promise<boolean>;
  /**
   * Makes the terrain of a state, margins included; see `restoreTerrain` of services/world. Meanwhile others
   * may write all that is no terrain.
   */
  restoreTerrain(conditions: Conditions): Promise<boolean>;
  /** Only fills margins, for callers that change the blocks before they tick. */
  fillMargins(turn: number): Promise<boolean>;
  /** Only packs parcels: what others need of the first state. */
  packParcels(turn: number): Promise<boolean>;
  /** Applies an event of tick `tick` to every block; see `applyEvent` of services/world. */
  apply(happening: Happening, tick: number): Promise<boolean>;
  /** Advances every block by some ticks. */
  step(step: Step): Promise<boolean>;
  /** Measures the state `tick`. */
  measure(tick: number, withDigest: boolean): Promise<Measurement | undefined>;
  /** Surveys the state `tick`. */
  survey(tick: number): Promise<Survey | undefined>;
  /** Ends the pool, even in the middle of a batch; resolves once it no longer writes. */
  close(): Promise<void>;
}
