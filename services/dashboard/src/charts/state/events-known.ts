import { computed, signal } from '@preact/signals';
import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import type { TickRange } from '../../state/range.ts';
import type { ChartsApi } from './charts-api.ts';

/** Events that are asked for at once. */
const PAGE = 1_000;
/** Events that are known at most; of a range with more, the first ones are marked. */
const KNOWN_MAX = 5_000;

interface Known {
  /** All events of these ticks are known. */
  from: number;
  to: number;
  events: readonly ColonyEvent[];
}

/** The events of the shown range that have happened: a page at each look, until all are known. */
export class EventsKnown {
  readonly #known = signal<Known | undefined>(undefined);
  readonly #api: Pick<ChartsApi, 'events'>;
  readonly all = computed<readonly ColonyEvent[]>(() => this.#known.value?.events ?? []);
  /** The events after this tick are not marked: there are too many. undefined: all are. */
  readonly cutAtTick = computed(() => {
    const known = this.#known.value;
    return known !== undefined && known.events.length >= KNOWN_MAX ? known.to : undefined;
  });

  constructor(api: Pick<ChartsApi, 'events'>) {
    this.#api = api;
  }

  forget(): void {
    this.#known.value = undefined;
  }

  /** @param range its end is the tick of the world or before it: what is to come may still be cancelled */
  async follow({ from, to }: TickRange): Promise<void> {
    const before = this.#known.peek();
    const isWithin = before !== undefined && before.from <= from && from <= before.to + 1;
    const known = isWithin ? before : { from, to: from - 1, events: [] };
    if (known.to >= to || known.events.length >= KNOWN_MAX) return;
    const page = await this.#api.events(known.to + 1, PAGE);
    const happened = page.filter(({ tick }) => tick <= to);
    const isAll = happened.length < page.length || page.length < PAGE;
    this.#known.value = {
      from: known.from,
      to: isAll ? to : (happened.at(-1)?.tick ?? to),
      events: happened.length === 0 ? known.events : [...known.events, ...happened],
    };
  }
}
