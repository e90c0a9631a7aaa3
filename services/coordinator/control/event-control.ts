import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import {
  type ColonyEvent,
  colonyEventOf,
  type EventRequest,
  eventRequestProblem,
  type LoggedEvent,
  requestHashOf,
  resolveEvent,
} from '../../protocol/colony/colony-event.ts';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { EVENTS_MAX, TICK_MAX } from '../../protocol/common/limits.ts';
import {
  type ColonyRecord,
  EVENTS_PER_TICK_MAX,
  PENDING_EVENTS_MAX,
} from '../../protocol/record/colony-record.ts';
import type { EventBook } from '../events/event-book.ts';
import type { EventKeeper } from '../events/event-keeper.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import {
  confirmDrivenColony,
  type DrivenColonySource,
  requireDrivenColony,
} from '../ticking/driven-colony.ts';
import { soonTick } from '../ticking/horizon.ts';
import { settledRecord } from './settled-record.ts';

export interface EventControlOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  driver: DrivenColonySource<'grants' | 'keeper' | 'scope' | 'stored' | 'ticker'>;
  clock: Clock;
  randomness: Randomness;
  heartbeatIntervalMs: number;
  hook: StageHook;
}

/** At most so many requests wait for their turn. */
const WAITING_MAX = 64;
/** How often an injection is tried when other writes overtake it. */
const ATTEMPTS = 5;
/** An event may be for a tick so far above the lowest possible one, and no further. */
export const EVENT_AHEAD_MAX_TICKS = 10_000_000;

type Driven = ReturnType<typeof requireDrivenColony<'grants' | 'ticker'>>;

interface Injection {
  key: string;
  request: EventRequest;
}

/**
 * `POST /colony-events`, by the leader: one conditional write on the record, which takes the event
 * only if its tick is above the horizon. The horizon is far ahead of the world; what is granted is near. So
 * the write lowers the horizon to what is granted, while nothing more is:
 *
 *     horizon   700 ────────────┐ inject for 331 ┌── 330, then beats raise it again
 *     granted   330 ─held───────┴────────────────┘
 *     world     301 …
 *
 * The key is looked up among all events of the instance: those of the log, which the leader has read,
 * and those pending in the record. The write needs eventSeq as it was seen, so none can be missed.
 */
export class EventControl {
  readonly #options: EventControlOptions;

  constructor(options: EventControlOptions) {
    this.#options = options;
  }

