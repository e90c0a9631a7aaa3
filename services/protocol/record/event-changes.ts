import type { LoggedEvent } from '../colony/colony-event.ts';
import { type ColonyRecord, PENDING_EVENTS_MAX } from './colony-record.ts';
import { boundTo, isInTerm, type RecordChange, revised, type Term } from './record-change.ts';

/** How injected events enter the record, and leave it for the event log. */

const hasEventsOf = (r: ColonyRecord, seen: ColonyRecord): boolean =>
  r.eventSeq === seen.eventSeq && r.eventHead === seen.eventHead;

/**
 * Takes the event that follows the newest one, for a tick above the horizon: no backend may have
 * been told to run through that tick.
 *
 * @param granted no backend was told to run beyond this tick, nor is while this is being written. An event
 * above it that is not above the horizon lowers the horizon below its tick, if nothing was written since `seen`.
 * @param seen refused if an event was taken or logged since. An event that does not follow the
 * newest one of `seen`, or for which it has no room, is a bug of the caller: a plain Error.
 */
export function injectChange(
  term: Term,
  seen: ColonyRecord,
  entry: LoggedEvent,
  granted = seen.horizon,
): RecordChange {
  const { eventSeq, pendingEvents } = seen;
  if (entry.sequence !== eventSeq + 1 || pendingEvents.length >= PENDING_EVENTS_MAX) {
    const pending = `${pendingEvents.length} pending`;
    throw new Error(`event ${entry.sequence} after ${eventSeq}, with ${pending}`);
  }
  const lowers = seen.horizon >= entry.tick && granted < entry.tick;
  const change: RecordChange = {
    apply(r) {
      if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
      if (r.fault !== undefined || !hasEventsOf(r, seen)) return undefined;
      if (r.horizon >= entry.tick && !lowers) return undefined;
      return revised(r, {
        horizon: Math.min(r.horizon, entry.tick - 1),
        eventSeq: entry.sequence,
        pendingEvents: [...r.pendingEvents, entry],
      });
    },
    isInEffect: (r) =>
      r.generation === term.generation &&
      r.pendingEvents.some(
        (e) =>
          e.sequence === entry.sequence &&
          // The caller answers the tick of its entry.
          e.tick === entry.tick &&
          e.keyHash === entry.keyHash &&
          // The same key may have come with another body, whose answer was lost.
          e.bodyHash === entry.bodyHash,
      ),
  };
  return lowers ? boundTo(seen, change) : change;
}

/**
 * Takes the pending events up to a sequence out of the record, now that the event log has them.
 *
 * @param seen refused if an event was taken or logged since; a plain Error if they are not pending
 * in it.
 */
export function eventsLoggedChange(
  term: Term,
  seen: ColonyRecord,
  throughSequence: number,
): RecordChange {
  if (throughSequence <= seen.eventHead || throughSequence > seen.eventSeq) {
    throw new Error(`event ${throughSequence} is not pending`);
  }
  return {
    apply(r) {
      if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
      if (!hasEventsOf(r, seen)) return undefined;
      return revised(r, {
        eventHead: throughSequence,
        pendingEvents: r.pendingEvents.filter(({ sequence }) => sequence > throughSequence),
      });
    },
    isInEffect: (r) => r.generation === term.generation && r.eventHead >= throughSequence,
  };
}
