import type { CheckpointPointer } from '../../protocol/checkpoint/manifest.ts';
import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { checkpointChange } from '../../protocol/record/checkpoint-changes.ts';
import {
  type ColonyRecord,
  colonyRecordSchema,
  type LastFailure,
  type Leader,
} from '../../protocol/record/colony-record.ts';
import { eventsLoggedChange, injectChange } from '../../protocol/record/event-changes.ts';
import {
  beatChange,
  type Reservation,
  resignChange,
  takeLeadershipChange,
} from '../../protocol/record/leadership-changes.ts';
import { boundTo, type RecordChange, type Term } from '../../protocol/record/record-change.ts';
import {
  type RunChange,
  runChange,
  type Step,
  stepChange,
  topologyChange,
  wantedBackendsChange,
} from '../../protocol/record/run-changes.ts';
import {
  type Claim,
  claimChange,
  completeChange,
  failChange,
  stopChange,
} from '../../protocol/record/start-changes.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import { isDoneWithin } from '../runtime/deadline.ts';
import type { Randomness } from '../runtime/randomness.ts';
import type { RecordStore, WriteResult } from './record-store.ts';

export interface ColonyRecordsOptions {
  store: RecordStore;
  clock: Clock;
  randomness: Randomness;
}

/** How often a change is tried while other writes keep overtaking it. */
const ATTEMPTS_MAX = 12;
/** Pauses before the second retry and each further one. */
const RETRY = { firstMs: 10, mostMs: 200, leastShare: 0 };
/** How long a write waits for those before it. */
const TURN_WAIT_MS = 500;

/**
 * The colony record, as coordinators read and change it. Every method except `read` carries out one
 * rule of services/protocol/record: read the record, apply the rule, replace the record if nothing has
 * changed it. One write wins a race, and the others read again:
 *
 *     coordinator A                     item                         coordinator B
 *                                       revision 4, NotInitialized
 *     claim K1 on 4 ──────────────────▶ revision 5, K1, gen 7 ◀───── claim K2 on 4
 *     ok, gen 7 ◀──────────────────────                       ─────▶ refused, with revision 5:
 *                                                                    "K1 is being started"
 *     claim K1 again (answer lost) ───▶ refused, with revision 5:
 *                                       its claimId ⇒ ok, gen 7
 *
 * The first attempt starts from the newest record this process has seen, which saves a read. A rule
 * that refuses it proves nothing, so the refusal is confirmed by a consistent read. The first retry
 * follows at once, so that a beat or an injection that lost one race is not delayed; later ones
 * pause for a random time that grows (full jitter).
 *
 * Writes of one process take turns, since they would only refuse each other: of many claims at a
 * time only the first is sent, and other writes cannot starve a beat. A write that hangs
 * delays those behind it by at most half a second.
 *
 * A caller may repeat a write whose answer was lost. A write that finds its own effect in the record is
 * `ok`, with the record as it is by then; beats, resignations and setRun do no harm when done twice.
 *
 * Rejected: an update expression for each change. It avoids conflicts between changes of different
 * fields, but states every rule twice.
 *
 * Any method throws STORE_UNAVAILABLE when the store cannot be reached or its item is broken, or when
 * other writes have overtaken every attempt.
 */
export class ColonyRecords {
  readonly #options: ColonyRecordsOptions;
  /** Resolves once the writes under way have ended, whether they succeed or not. */
  #writing: Promise<unknown> | undefined;
  #newest: ColonyRecord | undefined;

  constructor(options: ColonyRecordsOptions) {
    this.#options = options;
  }

  /** A consistent read; an absent item is ABSENT_RECORD. */
  async read(): Promise<ColonyRecord> {
    const record = await this.#options.store.read();
    this.#newest = record;
    return record;
  }

  /**
   * NotInitialized (or absent) → Initializing with generation + 1, topologyVersion 0, horizon 0,
   * not paused, no fault, no lastFailure; refused if the key is retired. `ok` too if the stored
   * claimId is this claim's: it went through and its answer was lost. (The claimId outlives a stop
   * and a failure, so that the record may be NotInitialized again by then.)
   */
  async claim(claim: Claim): Promise<WriteResult> {
    return this.#commit(claimChange(claim));
  }

  /** Initializing → TopographyInitialized; startKey becomes idempotencyKey; needs a topology. */
  async complete(term: Term, horizon: number): Promise<WriteResult> {
    return this.#commit(completeChange(term, horizon));
  }

  /** Initializing → NotInitialized with lastFailure; the key is free again. */
  async fail(term: Term, failure: LastFailure): Promise<WriteResult> {
    return this.#commit(failChange(term, failure));
  }

  /**
   * Initializing or TopographyInitialized with the instance and generation of `seen` →
   * NotInitialized; retires the key and forgets the oldest retired one beyond 64. Throws a plain
   * Error if `seen` has nothing to stop.
   */
  async stop(seen: ColonyRecord): Promise<WriteResult> {
    return this.#commit(stopChange(seen));
  }

