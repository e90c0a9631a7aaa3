import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { HEARTBEAT_EVENTS_MAX } from '../../protocol/wire/rpc.ts';
import type { InjectedEvent } from '../../world/events/events.ts';

/** What a heartbeat carries of events, and how far they allow a backend to run. */
export interface HandOver {
  /** What the backend lacks, in the order of their sequence, and no more than a heartbeat takes. */
  events: InjectedEvent[];
  /** The sequence through which the backend then has them. */
  eventSeq: number;
  /** The least tick of an event that it does not have then: it must not run beyond. */
  horizonMax: number;
}

/**
 * What the leader knows of the injected events of one colony instance: every one that is in the
 * event log, by sequence. Those that are still pending stand in the record.
 */
export class EventBook {
  readonly #logged: LoggedEvent[] = [];
  readonly #byKey = new Map<string, LoggedEvent>();
  readonly #countByTick = new Map<number, number>();

  /** The sequence of the last event known to be in the log; 0 for none. */
  get through(): number {
    return this.#logged.length;
  }

  get logged(): readonly LoggedEvent[] {
    return this.#logged;
  }

  /** Takes the next event of the log. */
  add(entry: LoggedEvent): void {
    if (entry.sequence !== this.through + 1) {
      throw new Error(`event ${entry.sequence} of the log after ${this.through}`);
    }
    this.#logged.push(entry);
    this.#byKey.set(entry.keyHash, entry);
    this.#countByTick.set(entry.tick, this.countAt(entry.tick) + 1);
  }

  /** The event that a request with this key led to. */
  find(keyHash: string): LoggedEvent | undefined {
    return this.#byKey.get(keyHash);
  }

  /** How many events of a tick are in the log. */
  countAt(tick: number): number {
    return this.#countByTick.get(tick) ?? 0;
  }

  /** Events of a version of the record that are not in the log yet, as far as is known here. */
  pending({ pendingEvents }: ColonyRecord): LoggedEvent[] {
    return pendingEvents.filter(({ sequence }) => sequence > this.through);
  }

  /**
   * What to hand to a backend together with a horizon of that version of the record. Whatever is
   * accepted later is for a tick above that horizon.
   *
   * @param heldSeq the sequence through which the backend has events.
   */
  handOver(heldSeq: number, record: ColonyRecord): HandOver {
    // Somebody else has logged what is not known here: there is no saying for which ticks.
    if (record.eventHead > this.through) return { events: [], eventSeq: 0, horizonMax: 0 };
    const events = this.#logged
      .slice(heldSeq, heldSeq + HEARTBEAT_EVENTS_MAX)
      .map(({ sequence, tick, event }): InjectedEvent => ({ sequence, tick, event }));
    const eventSeq = Math.min(heldSeq, this.through) + events.length;
    let horizonMax = Number.MAX_SAFE_INTEGER;
    for (let i = eventSeq; i < this.#logged.length; i++) {
      horizonMax = Math.min(horizonMax, this.#logged[i]?.tick ?? 0);
    }
    for (const { tick } of this.pending(record)) horizonMax = Math.min(horizonMax, tick);
    return { events, eventSeq, horizonMax };
  }
}
