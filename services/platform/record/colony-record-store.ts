import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import type { ColonyRecord, LastFailure, Leader } from '../../protocol/record/colony-record.ts';
import type {
  Claim,
  Reservation,
  RunChange,
  Term,
} from '../../protocol/record/record-transitions.ts';

export type { Claim, RunChange, Term } from '../../protocol/record/record-transitions.ts';

/** The record after a write that went through, or as it stood when the condition refused it. */
export interface WriteResult {
  ok: boolean;
  record: ColonyRecord;
}

/**
 * The colony record. Every method but read is one conditional write; `revision` rises by 1 with
 * each. A write whose answer was lost may be repeated by its caller: none of them does harm twice,
 * and one that finds its own effect in the record is `ok`, with the record as it stands by then.
 *
 * The rules are the pure functions of services/protocol/record/record-transitions.ts. Any method throws
 * STORE_UNAVAILABLE when the store cannot be reached or its item is broken.
 */
export interface ColonyRecordStore {
  /** A consistent read; an absent item is ABSENT_RECORD. */
  read(): Promise<ColonyRecord>;

  /**
   * NotInitialized (or absent) → Initializing with generation + 1, topologyVersion 0, horizon 0,
   * not paused, no fault, no lastFailure; refused if the key is retired. `ok` too if the stored
   * claimId is this claim's: then it had gone through and its answer was lost. (The claimId
   * outlives a stop and a failure, so that the record may be NotInitialized again by then.)
   */
  claim(claim: Claim): Promise<WriteResult>;

  /** Initializing → TopographyInitialized; startKey becomes idempotencyKey; needs a topology. */
  complete(term: Term, horizon: number): Promise<WriteResult>;

  /** Initializing → NotInitialized with lastFailure; the key is free again. */
  fail(term: Term, failure: LastFailure): Promise<WriteResult>;

  /**
   * Initializing or TopographyInitialized with this instance and generation → NotInitialized;
   * retires the key and forgets the oldest retired one beyond 64. `seen` is the record just read:
   * the condition is on its instance and generation, so nothing can have changed in between.
   * Throws a plain Error if `seen` has nothing to stop.
   */
  stop(seen: ColonyRecord): Promise<WriteResult>;

  /** Takes the lead with epoch + 1, if the leader is exactly as seen (undefined: none yet). */
  takeLeadership(
    seen: Leader | undefined,
    me: { id: string; address: string },
  ): Promise<WriteResult>;

  /**
   * Changes the beat, if (id, epoch) still lead. `horizon` is raised to at least the given tick
   * only when the generation is the one named in it and the colony is started; the beat itself
   * goes through either way, so look at the answer's horizon.
   */
  beat(leader: { id: string; epoch: number }, reserve?: Reservation): Promise<WriteResult>;

  /** Marks the lead as free for whoever comes first, if (id, epoch) still lead. */
  resign(leader: { id: string; epoch: number }): Promise<WriteResult>;

  /** Points at the next topology: topologyVersion must be exactly one less in the record. */
  setTopology(term: Term, topologyRef: string, topologyVersion: number): Promise<WriteResult>;

  /** Pause, resume, step, pace, fault of a started colony. */
  setRun(term: Term, change: RunChange): Promise<WriteResult>;

  /**
   * Takes the next event of a started colony without a fault, if its tick is above the horizon and
   * no other event was taken or logged since `seen`. Throws a plain Error if it does not follow
   * the newest one of `seen`, or if too many are pending there.
   */
  inject(term: Term, seen: ColonyRecord, entry: LoggedEvent): Promise<WriteResult>;

  /**
   * Takes the pending events up to a sequence out of the record: the event log has them. Refused
   * if an event was taken or logged since `seen`; a plain Error if they are not pending there.
   */
  eventsLogged(term: Term, seen: ColonyRecord, throughSequence: number): Promise<WriteResult>;
}
