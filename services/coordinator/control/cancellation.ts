import {
  type ColonyEvent,
  cancelledBy,
  colonyEventOf,
  isWorldEvent,
  type LoggedEvent,
  type LoggedWorldEvent,
  requestHashOf,
} from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { type EventAddition, type EventState, nextSequence } from './event-addition.ts';

/**
 * `DELETE /colony-events/{sequence}`. Nothing that is logged ever changes: a cancellation is an entry of its
 * own, of the same tick as its event. So it is accepted and handed over by the rules of an event of that
 * tick, and no backend runs beyond the tick without it.
 */
export class Cancellation implements EventAddition<ColonyEvent> {
  readonly #sequence: number;

  constructor(sequence: number) {
    this.#sequence = sequence;
  }

  known(state: EventState): ColonyEvent | undefined {
    const event = this.#event(state);
    return isCancelled(state, event.sequence) ? colonyEventOf(event, true) : undefined;
  }

  tick(state: EventState): number {
    return this.#event(state).tick;
  }

  entry(state: EventState, lowestTick: number): { entry: LoggedEvent; answer: ColonyEvent } {
    const event = this.#event(state);
    const { tick } = event;
    if (tick < lowestTick) {
      throw new ColonyError(
        'EVENT_HAPPENED',
        `event ${event.sequence} is of tick ${tick}, and backends may have run to tick ${lowestTick - 1}`,
      );
    }
    // No key of a client has this hash: keys are printable.
    const hash = requestHashOf(`\0cancel ${event.sequence}`);
    return {
      entry: {
        sequence: nextSequence(state.record),
        tick,
        keyHash: hash,
        bodyHash: hash,
        event: { kind: 'cancellation', cancels: event.sequence },
      },
      answer: colonyEventOf(event, true),
    };
  }

  #event({ book, record }: EventState): LoggedWorldEvent {
    const pending = record.pendingEvents.find(({ sequence }) => sequence === this.#sequence);
    const entry = book.at(this.#sequence) ?? pending;
    if (entry !== undefined && isWorldEvent(entry)) return entry;
    throw new ColonyError('EVENT_NOT_FOUND', `there is no injected event ${this.#sequence}`);
  }
}

export const isCancelled = ({ book, record }: EventState, sequence: number): boolean =>
  book.isCancelled(sequence) || cancelledBy(record.pendingEvents).includes(sequence);
