import type {
  ColonyRecordStore,
  WriteResult,
} from '../../../services/platform/record/colony-record-store.ts';
import type { LoggedEvent } from '../../../services/protocol/colony/colony-event.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
  type LastFailure,
  type Leader,
} from '../../../services/protocol/record/colony-record.ts';
import {
  beaten,
  type Claim,
  claimed,
  claimInEffect,
  completed,
  completeInEffect,
  eventsLogged,
  failed,
  failInEffect,
  injected,
  injectInEffect,
  leadInEffect,
  ledAnew,
  loggedInEffect,
  pointed,
  pointInEffect,
  type Reservation,
  type RunChange,
  resigned,
  retirement,
  runChanged,
  stopInEffect,
  stopped,
  type Term,
} from '../../../services/protocol/record/record-transitions.ts';

/** The record in this process; several coordinators of one test share one. */
export class MemoryRecordStore implements ColonyRecordStore {
  #record: ColonyRecord = ABSENT_RECORD;

  async read(): Promise<ColonyRecord> {
    return structuredClone(this.#record);
  }

  async claim(claim: Claim): Promise<WriteResult> {
    return this.#write(
      (r) => claimed(r, claim),
      (r) => claimInEffect(r, claim),
    );
  }

  async complete(term: Term, horizon: number): Promise<WriteResult> {
    return this.#write(
      (r) => completed(r, term, horizon),
      (r) => completeInEffect(r, term),
    );
  }

  async fail(term: Term, failure: LastFailure): Promise<WriteResult> {
    return this.#write(
      (r) => failed(r, term, failure),
      (r) => failInEffect(r, term),
    );
  }

  async stop(seen: ColonyRecord): Promise<WriteResult> {
    retirement(seen);
    return this.#write(
      (r) => stopped(r, seen),
      (r) => stopInEffect(r, seen),
    );
  }

  async takeLeadership(
    seen: Leader | undefined,
    me: { id: string; address: string },
  ): Promise<WriteResult> {
    return this.#write(
      (r) => ledAnew(r, seen, me),
      (r) => leadInEffect(r, seen, me),
    );
  }

  async resign(leader: { id: string; epoch: number }): Promise<WriteResult> {
    return this.#write((r) => resigned(r, leader));
  }

  async beat(leader: { id: string; epoch: number }, reserve?: Reservation): Promise<WriteResult> {
    return this.#write((r) => beaten(r, leader, reserve));
  }

  async setTopology(
    term: Term,
    topologyRef: string,
    topologyVersion: number,
  ): Promise<WriteResult> {
    return this.#write(
      (r) => pointed(r, term, topologyRef, topologyVersion),
      (r) => pointInEffect(r, term, topologyRef, topologyVersion),
    );
  }

  async setRun(term: Term, change: RunChange): Promise<WriteResult> {
    return this.#write((r) => runChanged(r, term, change));
  }

  async inject(term: Term, seen: ColonyRecord, entry: LoggedEvent): Promise<WriteResult> {
    return this.#write(
      (r) => injected(r, term, seen, entry),
      (r) => injectInEffect(r, term, entry),
    );
  }

  async eventsLogged(
    term: Term,
    seen: ColonyRecord,
    throughSequence: number,
  ): Promise<WriteResult> {
    return this.#write(
      (r) => eventsLogged(r, term, seen, throughSequence),
      (r) => loggedInEffect(r, term, throughSequence),
    );
  }

  #write(
    transition: (r: ColonyRecord) => ColonyRecord | undefined,
    inEffect: (r: ColonyRecord) => boolean = () => false,
  ): WriteResult {
    const next = transition(this.#record);
    if (next !== undefined) this.#record = colonyRecordSchema.parse(structuredClone(next));
    return {
      ok: next !== undefined || inEffect(this.#record),
      record: structuredClone(this.#record),
    };
  }
}
