import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';

/** How many of the newest events are shown. */
const EVENTS_SHOWN = 8;

/** As many as are shown, half of them to come as far as there are, the latest first. Pure. */
export function nearestEvents(all: readonly ColonyEvent[], tick: number): ColonyEvent[] {
  const toCome = all.filter((event) => event.tick >= tick);
  const past = all.filter((event) => event.tick < tick);
  const half = EVENTS_SHOWN / 2;
  const shownPast = past.slice(-Math.max(half, EVENTS_SHOWN - toCome.length));
  return [...shownPast, ...toCome.slice(0, EVENTS_SHOWN - shownPast.length)].reverse();
}