  async inject(injection: Injection): Promise<ColonyEvent> {
    const { keeper } = requireDrivenColony(this.#options);
    if (keeper.turns.waiting >= WAITING_MAX) {
      throw new ColonyError('EVENTS_PENDING', `${WAITING_MAX} other requests wait to inject`);
    }
    return colonyEventOf(await keeper.turns.run(() => this.#inject(injection, keeper)));
  }

  async #inject({ key, request }: Injection, keeper: EventKeeper): Promise<LoggedEvent> {
    const { store, context, hook } = this.#options;
    const hashes = {
      keyHash: requestHashOf(key),
      bodyHash: requestHashOf(canonicalJson(request)),
    };
    let hasMadeRoom = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const driven = requireDrivenColony(this.#options);
      const { scope, stored, keeper: current } = driven;
      // The colony may have been stopped while this waited for its turn.
      if (current !== keeper) {
        throw new ColonyError('NO_LEADER', 'the leader has reloaded the colony meanwhile');
      }
      const known = knownEvent(keeper.book, driven.record, hashes);
      if (known !== undefined) {
        await confirmDrivenColony(this.#options);
        return known;
      }
      if (driven.record.pendingEvents.length >= PENDING_EVENTS_MAX && !hasMadeRoom) {
        // The keeper cannot take its own turn during this one.
        hasMadeRoom = true;
        await keeper.copy().catch(() => {});
        continue;
      }
      const { granted, release } = await this.#hold(request, driven);
      try {
        // A beat may have come meanwhile.
        const { record } = requireDrivenColony(this.#options);
        const entry = nextEntry(request, hashes, record, stored.spec, keeper.book, granted);
        const write = async () => {
          const written = await atStage(hook, 'inject', () =>
            store.inject(scope.storeTerm, record, entry, granted),
          );
          context.initializeWithStoredInfo(written.record);
          return written;
        };
        const clarify = () => settledRecord(this.#options, scope);
        const { ok } = await driven.grants.frozen(write, clarify);
        if (ok) {
          keeper.wake();
          return entry;
        }
      } finally {
        release();
      }
    }
    throw new ColonyError('STORE_UNAVAILABLE', 'the record kept changing under the event');
  }

  /** Holds the colony where the event is to come before the horizon; what is granted then. */
  async #hold({ tick }: EventRequest, { record, ticker }: Driven) {
    if (tick !== undefined && tick > record.horizon) {
      return { granted: record.horizon, release: () => {} };
    }
    return ticker.hold(soonTick(ticker.progress, this.#options.heartbeatIntervalMs));
  }
}

/** The event that this key injected before; throws IDEMPOTENCY_KEY_REUSED if its body was another. */
function knownEvent(
  book: EventBook,
  record: ColonyRecord,
  { keyHash, bodyHash }: { keyHash: string; bodyHash: string },
): LoggedEvent | undefined {
  if (record.eventHead > book.through) {
    throw new ColonyError('NO_LEADER', 'the leader has not read the event log yet');
  }
  const known = book.find(keyHash) ?? record.pendingEvents.find((e) => e.keyHash === keyHash);
  if (known === undefined || known.bodyHash === bodyHash) return known;
  throw new ColonyError(
    'IDEMPOTENCY_KEY_REUSED',
    `the key was used for another event, ${known.event.kind} at tick ${known.tick}`,
  );
}

/** The event as the record will have it; throws if it cannot be accepted. */
function nextEntry(
  request: EventRequest,
  hashes: { keyHash: string; bodyHash: string },
  record: ColonyRecord,
  world: { width: number; height: number },
  book: EventBook,
  granted: number,
): LoggedEvent {
  const { colonyInstanceId = '', horizon, eventSeq, pendingEvents } = record;
  const { width, height } = world;
  const problem = eventRequestProblem(request, world);
  if (problem !== undefined) throw new ColonyError('BAD_REQUEST', problem);
  const lowestTick = Math.min(horizon, granted) + 1;
  const highestTick = Math.min(lowestTick + EVENT_AHEAD_MAX_TICKS, TICK_MAX);
  const pending = book.pending(record);
  const countAt = (tick: number) =>
    book.countAt(tick) + pending.filter((e) => e.tick === tick).length;
  const tick = request.tick ?? firstFreeTick(lowestTick, countAt);
  if (tick < lowestTick) {
    throw new ColonyError(
      'EVENT_TICK_PASSED',
      `tick ${tick} may have been computed; the lowest possible one is ${lowestTick} now`,
      { extra: { lowestTick } },
    );
  }
  if (tick > highestTick) {
    throw new ColonyError(
      'EVENT_TICK_TOO_FAR',
      `tick ${tick} is too far ahead; the highest possible one is ${highestTick} now`,
      { extra: { highestTick } },
    );
  }
  if (eventSeq >= EVENTS_MAX) {
    throw new ColonyError('EVENT_LOG_FULL', `the colony has had ${EVENTS_MAX} injected events`);
  }
  if (countAt(tick) >= EVENTS_PER_TICK_MAX) {
    throw new ColonyError('EVENT_TICK_FULL', `tick ${tick} has ${countAt(tick)} injected events`);
  }
  if (pendingEvents.length >= PENDING_EVENTS_MAX) {
    throw new ColonyError(
      'EVENTS_PENDING',
      `${pendingEvents.length} events are not in the event log yet`,
    );
  }
  const sequence = eventSeq + 1;
  const event = resolveEvent(request, { colonyInstanceId, sequence, width, height });
  return { sequence, tick, ...hashes, event };
}

function firstFreeTick(lowestTick: number, countAt: (tick: number) => number): number {
  let tick = lowestTick;
  while (countAt(tick) >= EVENTS_PER_TICK_MAX) tick++;
  return tick;
}
