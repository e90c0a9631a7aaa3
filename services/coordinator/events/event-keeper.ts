import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import type { EventLog } from '../../platform/series/event-log.ts';
import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import { EventBook } from './event-book.ts';

export interface EventKeeperOptions {
  store: ColonyRecords;
  events: EventLog;
  context: CoordinatorContext;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  hook: StageHook;
  /** Called when an event has come into the log: backends can have it now. */
  onLogged?: () => void;
}

const RETRY = { firstMs: 250, mostMs: 5_000 };
const LOOK_MS = 60_000;

/**
 * Keeps the event log of the colony that is driven: reads the log, and moves pending events from the
 * record to it. Another leader may do the same at any time, or may have done half of it:
 *
 *     record   pending [7, 8] ─────────────────────────────▶ pending []
 *                  │                                         eventHead 8
 *     log          └─put 7─▶ [… 7] ──put 8──▶ [… 7, 8] ──────────┘
 *
 * Puts only create, and the record has their content, so repeating them changes nothing. The last write
 * needs the term and exactly the list that was copied.
 */
export class EventKeeper {
  readonly book = new EventBook();
  /** Serialises the writes of events to the record. */
  readonly turns = new SerialQueue();
  readonly #options: EventKeeperOptions;
  readonly #scope: ColonyScope;
  readonly #wakeup: Wakeup;
  readonly #stop = new AbortController();

  constructor(options: EventKeeperOptions, scope: ColonyScope) {
    this.#options = options;
    this.#scope = scope;
    this.#wakeup = new Wakeup(options.clock);
  }

  /**
   * Reads the entries of the log that the book lacks, up to the record's eventHead; throws
   * STORE_UNAVAILABLE if one is missing. Must not run beside a turn.
   */
  async load(): Promise<void> {
    const { colonyInstanceId = '', eventHead } = this.#scope.record;
    const fromSequence = this.book.through + 1;
    const limit = eventHead - this.book.through;
    if (limit <= 0) return;
    const entries = await this.#options.events.list(colonyInstanceId, { fromSequence, limit });
    const gap = entries.findIndex(({ sequence }, i) => sequence !== fromSequence + i);
    if (gap >= 0 || entries.length < limit) {
      const missing = fromSequence + (gap >= 0 ? gap : entries.length);
      throw new ColonyError('STORE_UNAVAILABLE', `event ${missing} is missing in the event log`);
    }
    for (const entry of entries) this.book.add(entry);
  }

  /** To be called when the record may have events that are not in the log. */
  wake(): void {
    this.#wakeup.notify();
  }

  /** Ends `run` before the scope ends. */
  stop(): void {
    this.#stop.abort();
  }

  /** Copies pending events until the scope ends. Tries again when a store fails. */
  async run(): Promise<void> {
    const { log } = this.#options;
    const backoff = new Backoff(this.#options, RETRY);
    const signal = AbortSignal.any([this.#scope.signal, this.#stop.signal]);
    while (!signal.aborted) {
      try {
        await this.turns.run(() => this.copy());
        backoff.reset();
        const { pendingEvents, eventHead } = this.#options.context.storedInfo();
        if (pendingEvents.length === 0 && eventHead <= this.book.through) {
          await this.#wakeup.wait(LOOK_MS, signal);
        }
      } catch (error) {
        if (!this.#scope.isActive) return;
        log.warn({ err: error }, 'events could not be logged; trying again');
        await backoff.pause(signal);
      }
    }
  }

  /** Copies the events that are pending now. Must be called in a turn. */
  async copy(): Promise<void> {
    const { store, context, hook } = this.#options;
    // The keeper of an earlier attempt may have logged something meanwhile.
    await this.load();
    const { record } = this.#scope;
    const last = record.pendingEvents.at(-1);
    if (last === undefined) return;
    for (const entry of record.pendingEvents) await this.#put(entry);
    this.#scope.check();
    if (this.#stop.signal.aborted) return;
    const written = await atStage(hook, 'events-logged', () =>
      store.eventsLogged(this.#scope.storeTerm, record, last.sequence),
    );
    context.initializeWithStoredInfo(written.record);
  }

  async #put(entry: LoggedEvent): Promise<void> {
    if (entry.sequence <= this.book.through) return;
    const { events, hook, log } = this.#options;
    const { colonyInstanceId = '' } = this.#scope.record;
    const stored = await atStage(hook, 'log-event', () => events.append(colonyInstanceId, entry));
    if (canonicalJson(stored) !== canonicalJson(entry)) {
      throw new Error(`event ${entry.sequence} is in the log with another content`);
    }
    this.book.add(entry);
    const { sequence, tick, event } = entry;
    log.info({ sequence, tick, kind: event.kind }, 'an injected event is logged');
    this.#options.onLogged?.();
  }
}
