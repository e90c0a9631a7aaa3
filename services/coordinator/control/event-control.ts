import type { ColonyRecords } from '../../platform/record/colony-records.ts';
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

export interface EventControlOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  driver: DrivenColonySource<'keeper' | 'scope' | 'stored'>;
  hook: StageHook;
}

/** At most so many requests wait for their turn. */
const WAITING_MAX = 64;
/** How often an injection is tried when the horizon has passed its tick. */
const ATTEMPTS = 5;

interface Injection {
  key: string;
  request: EventRequest;
}

/**
 * `POST /colony-events`, by the leader: one conditional write on the record, which takes the event
 * only if its tick is above the horizon. Beats raise the horizon at the same time:
 *
 *     leader   inject for horizon + 1 = 501 ──▶ refused, the horizon is 700
 *     record   500 ──beat──▶ 700
 *     leader   inject for 701 ────────────────▶ taken, or tried again
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
      const { record, scope, stored, keeper: current } = requireDrivenColony(this.#options);
      // The colony may have been stopped while this waited for its turn.
      if (current !== keeper) {
        throw new ColonyError('NO_LEADER', 'the leader has reloaded the colony meanwhile');
      }
      const known = knownEvent(keeper.book, record, hashes);
      if (known !== undefined) {
        await confirmDrivenColony(this.#options);
        return known;
      }
      if (record.pendingEvents.length >= PENDING_EVENTS_MAX && !hasMadeRoom) {
        // The keeper cannot take its own turn during this one.
        hasMadeRoom = true;
        await keeper.copy().catch(() => {});
        continue;
      }
      const entry = nextEntry(request, hashes, record, stored.spec, keeper.book);
      const written = await atStage(hook, 'inject', () =>
        store.inject(scope.storeTerm, record, entry),
      );
      context.initializeWithStoredInfo(written.record);
      if (written.ok) {
        keeper.wake();
        return entry;
      }
    }
    throw new ColonyError('STORE_UNAVAILABLE', 'the record kept changing under the event');
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
): LoggedEvent {
  const { colonyInstanceId = '', horizon, eventSeq, pendingEvents } = record;
  const { width, height } = world;
  const problem = eventRequestProblem(request, world);
  if (problem !== undefined) throw new ColonyError('BAD_REQUEST', problem);
  const lowestTick = horizon + 1;
  const pending = book.pending(record);
  const countAt = (tick: number) =>
    book.countAt(tick) + pending.filter((e) => e.tick === tick).length;
  const tick = request.tick ?? firstFreeTick(lowestTick, countAt);
  if (tick < lowestTick || tick > TICK_MAX) {
    throw new ColonyError(
      'EVENT_TICK_PASSED',
      `tick ${tick} is not above the horizon; the lowest possible one is ${lowestTick} now`,
      { extra: { lowestTick } },
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
