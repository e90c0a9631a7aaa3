import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { WriteResult } from '../../platform/record/record-store.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import type { RunAnswer } from '../../protocol/api/public-api.ts';
import { requestHashOf } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { isInTerm } from '../../protocol/record/record-change.ts';
import type { RunChange } from '../../protocol/record/run-changes.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import {
  confirmDrivenColony,
  type DrivenColonySource,
  requireDrivenColony,
} from '../ticking/driven-colony.ts';
import type { Grants } from '../ticking/grants.ts';
import { confirmedRefusal } from './confirmed-refusal.ts';
import { settledRecord } from './settled-record.ts';

export interface RunControlOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  driver: DrivenColonySource<'grants' | 'scope' | 'ticker'>;
  clock: Clock;
  randomness: Randomness;
}

type Driven = ReturnType<typeof requireDrivenColony<'grants' | 'scope' | 'ticker'>>;

/** At most so many requests wait for their turn. */
const WAITING_MAX = 64;
/** How often a pause is written when other writes overtake it. */
const ATTEMPTS = 5;

/**
 * Pause, resume, step and pace of a started colony, by its leader. Each is one conditional write on the
 * record; they run one after the other.
 */
export class RunControl {
  readonly #options: RunControlOptions;
  readonly #turns = new SerialQueue();
  /** Whether a write of before may still go through: its answer was lost. */
  #isInDoubt = false;

  constructor(options: RunControlOptions) {
    this.#options = options;
  }

  /**
   * Pauses as soon as possible, a step too: at the highest tick to which any backend may have been told to
   * run, once all have been told to run no further than they must. The horizon falls to that tick. A pause
   * that was answered stays at its tick, though what counts as granted may fall afterwards.
   */
  pause(): Promise<RunAnswer> {
    return this.#inTurn(async () => {
      const driven = hasPaused(this.#driving()) ? await this.#confirmed() : this.#driving();
      if (hasPaused(driven)) return answerOf(driven.record, standsAt(driven));
      const { record, grants, ticker } = driven;
      // Of a step whose ticks are all granted nothing is left to be recalled.
      const isSteppedOut = record.paused && record.runUntil === grants.granted;
      const { granted, release } = await ticker.hold(
        isSteppedOut ? grants.granted : ticker.maxTick,
      );
      try {
        return answerOf(await this.#pauseAt(granted), granted);
      } finally {
        release();
      }
    });
  }

