import type { Changes } from '../../../world/measuring/changes.ts';
import type { Statistics } from '../../../world/measuring/statistics.ts';
import type { SurveyRow } from '../../../world/measuring/survey-row.ts';

/** The measurements of the whole world in one state: the sum over its backends. */
export interface JournalEntry {
  readonly tick: number;
  /** 16 hex digits, at ticks that have a digest. */
  readonly digest: string | undefined;
  readonly statistics: Statistics;
  /**
   * What happened since the entry before, which is that of STATISTICS_EVERY_TICKS earlier; at genesis nothing.
   * Absent where it is not known: in the state that a topology starts from, unless that is genesis. Then the entry
   * is there already, with its changes.
   */
  readonly changes?: Changes;
  /** At multiples of SURVEY_EVERY_TICKS. */
  readonly survey?: SurveyRow;
}

/** A consumer of the journal's entries. */
export interface JournalSink {
  /**
   * Is offered all entries that it has not made durable, at least one, in order of ticks. It makes as many durable as
   * it likes, from the first on, and resolves with the tick through which they are; with one below the first entry's
   * if it waits for more. What is left is offered again, with what comes next; after a rejection soon, and all of it,
   * so taking an entry twice must change nothing.
   *
   * @param wantedThroughTick somebody waits for entries up to this tick: they are not to wait for more.
   * @throws DeterminismViolation if the first entry contradicts what is stored: then this sink ends.
   */
  accept(entries: Entries, wantedThroughTick: number): Promise<number>;
}

/** Entries of the journal, at least one, in order of ticks. */
export type Entries = readonly [JournalEntry, ...JournalEntry[]];

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
