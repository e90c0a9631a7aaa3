import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { EVENTS_MAX } from '../../protocol/common/limits.ts';
import { type ColonyRecord, PENDING_EVENTS_MAX } from '../../protocol/record/colony-record.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { EventBook } from '../events/event-book.ts';

/** What an entry of the event log is made from. */
export interface EventState {
  record: ColonyRecord;
  /** Complete up to the record's eventHead. */
  book: EventBook;
  spec: WorldSpec;
}

/** Something to be added to the events of a colony. */
export interface EventAddition<T> {
  /** The answer, if it was added before; throws if it cannot be added for what is there already. */
  known(state: EventState): T | undefined;
  /** The tick that it is for; undefined: as soon as possible. */
  tick(state: EventState): number | undefined;
  /**
   * The entry to be written and the answer to it; throws if it cannot be accepted.
   *
   * @param lowestTick no backend may run to this tick.
   */
  entry(state: EventState, lowestTick: number): { entry: LoggedEvent; answer: T };
}

/** The sequence of the next entry; throws EVENT_LOG_FULL or EVENTS_PENDING if there is no room for one. */
export function nextSequence({ eventSeq, pendingEvents }: ColonyRecord): number {
  if (eventSeq >= EVENTS_MAX) {
    throw new ColonyError('EVENT_LOG_FULL', `the colony has had ${EVENTS_MAX} injected events`);
  }
  if (pendingEvents.length >= PENDING_EVENTS_MAX) {
    throw new ColonyError(
      'EVENTS_PENDING',
      `${pendingEvents.length} events are not in the event log yet`,
    );
  }
  return eventSeq + 1;
}