  resume(): Promise<RunAnswer> {
    return this.#inTurn(async () => {
      const known = this.#driving();
      const driven = known.record.paused ? known : await this.#confirmed();
      if (!driven.record.paused) return answerOf(driven.record, driven.grants.granted);
      const { horizon: horizonLeast } = reservationOf({ ...driven.record, paused: false }, driven);
      const changed = await this.#write({ paused: false, runUntil: null, horizonLeast });
      driven.ticker.nudge();
      return answerOf(changed, standsAt(driven));
    });
  }

  /** A retry with the same key gives the answer of the first request; one with other ticks is refused. */
  step({ key, ticks }: { key: string; ticks: number }): Promise<RunAnswer> {
    return this.#inTurn(async () => {
      const driven = this.#driving();
      const { record, scope } = driven;
      const keyHash = requestHashOf(key);
      const handled = record.handledKeys.find((one) => one.keyHash === keyHash);
      if (handled !== undefined) {
        if (handled.ticks !== undefined && handled.ticks !== ticks) {
          const detail = `the key was used for a step of ${handled.ticks} ticks, not ${ticks}`;
          throw new ColonyError('IDEMPOTENCY_KEY_REUSED', detail);
        }
        return answerOf((await this.#confirmed()).record, handled.runUntil);
      }
      if (!record.paused) {
        throw new ColonyError('COLONY_NOT_PAUSED', 'only a paused colony can be stepped');
      }
      const runUntil = standsAt(driven) + ticks;
      const step = { keyHash, runUntil, ticks };
      const { horizon } = reservationOf({ ...record, runUntil }, driven);
      const { store } = this.#options;
      const changed = this.#take(
        await this.#written(store.step(scope.storeTerm, record, step, horizon)),
      );
      driven.ticker.nudge();
      return answerOf(changed, runUntil);
    });
  }

  setPace(ticksPerSecond: number | null): Promise<RunAnswer> {
    return this.#inTurn(async () => {
      const { grants, ticker } = this.#driving();
      const changed = await this.#write({ ticksPerSecond });
      ticker.nudge();
      return answerOf(changed, grants.granted);
    });
  }

  async #inTurn(request: () => Promise<RunAnswer>): Promise<RunAnswer> {
    if (this.#turns.waiting >= WAITING_MAX) {
      throw new ColonyError(
        'STEERING_BUSY',
        `${WAITING_MAX} other requests wait to pause, resume, step or set the pace`,
      );
    }
    return this.#turns.run(() => confirmedRefusal(this.#options, request));
  }

  #driving(): Driven {
    return requireDrivenColony(this.#options);
  }

  /**
   * By the record as it is now; to be asked before an answer that changes nothing. A write that is in doubt
   * must not contradict that answer later: so this writes too then, by which the other is in the record or void.
   */
  async #confirmed(): Promise<Driven> {
    if (!this.#isInDoubt) return confirmDrivenColony(this.#options);
    const { scope } = this.#driving();
    this.#take(await this.#written(this.#options.store.settle(scope.storeTerm)));
    return this.#driving();
  }

  async #written(write: Promise<WriteResult>): Promise<WriteResult> {
    const wasInDoubt = this.#isInDoubt;
    this.#isInDoubt = true;
    const result = await write;
    // A refusal writes nothing: it voids nothing either.
    this.#isInDoubt = wasInDoubt && !result.ok;
    return result;
  }

  /**
   * A write whose answer is lost may have gone through: nothing is granted before the record says so, or
   * that it did not.
   */
  async #pauseAt(tick: number): Promise<ColonyRecord> {
    const { store, context } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { grants, record, scope } = this.#driving();
      const change = { paused: true, runUntil: tick, pauseTick: tick, horizonMost: tick };
      const written = await grants.frozen(
        async () => {
          const result = await this.#written(store.setRun(scope.storeTerm, change, record));
          context.initializeWithStoredInfo(result.record);
          return result;
        },
        () => settledRecord(this.#options, scope),
      );
      if (written.ok || !isInTerm(written.record, scope.storeTerm)) return this.#take(written);
    }
    throw new ColonyError('STORE_UNAVAILABLE', 'the record kept changing under the pause');
  }

  async #write(change: RunChange): Promise<ColonyRecord> {
    const { scope } = this.#driving();
    return this.#take(await this.#written(this.#options.store.setRun(scope.storeTerm, change)));
  }

  #take({ ok, record }: WriteResult): ColonyRecord {
    this.#options.context.initializeWithStoredInfo(record);
    if (!ok) {
      // It says so if the colony has failed, or was stopped.
      this.#driving();
      throw new ColonyError('NO_LEADER', 'the lead or the colony changed while it was written');
    }
    return record;
  }
}

/** Whether a pause was answered with the tick where it stops, and no backend may run beyond that. */
const hasPaused = ({ record, grants }: Driven): boolean =>
  record.paused &&
  record.runUntil !== undefined &&
  record.runUntil === record.pauseTick &&
  record.runUntil >= grants.granted;

/** The tick at which a paused colony has stopped or will stop. */
const standsAt = ({ record, grants }: { record: ColonyRecord; grants: Grants }): number =>
  Math.max(record.runUntil ?? 0, grants.granted);

/** What to reserve with a write that lets a colony run, so that it need not wait for a beat. */
const reservationOf = (record: ColonyRecord, { grants, ticker }: Driven): { horizon: number } =>
  grants.reservation(record, ticker.progress);

function answerOf(record: ColonyRecord, effectiveTick: number): RunAnswer {
  return {
    colonyInstanceId: record.colonyInstanceId ?? '',
    paused: record.paused,
    effectiveTick,
    ticksPerSecond: record.ticksPerSecond,
  };
}
