import type { Statistics } from '../../../world/measuring/statistics.ts';

/** What the whole world yields in one state: the sum of what its backends measured. */
export interface JournalEntry {
  readonly tick: number;
  /** At ticks that have one; 16 hex digits. */
  readonly digest: string | undefined;
  readonly statistics: Statistics;
}

/** Where entries go. */
export interface JournalSink {
  /**
   * Takes the next entry, in order of ticks, one at a time; resolves once it is durable. A rejection
   * is tried again with the same entry, so taking it twice must change nothing.
   *
   * @throws DeterminismViolation if the entry contradicts what is stored: then the journal ends.
   */
  accept(entry: JournalEntry): Promise<void>;
}

/** Two digests of one tick that differ. */
export interface Violation {
  tick: number;
  stored: string;
  measured: string;
}

/** Thrown by a sink that finds a violation. */
export class DeterminismViolation extends Error {
  override readonly name = 'DeterminismViolation';
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`digest of tick ${violation.tick}: ${violation.stored} is stored`);
    this.violation = violation;
  }
}
