import { effect, signal } from '@preact/signals';
import type { CheckpointView } from '../../../protocol/api/public-api.ts';
import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import { fetchCheckpoints, fetchEvents } from '../api/client.ts';
import { colony, isStarted } from './colony.ts';
import { Poller } from './poller.ts';

const EVERY_MS = 5_000;
/** Of events in one answer. */
const PAGE = 1_000;
/** A long life is read in several rounds. */
const PAGES_PER_ROUND = 10;

/** All events that have happened, as far as they are read, in the order of their ticks. */
export const pastEvents = signal<readonly ColonyEvent[]>([]);
/** The checkpoints that are kept, newest first. */
export const checkpoints = signal<readonly CheckpointView[]>([]);

/** The instance that they are of, and the tick from which events are still to be read. */
let read: { instance: string | null; fromTick: number } | undefined;

async function pollLife(): Promise<void> {
  const view = colony.peek();
  if (!isStarted.peek() || view === undefined || view.tick === null) return;
  if (read?.instance !== view.colonyInstanceId) {
    read = { instance: view.colonyInstanceId, fromTick: 0 };
    pastEvents.value = [];
    checkpoints.value = [];
  }
  // The view names the processes that do not answer.
  await Promise.all([readEvents(read, view.tick), readCheckpoints(read)]).catch(() => undefined);
}

async function readEvents(reading: NonNullable<typeof read>, tick: number): Promise<void> {
  for (let page = 0; page < PAGES_PER_ROUND && reading.fromTick < tick; page++) {
    const events = await fetchEvents(PAGE, reading.fromTick);
    if (reading !== read) return;
    const happened = events.filter((event) => event.tick < tick);
    if (happened.length > 0) pastEvents.value = [...pastEvents.value, ...happened];
    const isWhole = events.length < PAGE || happened.length < events.length;
    reading.fromTick = isWhole ? tick : (events.at(-1)?.tick ?? tick) + 1;
  }
}

async function readCheckpoints(reading: NonNullable<typeof read>): Promise<void> {
  const kept = await fetchCheckpoints();
  if (reading === read) checkpoints.value = kept;
}

const poller = new Poller(pollLife, () => EVERY_MS);

/** Begins to follow the life of the colony, for as long as the page is there. */
export function followLife(): void {
  void poller.run();
  let before: string | null | undefined;
  effect(() => {
    const instance = isStarted.value ? colony.value?.colonyInstanceId : undefined;
    if (instance !== before) poller.wake();
    before = instance;
  });
}
