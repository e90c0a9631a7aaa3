import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { ColonyEvent, EventRequest } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { PENDING_EVENTS_MAX } from '../../protocol/record/colony-record.ts';
import type { EventKeeper } from '../events/event-keeper.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import {
  confirmDrivenColony,
  type DrivenColonySource,
  requireDrivenColony,
} from '../ticking/driven-colony.ts';
import { soonTick } from '../ticking/horizon.ts';
import { Cancellation } from './cancellation.ts';
import { confirmedRefusal } from './confirmed-refusal.ts';
import type { EventAddition, EventState } from './event-addition.ts';
import { Injection } from './injection.ts';
import { settledRecord } from './settled-record.ts';

type Parts = 'grants' | 'keeper' | 'scope' | 'stored' | 'ticker';
type Driven = ReturnType<typeof requireDrivenColony<Parts>>;

export interface EventControlOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  driver: DrivenColonySource<Parts>;
  clock: Clock;
  randomness: Randomness;
  heartbeatIntervalMs: number;
  hook: StageHook;
  count?: CoordinatorCount | undefined;
}

/** At most so many requests wait for their turn. */
const WAITING_MAX = 64;
/** How often an event is tried when other writes overtake it. */
const ATTEMPTS = 5;

/**
 * Events that come from outside, by the leader: one conditional write on the record each, which takes an
 * entry only if its tick is above the horizon. The horizon is far ahead of the world; what is granted is
 * near. So the write lowers the horizon to what is granted, while nothing more is:
 *
 *     horizon   700 ────────────┐ inject for 331 ┌── 330, then beats raise it again
 *     granted   330 ─held───────┴────────────────┘
 *     world     301 …
 */
export class EventControl {
  readonly #options: EventControlOptions;

  constructor(options: EventControlOptions) {
    this.#options = options;
  }

  inject(injection: { key: string; request: EventRequest }): Promise<ColonyEvent> {
    return this.#add(new Injection(injection));
  }

  /** Cancels an injected event that has not been granted yet; one that is cancelled answers the same. */
  cancel(sequence: number): Promise<ColonyEvent> {
    return this.#add(new Cancellation(sequence));
  }

  #add<T>(addition: EventAddition<T>): Promise<T> {
    return confirmedRefusal(this.#options, () => this.#inTurn(addition));
  }

  async #inTurn<T>(addition: EventAddition<T>): Promise<T> {
    const { keeper } = requireDrivenColony(this.#options);
    if (keeper.turns.waiting >= WAITING_MAX) {
      throw new ColonyError('EVENTS_PENDING', `${WAITING_MAX} other requests wait to inject`);
    }
    return keeper.turns.run(() => this.#tryToAdd(addition, keeper));
  }

  async #tryToAdd<T>(addition: EventAddition<T>, keeper: EventKeeper): Promise<T> {
    let hasMadeRoom = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const driven = this.#driven(keeper);
      const known = addition.known(stateOf(driven));
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
      const tick = addition.tick(stateOf(driven));
      const isBeyond = tick !== undefined && tick > driven.record.horizon;
      // The horizon need not fall for what is beyond it: then no time passes before the write.
      const hold = isBeyond ? undefined : await this.#hold(driven);
      try {
        // A beat may have come meanwhile.
        const now = hold === undefined ? driven : this.#driven(keeper);
        const granted = hold?.granted ?? now.record.horizon;
        const lowestTick = Math.min(now.record.horizon, granted) + 1;
        const { entry, answer } = addition.entry(stateOf(now), lowestTick);
        if (await this.#write(entry, now, granted)) {
          keeper.wake();
          this.#options.count?.('colony_events_injected_total', { kind: entry.event.kind });
          return answer;
        }
      } finally {
        hold?.release();
      }
    }
    throw new ColonyError('STORE_UNAVAILABLE', 'the record kept changing under the event');
  }

  #driven(keeper: EventKeeper): Driven {
    const driven = requireDrivenColony(this.#options);
    // The colony may have been stopped while this waited for its turn.
    if (driven.keeper !== keeper) {
      throw new ColonyError('NO_LEADER', 'the leader has reloaded the colony meanwhile');
    }
    if (driven.record.eventHead > keeper.book.through) {
      throw new ColonyError('NO_LEADER', 'the leader has not read the event log yet');
    }
    return driven;
  }

  /** Holds the colony where an event can come soon; with what is granted then. */
  #hold({ ticker }: Driven): ReturnType<Driven['ticker']['hold']> {
    return ticker.hold(soonTick(ticker.progress, this.#options.heartbeatIntervalMs));
  }

  async #write(
    entry: Parameters<ColonyRecords['inject']>[2],
    { record, scope, grants }: Driven,
    granted: number,
  ): Promise<boolean> {
    const { store, context, hook } = this.#options;
    const write = async () => {
      const written = await atStage(hook, 'inject', () =>
        store.inject(scope.storeTerm, record, entry, granted),
      );
      context.initializeWithStoredInfo(written.record);
      return written.ok;
    };
    return grants.frozen(write, () => settledRecord(this.#options, scope));
  }
}

const stateOf = ({ record, keeper, stored }: Driven): EventState => ({
  record,
  book: keeper.book,
  spec: stored.spec,
});
