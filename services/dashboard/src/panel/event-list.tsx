import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../../protocol/colony/event-text.ts';
import { worldTick } from '../state/colony.ts';
import { events } from '../state/events.ts';
import * as format from '../text/format.ts';

/** How many of the newest events are shown. */
const EVENTS_SHOWN = 8;

/** The newest events, those that are still to come first. */
export function EventList() {
  const tick = worldTick.value;
  const listed = nearest(events.value, tick ?? 0);
  if (listed.length === 0) return null;
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <ol id="events" class="events">
        {listed.map((event) => {
          const text = listedEventText(event);
          return (
            <li
              key={`${event.tick} ${event.sequence} ${text}`}
              title={text}
              data-to-come={event.tick >= (tick ?? 0) || undefined}
            >
              <span class="when">{format.eventTick(event, tick)}</span> {text}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** As many as are shown, half of them to come as far as there are, the latest first. */
function nearest(all: readonly ColonyEvent[], tick: number): ColonyEvent[] {
  const toCome = all.filter((event) => event.tick >= tick);
  const past = all.filter((event) => event.tick < tick);
  const half = EVENTS_SHOWN / 2;
  const pastCount = Math.max(half, EVENTS_SHOWN - toCome.length);
  const shownPast = past.slice(-pastCount);
  return [...shownPast, ...toCome.slice(0, EVENTS_SHOWN - shownPast.length)].reverse();
}
