import {
  type ColonyEvent,
  colonyEventOf,
  type EventRequest,
  eventRequestProblem,
  isWorldEvent,
  type LoggedEvent,
  requestHashOf,
  resolveEvent,
} from '../../protocol/colony/colony-event.ts';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import {
  EVENTS_PER_TICK_MAX,
  INJECTIONS_PER_TICK_MAX,
} from '../../protocol/record/colony-record.ts';
import { isCancelled } from './cancellation.ts';
import { type EventAddition, type EventState, nextSequence } from './event-addition.ts';

/** An event may be for a tick so far above the lowest possible one, and no further. */
export const EVENT_AHEAD_MAX_TICKS = 10_000_000;

/**
 * `POST /colony-events`. The key is looked up among all events of the instance: those of the log and those
 * pending in the record. The write needs eventSeq as it was seen, so none can be missed.
 */
export class Injection implements EventAddition<ColonyEvent> {
  readonly #request: EventRequest;
  readonly #hashes: { keyHash: string; bodyHash: string };

  constructor({ key, request }: { key: string; request: EventRequest }) {
    this.#request = request;
    this.#hashes = {
      keyHash: requestHashOf(key),
      bodyHash: requestHashOf(canonicalJson(request)),
    };
  }

  known(state: EventState): ColonyEvent | undefined {
    const { keyHash, bodyHash } = this.#hashes;
    const { book, record } = state;
    const pending = record.pendingEvents.find((entry) => entry.keyHash === keyHash);
    const known = book.find(keyHash) ?? pending;
    if (known === undefined || !isWorldEvent(known)) return undefined;
    if (known.bodyHash === bodyHash) {
      return colonyEventOf(known, isCancelled(state, known.sequence));
    }
    throw new ColonyError(
      'IDEMPOTENCY_KEY_REUSED',
      `the key was used for another event, ${known.event.kind} at tick ${known.tick}`,
    );
  }

  tick(): number | undefined {
    return this.#request.tick;
  }

  entry(state: EventState, lowestTick: number): { entry: LoggedEvent; answer: ColonyEvent } {
    const { record, spec } = state;
    const { width, height } = spec;
    const problem = eventRequestProblem(this.#request, spec);
    if (problem !== undefined) throw new ColonyError('BAD_REQUEST', problem);
    const tick = this.#request.tick ?? firstFreeTick(state, lowestTick);
    assertPossible(tick, lowestTick);
    const sequence = nextSequence(record);
    const full = whyFull(state, tick);
    if (full !== undefined) throw new ColonyError('EVENT_TICK_FULL', full);
    const place = { colonyInstanceId: record.colonyInstanceId ?? '', sequence, width, height };
    const event = resolveEvent(this.#request, place);
    return {
      entry: { sequence, tick, ...this.#hashes, event },
      answer: colonyEventOf({ sequence, tick, event }),
    };
  }
}

function assertPossible(tick: number, lowestTick: number): void {
  if (tick < lowestTick) {
    throw new ColonyError(
      'EVENT_TICK_PASSED',
      `tick ${tick} may have been computed; the lowest possible one is ${lowestTick} now`,
      { extra: { lowestTick } },
    );
  }
  const highestTick = Math.min(lowestTick + EVENT_AHEAD_MAX_TICKS, TICK_MAX);
  if (tick > highestTick) {
    throw new ColonyError(
      'EVENT_TICK_TOO_FAR',
      `tick ${tick} is too far ahead; the highest possible one is ${highestTick} now`,
      { extra: { highestTick } },
    );
  }
}

/** Why a tick takes no further event; undefined if it takes one. A cancelled event leaves its place to another. */
function whyFull({ book, record }: EventState, tick: number): string | undefined {
  const { events, cancellations } = book.countAt(tick, record);
  if (events >= INJECTIONS_PER_TICK_MAX) {
    return `tick ${tick} has had ${events} injected events, cancelled ones included`;
  }
  const count = events - cancellations;
  return count >= EVENTS_PER_TICK_MAX ? `tick ${tick} has ${count} injected events` : undefined;
}

function firstFreeTick(state: EventState, lowestTick: number): number {
  let tick = lowestTick;
  while (whyFull(state, tick) !== undefined) tick++;
  return tick;
}
