import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';

/**
 * Injected events by (instance, sequence): written once each, kept all. An entry counts once the
 * record's eventHead has reached its sequence.
 */
export interface EventLog {
  /**
   * Writes an event unless there is one of its sequence. Answers the one that is there then: the
   * caller compares, since an event never changes.
   */
  append(colonyInstanceId: string, entry: LoggedEvent): Promise<LoggedEvent>;
  /** Entries from a sequence on, ascending, at most `limit` if given. */
  list(
    colonyInstanceId: string,
    options?: { fromSequence?: number; limit?: number },
  ): Promise<LoggedEvent[]>;
}
