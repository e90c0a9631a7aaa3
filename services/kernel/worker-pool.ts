import type { CellBlock } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import type { Happening } from '../world/events/timeline.ts';
import type { Statistics } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import type { WorldSpec } from '../world/spec/spec.ts';

/** What a pool works on as long as it lives. */
export interface PoolPlan {
  readonly spec: WorldSpec;
  /** All of one engine, and no other pool's. They are worked on in this order. */
  readonly blocks: readonly CellBlock[];
  /** How many of the blocks, from the first on, others are waiting for. @default 0 */
  readonly awaited?: number;
  /** What exchanges copy. They take turns, each with parcels of its own. @default none */
  readonly turns?: readonly ExchangeTurn[];
}

/** While one exchange is used the parcels of the next one may be filled and sent. */
export interface ExchangeTurn {
  /** Fill the margins of the blocks, from these blocks and from parcels. */
  readonly fills: readonly CellCopy[];
  /** Fill parcels from blocks that others wait for. */
  readonly packs: readonly CellCopy[];
}

export interface WorkerPoolOptions {
  /** Once it is aborted nothing is begun any more: what is under way ends early, unfinished. */
  readonly signal: AbortSignal;
  /** Lets pending I/O run; a pool of the calling thread does so after each block. */
  readonly yieldToIo: () => Promise<void>;
}

export interface Step {
  /** t: the step goes from state t to state t + ticks. */
  readonly tick: number;
  /** @default 1 */
  readonly ticks?: number;
  readonly rules: Rules;
  /** The turn by which margins are filled first. @default none */
  readonly fillTurn?: number;
  /** The turn whose parcels are packed afterwards. @default none */
  readonly packTurn?: number;
  /**
   * Called in the calling thread when all blocks that others wait for are that far; where parcels are
   * packed, as soon as they are, while other blocks need not be that far: then those, and only those,
   * may be read. Never called if there are none.
   */
  readonly onAwaited?: () => void;
}

/** What was measured of all blocks together. */
export interface Measurement {
  readonly statistics: Statistics;
  readonly digest?: bigint;
}

/**
 * Does the work on the blocks of an engine, in the calling thread or in others: one batch at a time,
 * to be awaited. Between batches all blocks stand in one state and belong to the caller, who may
 * read and write them; during one they belong to the pool.
 *
 * A batch that was cut short by the signal gives false or undefined; the blocks then stand in
 * different states for good. A batch rejects if it cannot be done, and so do all after it.
 */
export interface WorkerPool {
  /** How many blocks are done in the batch under way, or were in the last one. */
  readonly blocksDone: number;

  /** Lays state 0 in every block. */
  layGenesis(): Promise<boolean>;
  /** Fills margins alone, for callers that change the blocks before they tick. */
  fillMargins(turn: number): Promise<boolean>;
  /** Packs parcels alone: what others need of the first state. */
  packParcels(turn: number): Promise<boolean>;
  /** Lets an event of tick `tick` happen to every block; see `applyEvent` of services/world. */
  apply(happening: Happening, tick: number): Promise<boolean>;
  /** Takes every block some states further. */
  step(step: Step): Promise<boolean>;
  /** Measures the state `tick`. */
  measure(tick: number, withDigest: boolean): Promise<Measurement | undefined>;
  /** Ends it, also in the middle of a batch; resolves when it writes no more. */
  close(): Promise<void>;
}
