import { type ColonyEvent, colonyEventOf } from '../../protocol/colony-event.ts';
import { EVENT_KINDS, type InjectedEvent } from '../../world/events.ts';
import { type RandomScheduleSpec, randomEvents } from '../../world/random-schedule.ts';

export interface EventListInput {
  /** The world that random events come from; undefined: it has none. */
  random: RandomScheduleSpec | undefined;
  /** Random events are listed below this tick: they are certain to happen. */
  horizon: number;
  /** All injected events, in any order. */
  injected: readonly InjectedEvent[];
  /** The first tick of interest; undefined: the newest events. */
  from: number | undefined;
  limit: number;
}

/**
 * Random and injected events in the order in which they apply. From a tick on, whole ticks are
 * given, so that the next page begins at the last tick + 1: as many as fit into `limit` events, and
 * at least one. Without a tick, the last `limit` events.
 */
export function listEvents({
  random,
  horizon,
  injected,
  from,
  limit,
}: EventListInput): ColonyEvent[] {
  const firstTick = from ?? 0;
  const listed: ColonyEvent[] = [];
  for (const { tick, event } of random === undefined ? [] : randomEvents(random, firstTick)) {
    if (tick >= horizon) break;
    listed.push(colonyEventOf({ sequence: null, tick, event }));
    // One more than the limit tells that its tick does not fit any more.
    if (from !== undefined && listed.length > limit + EVENT_KINDS.length) break;
    if (from === undefined && listed.length > 2 * limit) listed.splice(0, limit);
  }
  for (const event of injected) {
    if (event.tick >= firstTick) listed.push(colonyEventOf(event));
  }
  // Random before injected, those by sequence.
  listed.sort((a, b) => a.tick - b.tick || (a.sequence ?? 0) - (b.sequence ?? 0));
  if (from === undefined) return listed.slice(-limit);
  const cutTick = listed[limit]?.tick;
  if (cutTick === undefined) return listed;
  const fitting = listed.filter(({ tick }) => tick < cutTick);
  return fitting.length > 0 ? fitting : listed.filter(({ tick }) => tick === cutTick);
}
