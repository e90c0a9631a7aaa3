import { type ListedEvent, listEvents } from '../../services/coordinator/watching/event-list.ts';
import {
  type ColonyEvent,
  colonyEventOf,
  type EventRequest,
  resolveEvent,
} from '../../services/protocol/colony/colony-event.ts';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { randomEvents } from '../../services/world/events/random-schedule.ts';
import type { WorldSpec } from '../../services/world/spec/spec.ts';

type Injected = ListedEvent & { sequence: number };

/** The events of a living colony: those that its seed throws, one that has happened, one to come, and what is injected. */
export class LivingEvents {
  readonly #injected: Injected[] = [
    { sequence: 1, tick: 0, event: { kind: 'extraFood', amount: 3 } },
    { sequence: 2, tick: 1_000_000, event: { kind: 'newTopography' } },
  ];
  readonly #cancelled = new Set<number>();

  /** @param now the tick of the world */
  list(spec: WorldSpec, now: number, from: number | undefined, limit: number): ColonyEvent[] {
    const random: ListedEvent[] = [];
    for (const timed of randomEvents(spec)) {
      if (timed.tick >= now) break;
      random.push({ ...timed, sequence: null });
    }
    const injected = this.#injected.toSorted((a, b) => a.tick - b.tick);
    return listEvents([random, injected], { from, limit, now }).map((event) =>
      colonyEventOf(event, this.#cancelled.has(event.sequence ?? 0)),
    );
  }

  /** @param soonest the first tick that backends may not have been told to run */
  inject(
    request: EventRequest,
    world: { colonyInstanceId: string; width: number; height: number },
    soonest: number,
  ): ColonyEvent {
    const { tick = soonest } = request;
    if (tick < soonest) {
      throw new ColonyError('EVENT_TICK_PASSED', `tick is ${tick}, expected ${soonest} or later`);
    }
    const sequence = this.#injected.length + 1;
    const logged = { sequence, tick, event: resolveEvent(request, { ...world, sequence }) };
    this.#injected.push(logged);
    return colonyEventOf(logged);
  }

  cancel(sequence: number): ColonyEvent {
    const logged = this.#injected.find((event) => event.sequence === sequence);
    if (logged === undefined) throw new ColonyError('EVENT_NOT_FOUND', 'there is no such event');
    this.#cancelled.add(sequence);
    return colonyEventOf(logged, true);
  }
}
