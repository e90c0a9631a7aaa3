import type { CellBlock } from '../world/cell-block.ts';
import type { Rules } from '../world/rules.ts';
import type { WorldSpec } from '../world/spec.ts';
import type { Statistics } from '../world/statistics.ts';
import type { Happening } from '../world/timeline.ts';
import type { CellCopy } from './rectangles.ts';

/** What a workforce works on as long as it lives. */
export interface WorkPlan {
  readonly spec: WorldSpec;
  /** All of one engine, and no other workforce's. They are worked on in this order. */
  readonly blocks: readonly CellBlock[];
  /** How many of the blocks, from the first on, others are waiting for. @default 0 */
  readonly awaited?: number;
  /** Fill the margins of the blocks, as far as they lie in these blocks. */
  readonly copies: readonly CellCopy[];
}

export interface WorkforceOptions {
  /** Once it is aborted nothing is begun any more: what is under way ends early, unfinished. */
  readonly signal: AbortSignal;
  /** Lets pending I/O run; a workforce of the calling thread does so after each block. */
  readonly yieldToIo: () => Promise<void>;
}

export interface Step {
  /** t: the step goes from state t to state t + 1. */
  readonly tick: number;
  readonly rules: Rules;
  /** Whether the plan's copies are made first. */
  readonly fillsMargins: boolean;
  /**
   * Called in the calling thread as soon as all blocks that others wait for are one state further,
   * while the others need not be: then those, and only those, may be read. Never called if there are
   * none.
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
 * read and write them; during one they belong to the workforce.
 *
 * A batch that was cut short by the signal gives false or undefined; the blocks then stand in
 * different states for good. A batch rejects if it cannot be done, and so do all after it.
 */
export interface Workforce {
  /** How many blocks are done in the batch under way, or were in the last one. */
  readonly blocksDone: number;

  /** Lays state 0 in every block. */
  layGenesis(): Promise<boolean>;
  /** Makes the plan's copies alone, for callers that change the blocks before they tick. */
  fillMargins(): Promise<boolean>;
  /** Lets an event of tick `tick` happen to every block; see `applyEvent` of services/world. */
  apply(happening: Happening, tick: number): Promise<boolean>;
  /** Takes every block one state further. */
  step(step: Step): Promise<boolean>;
  /** Measures the state `tick`. */
  measure(tick: number, withDigest: boolean): Promise<Measurement | undefined>;
  /** Ends it, also in the middle of a batch; resolves when it writes no more. */
  close(): Promise<void>;
}
