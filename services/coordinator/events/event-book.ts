import {
  cancelledBy,
  type HandedEvent,
  isWorldEvent,
  type LoggedEvent,
} from '../../protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { HEARTBEAT_EVENTS_MAX } from '../../protocol/wire/rpc.ts';

/** The events that a heartbeat carries, and how far a backend may run with them. */
export interface HandOver {
  /** Events that the backend lacks, in the order of their sequence, at most as many as a heartbeat takes. */
  events: HandedEvent[];
  /** The backend has all events through this sequence then. */
  eventSeq: number;
  /** The tick of the first event that it still lacks then: it must not run beyond. */
  horizonMax: number;
}

/** How many entries the log has for one tick: a cancellation has the tick of its event. */
interface TickCount {
  events: number;
  cancellations: number;
}

/**
 * The injected events of one colony instance that are in the event log, by sequence, as far as this
 * leader knows. Those that are still pending are in the record.
 */
export class EventBook {
  readonly #logged: LoggedEvent[] = [];
  readonly #byKey = new Map<string, LoggedEvent>();
  readonly #countByTick = new Map<number, TickCount>();
  readonly #cancelled = new Set<number>();

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
    this.#countByTick.set(entry.tick, countedWith(this.countAt(entry.tick), [entry]));
    for (const sequence of cancelledBy([entry])) this.#cancelled.add(sequence);
  }

  /** The entry of the log with this sequence. */
  at(sequence: number): LoggedEvent | undefined {
    return this.#logged[sequence - 1];
  }

  /** Whether the log says that the event of a sequence does not happen. */
  isCancelled(sequence: number): boolean {
    return this.#cancelled.has(sequence);
  }

  /** The event that a request with this key injected. */
  find(keyHash: string): LoggedEvent | undefined {
    return this.#byKey.get(keyHash);
  }

  /**
   * How many entries of a tick are in the log.
   *
   * @param record counts those that are pending in it too.
   */
  countAt(tick: number, record?: ColonyRecord): TickCount {
    const logged = this.#countByTick.get(tick) ?? { events: 0, cancellations: 0 };
    if (record === undefined) return logged;
    const pending = this.pending(record).filter((entry) => entry.tick === tick);
    return countedWith(logged, pending);
  }

  /** The pending events of a record that this book does not have yet. */
  pending({ pendingEvents }: ColonyRecord): LoggedEvent[] {
    return pendingEvents.filter(({ sequence }) => sequence > this.through);
  }

  /**
   * What to send a backend together with the horizon of this record. Events that are accepted later are
   * for ticks above that horizon.
   *
   * @param heldSeq the backend has all events through this sequence.
   */
  handOver(heldSeq: number, record: ColonyRecord): HandOver {
    // Another leader has logged events that this book lacks, and their ticks are unknown here.
    if (record.eventHead > this.through) return { events: [], eventSeq: 0, horizonMax: 0 };
    const events = this.#logged
      .slice(heldSeq, heldSeq + HEARTBEAT_EVENTS_MAX)
      .map(({ sequence, tick, event }): HandedEvent => ({ sequence, tick, event }));
    const eventSeq = Math.min(heldSeq, this.through) + events.length;
    let horizonMax = Number.MAX_SAFE_INTEGER;
    for (let i = eventSeq; i < this.#logged.length; i++) {
      horizonMax = Math.min(horizonMax, this.#logged[i]?.tick ?? 0);
    }
    for (const { tick } of this.pending(record)) horizonMax = Math.min(horizonMax, tick);
    return { events, eventSeq, horizonMax };
  }
}

function countedWith(count: TickCount, entries: readonly LoggedEvent[]): TickCount {
  const events = entries.filter(isWorldEvent).length;
  return {
    events: count.events + events,
    cancellations: count.cancellations + entries.length - events,
  };
}
