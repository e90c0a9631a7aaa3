import type { HandedEvent } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { WorldEvent } from '../../world/events/events.ts';
import { GENESIS, type Origin } from '../../world/events/origin.ts';

const NONE: readonly WorldEvent[] = [];

/**
 * The injected events that this backend has received, without a gap, less those that were cancelled since.
 * They outlive topologies: shards that start again apply them at the same ticks.
 */
export class HeldEvents {
  readonly #byTick = new Map<number, { sequence: number; event: WorldEvent }[]>();
  #through = 0;

  /** It has all events through this sequence; 0 for none. */
  get through(): number {
    return this.#through;
  }

  /** The events of a tick, in the order of their sequence. */
  at(tick: number): readonly WorldEvent[] {
    return this.#byTick.get(tick)?.map(({ event }) => event) ?? NONE;
  }

  /**
   * Takes the events that follow, and ignores those that it has. Events after a gap are left out, until
   * they are sent again.
   *
   * @param ticksBegun how many ticks of the shards are done or under way, those before their origin included.
   * @param origin what the shards started from: events of earlier ticks are part of it.
   * @throws EVENT_TOO_LATE if an event is for a tick that has begun.
   */
  take(events: readonly HandedEvent[], ticksBegun: number, origin: Origin = GENESIS): void {
    for (const { sequence, tick, event } of events) {
      if (sequence !== this.#through + 1) continue;
      if (tick < ticksBegun && !isPartOf(origin, sequence, tick)) {
        throw new ColonyError(
          'EVENT_TOO_LATE',
          `event ${sequence} is for tick ${tick}, the shards have begun ${ticksBegun} ticks`,
        );
      }
      const there = this.#byTick.get(tick) ?? [];
      const held =
        event.kind === 'cancellation'
          ? there.filter((one) => one.sequence !== event.cancels)
          : [...there, { sequence, event }];
      this.#byTick.set(tick, held);
      this.#through = sequence;
    }
  }
}

const isPartOf = (origin: Origin, sequence: number, tick: number): boolean =>
  origin.kind === 'state' && sequence <= origin.eventSeq && tick < origin.tick;