  /** Takes the lead with epoch + 1, if the leader is exactly as seen (undefined: none yet). */
  async takeLeadership(
    seen: Leader | undefined,
    me: { id: string; address: string },
  ): Promise<WriteResult> {
    return this.#commit(takeLeadershipChange(seen, me));
  }

  /**
   * Raises the beat, if (id, epoch) still lead. `horizon` is raised to at least the given tick
   * only when the generation is the one named in it and the colony is started; the beat itself
   * goes through either way, so look at the answer's horizon.
   */
  async beat(leader: { id: string; epoch: number }, reserve?: Reservation): Promise<WriteResult> {
    return this.#commit(beatChange(leader, reserve));
  }

  /** Frees the lead, if (id, epoch) still lead. */
  async resign(leader: { id: string; epoch: number }): Promise<WriteResult> {
    return this.#commit(resignChange(leader));
  }

  /** Points at the next topology: topologyVersion must be exactly one less in the record. */
  async setTopology(
    term: Term,
    topologyRef: string,
    topologyVersion: number,
  ): Promise<WriteResult> {
    return this.#commit(topologyChange(term, topologyRef, topologyVersion));
  }

  /** Points at a whole checkpoint of a started colony, if its tick is higher than that of the present one. */
  async setCheckpoint(term: Term, checkpoint: CheckpointPointer): Promise<WriteResult> {
    return this.#commit(checkpointChange(term, checkpoint));
  }

  /**
   * Pause, resume, pace, fault of a started colony; one that has a fault takes nothing but another one.
   *
   * @param seen refused if anything was written since; needed for what lowers how far backends may run.
   */
  async setRun(term: Term, change: RunChange, seen?: ColonyRecord): Promise<WriteResult> {
    const run = runChange(term, change);
    return this.#commit(seen === undefined ? run : boundTo(seen, run));
  }

  /**
   * Writes, and changes nothing. A write before it, of which the answer was lost, has gone through then or never
   * will: the record says which.
   */
  settle(term: Term): Promise<WriteResult> {
    return this.setRun(term, {});
  }

  /** How many backends there should be, from 1 to 1024: of a started colony without a fault. */
  async setWantedBackends(term: Term, wantedBackends: number): Promise<WriteResult> {
    return this.#commit(wantedBackendsChange(term, wantedBackends));
  }

  /** One step of a paused colony without a fault, if it was neither stepped, paused nor resumed since `seen`. */
  async step(
    term: Term,
    seen: ColonyRecord,
    step: Step,
    horizonLeast?: number,
  ): Promise<WriteResult> {
    return this.#commit(stepChange(term, seen, step, horizonLeast));
  }

  /**
   * Takes the next event of a started colony without a fault, if its tick is above the horizon, or
   * above `granted` and nothing was written since `seen`; and if no other event was taken or logged
   * since `seen`. Throws a plain Error if it does not follow
   * the newest one of `seen`, or if too many are pending there.
   */
  async inject(
    term: Term,
    seen: ColonyRecord,
    entry: LoggedEvent,
    granted?: number,
  ): Promise<WriteResult> {
    return this.#commit(injectChange(term, seen, entry, granted));
  }

  /**
   * Takes the pending events up to a sequence out of the record: the event log has them. Refused
   * if an event was taken or logged since `seen`; a plain Error if they are not pending there.
   */
  async eventsLogged(
    term: Term,
    seen: ColonyRecord,
    throughSequence: number,
  ): Promise<WriteResult> {
    return this.#commit(eventsLoggedChange(term, seen, throughSequence));
  }

  async #commit(change: RecordChange): Promise<WriteResult> {
    const backoff = new Backoff(this.#options, RETRY);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 1) {
        await backoff.pause();
        await this.read();
      }
      const result = await this.#inTurn(() => this.#attempt(change));
      if (result?.ok) return result;
      const record = result?.record ?? (await this.read());
      if (change.apply(record) === undefined) {
        return { ok: change.isInEffect?.(record) ?? false, record };
      }
    }
    throw new ColonyError(
      'STORE_UNAVAILABLE',
      `the record changed under each of ${ATTEMPTS_MAX} attempts to write it`,
    );
  }

  async #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const before = this.#writing;
    const turn =
      before === undefined ? write() : isDoneWithin(clock, TURN_WAIT_MS, before).then(write);
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#writing = ended;
    try {
      return await turn;
    } finally {
      if (this.#writing === ended) this.#writing = undefined;
    }
  }

  /** One write, by the newest record seen; undefined if there is none or the rule refuses it. */
  async #attempt(change: RecordChange): Promise<WriteResult | undefined> {
    const seen = this.#newest;
    const next = seen && change.apply(seen);
    if (seen === undefined || next === undefined) return undefined;
    const result = await this.#options.store.replace(seen, colonyRecordSchema.parse(next));
    this.#newest = result.record;
    return result;
  }
}
