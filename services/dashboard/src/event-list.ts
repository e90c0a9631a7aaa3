import type { ColonyEvent } from '../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../protocol/colony/event-text.ts';
import { byId, make } from './dom.ts';
import * as format from './format.ts';

/** How many of the newest events are shown. */
export const EVENTS_SHOWN = 8;

/** The newest events, those that are still to come first. */
export class EventList {
  readonly #section = byId('events-section', HTMLElement);
  readonly #list = byId('events', HTMLElement);
  #shown = '';

  /** @param tick the tick of the world; null: there is none. */
  show(events: readonly ColonyEvent[], tick: number | null): void {
    this.#section.hidden = events.length === 0;
    const rows = [...events].reverse().map((event) => ({
      when: format.eventTick(event, tick),
      text: listedEventText(event),
      isToCome: event.tick >= (tick ?? 0),
    }));
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#list.replaceChildren(
      ...rows.map(({ when, text, isToCome }) => {
        const row = document.createElement('li');
        row.title = text;
        row.toggleAttribute('data-to-come', isToCome);
        row.append(make('span', when, 'when'), ` ${text}`);
        return row;
      }),
    );
  }
}
