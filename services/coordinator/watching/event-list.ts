import type { TimedEvent } from '../../world/events/events.ts';

/** An event as it is listed: random ones have no sequence. */
export interface ListedEvent extends TimedEvent {
  readonly sequence: number | null;
}

/**
 * Events of several sources in the order in which they apply: by tick, random before injected
 * ones, those by sequence.
 *
 * @param sources each in that order.
 * @param o.from from this tick on, whole ticks are given, so that the next page begins at the last
 * tick + 1: as many as fit into `limit` events, and at least one. Without it, `limit` events round `now`.
 * @param o.now the tick of the world: events of this tick and of later ones are still to come.
 */
export function listEvents(
  sources: readonly (readonly ListedEvent[])[],
  { from, limit, now }: { from: number | undefined; limit: number; now: number },
): ListedEvent[] {
  if (from === undefined) return aroundNow(sources, limit, now);
  const listed = sources.flatMap((events) => wholeTicks(events, from, limit + 1)).sort(inOrder);
  const cutTick = listed[limit]?.tick;
  if (cutTick === undefined) return listed;
  const fitting = listed.filter(({ tick }) => tick < cutTick);
  return fitting.length > 0 ? fitting : listed.filter(({ tick }) => tick === cutTick);
}

/**
 * The newest of those that happened, and the next of those to come. Each get half of the places, and what
 * the others leave free: many that are to come do not hide what has just happened.
 */
function aroundNow(
  sources: readonly (readonly ListedEvent[])[],
  limit: number,
  now: number,
): ListedEvent[] {
  const happened: ListedEvent[] = [];
  const toCome: ListedEvent[] = [];
  for (const events of sources) {
    const next = firstIndex(events, now);
    happened.push(...events.slice(Math.max(0, next - limit), next));
    toCome.push(...events.slice(next, next + limit));
  }
  const placesToCome = Math.max(limit - happened.length, Math.floor(limit / 2));
  const shownToCome = toCome.sort(inOrder).slice(0, placesToCome);
  const places = limit - shownToCome.length;
  const shownHappened = places === 0 ? [] : happened.sort(inOrder).slice(-places);
  return [...shownHappened, ...shownToCome];
}

export const inOrder = (a: ListedEvent, b: ListedEvent): number =>
  a.tick - b.tick || (a.sequence ?? 0) - (b.sequence ?? 0);

/** The index of the first event of a tick or a later one; binary search. */
export function firstIndex(events: readonly TimedEvent[], tick: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.tick ?? 0) < tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** At least so many events from a tick on, if there are: all of each tick. */
function wholeTicks<T extends TimedEvent>(events: readonly T[], from: number, least: number): T[] {
  const start = firstIndex(events, from);
  const last = events[start + least - 1];
  return events.slice(start, last === undefined ? undefined : firstIndex(events, last.tick + 1));
}
