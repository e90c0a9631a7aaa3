import type { Statistics } from '../../../world/measuring/statistics.ts';

/** The measurements of the whole world in one state: the sum over its backends. */
export interface JournalEntry {
  readonly tick: number;
  /** 16 hex digits, at ticks that have a digest. */
  readonly digest: string | undefined;
  readonly statistics: Statistics;
}

/** A consumer of the journal's entries. */
export interface JournalSink {
  /**
   * Takes the next entry, in order of ticks, one at a time; resolves once it is durable. After a
   * rejection the same entry is offered again, so taking an entry twice must change nothing.
   *
   * @throws DeterminismViolation if the entry contradicts what is stored: then this sink ends.
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
