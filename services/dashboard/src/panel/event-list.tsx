import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../../protocol/colony/event-text.ts';
import { cancelEvent, canInject, injectEvent } from '../control/inject/inject.ts';
import { colony, isStarted, worldTick } from '../state/colony.ts';
import { events } from '../state/events.ts';
import * as format from '../text/format.ts';
import { useThrottled } from '../ui/use-throttled.ts';
import { nearestEvents } from './nearest-events.ts';

/** The tick changes with each picture. */
const TICK_EVERY_MS = 250;
const tickOfWorld = () => worldTick.value;

/** The newest events, those that are still to come first; injecting and cancelling them. */
export function EventList() {
  const tick = useThrottled(tickOfWorld, TICK_EVERY_MS);
  if (!isStarted.value) return null;
  const listed = nearestEvents(events.value, tick ?? 0);
  return (
    <section aria-labelledby="events-title">
      <header class="section-head">
        <h2 id="events-title">Events</h2>
        <button
          type="button"
          class="small"
          title="Inject an event (I)"
          disabled={!canInject.value}
          onClick={injectEvent}
        >
          Inject…
        </button>
      </header>
      <ol id="events" class="events">
        {listed.map((event) => (
          <Row key={`${event.tick} ${event.sequence} ${event.kind}`} event={event} tick={tick} />
        ))}
      </ol>
      {listed.length === 0 && <p class="empty">None so far.</p>}
    </section>
  );
}

function Row({ event, tick }: { event: ColonyEvent; tick: number | null }) {
  const text = listedEventText(event);
  const isToCome = event.tick >= (tick ?? 0);
  // Once backends may run to its tick, it happens.
  const canCancel =
    event.sequence !== null && !event.cancelled && event.tick > (colony.value?.horizon ?? 0);
  return (
    <li data-to-come={isToCome || undefined} data-cancelled={event.cancelled}>
      <span class="event-text" title={text}>
        <span class="when">{format.eventTick(event, tick)}</span> {text}
      </span>
      {canCancel && (
        <button
          type="button"
          class="plain"
          title="Cancel this event"
          aria-label={`Cancel the event at ${format.integer(event.tick)}: ${text}`}
          onClick={() => void cancelEvent(event)}
        >
          ✕
        </button>
      )}
    </li>
  );
}
