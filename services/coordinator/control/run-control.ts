import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { WriteResult } from '../../platform/record/record-store.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import type { RunAnswer } from '../../protocol/api/public-api.ts';
import { requestHashOf } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { RunChange } from '../../protocol/record/run-changes.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import {
  confirmDrivenColony,
  type DrivenColonySource,
  requireDrivenColony,
} from '../ticking/driven-colony.ts';
import type { Grants } from '../ticking/grants.ts';

export interface RunControlOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  driver: DrivenColonySource<'grants' | 'scope'>;
  clock: Clock;
  randomness: Randomness;
}

type Driven = ReturnType<typeof requireDrivenColony<'grants' | 'scope'>>;

/** Nothing is granted meanwhile: the pauses stay short. */
const READ_AGAIN = { firstMs: 100, mostMs: 500 };

/**
 * Pause, resume, step and pace of a started colony, by its leader. Each is one conditional write on the
 * record; they run one after the other.
 */
export class RunControl {
  readonly #options: RunControlOptions;
  readonly #turns = new SerialQueue();

  constructor(options: RunControlOptions) {
    this.#options = options;
  }

  /**
   * Pauses at the highest tick that was granted: no backend was told to run beyond it. A write whose
   * answer is lost may have gone through, or may do so later. So nothing is granted before the record is
   * known again, and a repeated pause corrects one that took effect late.
   */
  pause(): Promise<RunAnswer> {
    return this.#turns.run(async () => {
      const standing = ({ record, grants }: Driven) =>
        record.paused && record.runUntil === standsAt(record, grants);
      const driven = standing(this.#driving()) ? await this.#confirmed() : this.#driving();
      const { grants, record, scope } = driven;
      const runUntil = standsAt(record, grants);
      if (standing(driven)) return answerOf(record, runUntil);
      const write = () => this.#write({ paused: true, runUntil });
      return answerOf(await grants.frozen(write, () => this.#readAgain(scope)), runUntil);
    });
  }

  resume(): Promise<RunAnswer> {
    return this.#turns.run(async () => {
      const known = this.#driving();
      const { grants, record } = known.record.paused ? known : await this.#confirmed();
      if (!record.paused) return answerOf(record, grants.granted);
      const changed = await this.#write({ paused: false, runUntil: null });
      return answerOf(changed, standsAt(record, grants));
    });
  }

  /** A retry with the same key gives the answer of the first request; one with other ticks is refused. */
  step({ key, ticks }: { key: string; ticks: number }): Promise<RunAnswer> {
    return this.#turns.run(async () => {
      const { grants, record, scope } = this.#driving();
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
      const runUntil = standsAt(record, grants) + ticks;
      const written = await this.#options.store.step(scope.storeTerm, record, {
        keyHash,
        runUntil,
        ticks,
      });
      return answerOf(this.#take(written), runUntil);
    });
  }

  setPace(ticksPerSecond: number | null): Promise<RunAnswer> {
    return this.#turns.run(async () => {
      const { grants } = this.#driving();
      return answerOf(await this.#write({ ticksPerSecond }), grants.granted);
    });
  }

  #driving(): Driven {
    return requireDrivenColony(this.#options);
  }

  /** By the record as it is now; to be asked before an answer that writes nothing. */
  #confirmed(): Promise<Driven> {
    return confirmDrivenColony(this.#options);
  }

  async #write(change: RunChange): Promise<ColonyRecord> {
    const { scope } = this.#driving();
    return this.#take(await this.#options.store.setRun(scope.storeTerm, change));
  }

  #take({ ok, record }: WriteResult): ColonyRecord {
    this.#options.context.initializeWithStoredInfo(record);
    if (!ok) {
      throw new ColonyError('NO_LEADER', 'the lead or the colony changed while it was written');
    }
    return record;
  }

  /** Until the record is known or the scope ends. The leader's own reads log what is wrong. */
  async #readAgain(scope: ColonyScope): Promise<void> {
    const { store, context } = this.#options;
    const backoff = new Backoff(this.#options, READ_AGAIN);
    while (scope.isActive) {
      const record = await store.read().catch(() => undefined);
      if (record !== undefined) {
        context.initializeWithStoredInfo(record);
        return;
      }
      await backoff.pause(scope.signal);
    }
  }
}

/** The tick at which a paused colony has stopped or will stop. */
const standsAt = (record: ColonyRecord, grants: Grants): number =>
  Math.max(record.runUntil ?? 0, grants.granted);

function answerOf(record: ColonyRecord, effectiveTick: number): RunAnswer {
  return {
    colonyInstanceId: record.colonyInstanceId ?? '',
    paused: record.paused,
    effectiveTick,
    ticksPerSecond: record.ticksPerSecond,
  };
}
