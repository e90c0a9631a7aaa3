import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import { SerialQueue } from '../../platform/runtime/serial-queue.ts';
import type { ScaleAnswer } from '../../protocol/api/public-api.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import { confirmedRefusal } from './confirmed-refusal.ts';

export interface ScaleControlOptions {
  store: Pick<ColonyRecords, 'read' | 'setWantedBackends'>;
  context: CoordinatorContext;
  log: Log;
  /** undefined: this coordinator does not lead. */
  term: () => LeaderTerm | undefined;
  /** How many there are where nobody asked for another number. */
  configuredBackends: number;
  /** Throws WORLD_TOO_LARGE if the world cannot fit into so many backends. */
  assertFits: (record: ColonyRecord, backends: number) => Promise<void>;
  /** Called once the record has another number. */
  onScaled: () => void;
}

/** At most so many requests wait for their turn. */
const WAITING_MAX = 64;

/**
 * How many backends a started colony should have, by its leader. Whoever runs them follows the record: the
 * compute service in AWS, the launcher of a local colony. So this needs nobody who drives the colony: one
 * that waits for backends can be given more.
 */
export class ScaleControl {
  readonly #options: ScaleControlOptions;
  readonly #turns = new SerialQueue();

  constructor(options: ScaleControlOptions) {
    this.#options = options;
  }

  /** Throws COLONY_NOT_STARTED, COLONY_FAILED, NO_LEADER, WORLD_TOO_LARGE, STEERING_BUSY or STORE_UNAVAILABLE. */
  async scale(backends: number): Promise<ScaleAnswer> {
    if (this.#turns.waiting >= WAITING_MAX) {
      throw new ColonyError('STEERING_BUSY', `${WAITING_MAX} other requests wait to scale it`);
    }
    return this.#turns.run(() => confirmedRefusal(this.#options, () => this.#scale(backends)));
  }

  /** Writes though the number may be there already: the answer must hold against a write that is still under way. */
  async #scale(backends: number): Promise<ScaleAnswer> {
    const { store, context, configuredBackends, log, onScaled, assertFits } = this.#options;
    const { term, record } = this.#leading();
    const { leaderId, epoch } = term;
    const before = record.wantedBackends ?? configuredBackends;
    if (backends < before) await assertFits(record, backends);
    const written = await store.setWantedBackends(
      { leaderId, epoch, generation: record.generation },
      backends,
    );
    context.initializeWithStoredInfo(written.record);
    if (!written.ok) {
      // It says so if the colony has failed, or was stopped.
      this.#leading();
      throw new ColonyError('NO_LEADER', 'the lead or the colony changed while it was written');
    }
    log.info({ backends, before }, 'another number of backends is wanted');
    onScaled();
    return { backends, before };
  }

  #leading(): { term: LeaderTerm; record: ColonyRecord } {
    const { context, term: termNow } = this.#options;
    const record = context.storedInfo();
    const term = termNow();
    if (term === undefined) {
      throw new ColonyError('NO_LEADER', 'this coordinator does not lead any more');
    }
    if (record.status !== 'TopographyInitialized') {
      throw new ColonyError('COLONY_NOT_STARTED', `the colony is ${record.status}`);
    }
    if (record.fault !== undefined) throw new ColonyError('COLONY_FAILED', record.fault.reason);
    return { term, record };
  }
}
