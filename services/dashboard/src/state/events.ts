import { effect, signal } from '@preact/signals';
import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import { fetchEvents } from '../api/client.ts';
import { colony, isStarted } from './colony.ts';
import { Poller } from './poller.ts';

/** How many events round the tick of the world are known: half of them past, half to come. */
const EVENTS_KNOWN = 60;
const EVERY_MS = 2_000;

/** Events round the tick of the world, in the order of their ticks. */
export const events = signal<readonly ColonyEvent[]>([]);

async function pollEvents(): Promise<void> {
  if (!isStarted.peek()) {
    events.value = [];
    return;
  }
  // The view names the processes that do not answer.
  const newest = await fetchEvents(EVENTS_KNOWN).catch(() => undefined);
  if (newest === undefined || JSON.stringify(newest) === JSON.stringify(events.peek())) return;
  events.value = newest;
}

const poller = new Poller(pollEvents, () => EVERY_MS);

/** Looks at the events again at once. */
export const refreshEvents = (): void => poller.wake();

/** Begins to follow the events, for as long as the page is there. */
export function followEvents(): void {
  void poller.run();
  let instance: string | null | undefined;
  effect(() => {
    const next = isStarted.value ? colony.value?.colonyInstanceId : undefined;
    if (next !== instance) poller.wake();
    instance = next;
  });
}
