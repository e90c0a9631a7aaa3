import type { LoggedEvent } from '../colony/colony-event.ts';
import { sha256 } from '../common/canonical-json.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  HANDLED_KEYS_MAX,
  type LastFailure,
  type Leader,
  PENDING_EVENTS_MAX,
  RETIRED_KEYS_MAX,
} from './colony-record.ts';

/**
 * The rules of the record's conditional writes as pure functions: the record after the write, or
 * undefined where its condition refuses it. Each has a companion `…InEffect` that recognises, in
 * the record that refused it, that this very write had gone through before and only its answer
 * was lost. The stores carry them out; see services/platform/record/colony-record-store.ts.
 */

/** Names the leader's term and the colony's generation that a write needs. */
export interface Term {
  leaderId: string;
  epoch: number;
  generation: number;
}

export interface Claim {
  key: string;
  /** `keyHashOf(key)`. */
  keyHash: string;
  bodyHash: string;
  colonyInstanceId: string;
  claimId: string;
  specRef: string;
  /** null: as fast as it goes. */
  ticksPerSecond: number | null;
}

export interface RunChange {
  paused?: boolean;
  /** null removes it. */
  runUntil?: number | null;
  ticksPerSecond?: number | null;
  /** The newest 64 are kept. */
  handledKeys?: ColonyRecord['handledKeys'];
  fault?: { code: string; reason: string };
  /** Raised to at least this; a lower one changes nothing. */
  horizon?: number;
}

/** Longer reasons are cut, so that the record stays below 16 KB. */
const REASON_MAX_CHARACTERS = 200;

export const keyHashOf = (key: string): string => sha256(key);

/** The hash is part of expressions: one that is not of the key is a bug of the caller. */
export function assertKeyHash({ key, keyHash }: Claim): void {
  if (keyHash !== keyHashOf(key)) throw new Error(`keyHash ${keyHash} is not the hash of the key`);
}

/** As it stands in the record: a reason of bounded length. */
export function bounded<T extends { reason: string }>(failure: T): T {
  const { reason } = failure;
  const fits = reason.length <= REASON_MAX_CHARACTERS;
  return fits ? failure : { ...failure, reason: `${reason.slice(0, REASON_MAX_CHARACTERS - 1)}…` };
}

export const isLedBy = (r: ColonyRecord, leader: { id: string; epoch: number }): boolean =>
  r.leader?.id === leader.id && r.leader.epoch === leader.epoch;

const isTerm = (r: ColonyRecord, t: Term): boolean =>
  isLedBy(r, { id: t.leaderId, epoch: t.epoch }) && r.generation === t.generation;

/** What every state keeps, whatever becomes of the colony; the rest is as in an absent record. */
const lasting = (r: ColonyRecord): ColonyRecord => ({
  ...ABSENT_RECORD,
  revision: r.revision + 1,
  generation: r.generation,
  // The last calls of a generation, which release its backends, must not fall behind its fence.
  topologyVersion: r.topologyVersion,
  retired: r.retired,
  ...(r.claimId !== undefined && { claimId: r.claimId }),
  ...(r.leader !== undefined && { leader: r.leader }),
});

/**
 * NotInitialized → Initializing, unless the key is retired. The last claim is not made twice: one
 * that comes again after its start failed (its first answer was lost) does not start it anew.
 */
export function claimed(r: ColonyRecord, claim: Claim): ColonyRecord | undefined {
  assertKeyHash(claim);
  const { key, keyHash, ...rest } = claim;
  if (r.status !== 'NotInitialized' || r.claimId === claim.claimId) return undefined;
  if (Object.hasOwn(r.retired, keyHash)) return undefined;
  return {
    ...lasting(r),
    ...rest,
    status: 'Initializing',
    generation: r.generation + 1,
    topologyVersion: 0,
    startKey: key,
  };
}

export const claimInEffect = (r: ColonyRecord, claim: Claim): boolean =>
  r.claimId === claim.claimId;

/** Initializing → TopographyInitialized. */
export function completed(r: ColonyRecord, term: Term, horizon: number): ColonyRecord | undefined {
  if (r.status !== 'Initializing' || !isTerm(r, term) || r.topologyRef === undefined) {
    return undefined;
  }
  const { startKey, ...rest } = r;
  return {
    ...rest,
    status: 'TopographyInitialized',
    revision: r.revision + 1,
    ...(startKey !== undefined && { idempotencyKey: startKey }),
    horizon,
  };
}

export const completeInEffect = (r: ColonyRecord, term: Term): boolean =>
  r.status === 'TopographyInitialized' && isTerm(r, term);

/** Initializing → NotInitialized with the failure. */
export function failed(
  r: ColonyRecord,
  term: Term,
  failure: LastFailure,
): ColonyRecord | undefined {
  if (r.status !== 'Initializing' || !isTerm(r, term)) return undefined;
  return { ...lasting(r), lastFailure: bounded(failure) };
}

export const failInEffect = (r: ColonyRecord, term: Term): boolean =>
  r.status === 'NotInitialized' && isTerm(r, term) && r.lastFailure?.generation === term.generation;

/** What a stop writes into and takes out of `retired`: known from the record it has seen. */
export function retirement(seen: ColonyRecord): {
  keyHash: string;
  entry: { colonyInstanceId: string; generation: number };
  forgotten: string[];
} {
  const key = seen.idempotencyKey ?? seen.startKey;
  if (key === undefined || seen.colonyInstanceId === undefined) {
    throw new Error(`a record that is ${seen.status} has nothing to stop`);
  }
  const oldestFirst = Object.entries(seen.retired).sort(
    ([, a], [, b]) => a.generation - b.generation,
  );
  return {
    keyHash: keyHashOf(key),
    entry: { colonyInstanceId: seen.colonyInstanceId, generation: seen.generation },
    forgotten: oldestFirst
      .slice(0, Math.max(0, oldestFirst.length - (RETIRED_KEYS_MAX - 1)))
      .map(([keyHash]) => keyHash),
  };
}

/** Initializing or TopographyInitialized → NotInitialized; the key is retired. */
export function stopped(r: ColonyRecord, seen: ColonyRecord): ColonyRecord | undefined {
  if (
    r.status === 'NotInitialized' ||
    r.generation !== seen.generation ||
    r.colonyInstanceId !== seen.colonyInstanceId
  ) {
    return undefined;
  }
  const { keyHash, entry, forgotten } = retirement(seen);
  const kept = Object.entries(r.retired).filter(([hash]) => !forgotten.includes(hash));
  return { ...lasting(r), retired: { ...Object.fromEntries(kept), [keyHash]: entry } };
}

export const stopInEffect = (r: ColonyRecord, seen: ColonyRecord): boolean =>
  r.retired[retirement(seen).keyHash]?.generation === seen.generation;

/** The leader changes, if it is exactly the one that was seen. */
export function ledAnew(
  r: ColonyRecord,
  seen: Leader | undefined,
  me: { id: string; address: string },
): ColonyRecord | undefined {
  const { leader } = r;
  const asSeen =
    seen === undefined
      ? leader === undefined
      : leader?.id === seen.id && leader.epoch === seen.epoch && leader.beat === seen.beat;
  return asSeen ? { ...r, revision: r.revision + 1, leader: newLeader(seen, me) } : undefined;
}

export const newLeader = (
  seen: Leader | undefined,
  me: { id: string; address: string },
): Leader => ({ id: me.id, address: me.address, epoch: (seen?.epoch ?? 0) + 1, beat: 0 });

export const leadInEffect = (
  r: ColonyRecord,
  seen: Leader | undefined,
  me: { id: string },
): boolean => isLedBy(r, { id: me.id, epoch: (seen?.epoch ?? 0) + 1 });

/** What a beat may reserve for the colony of one generation. */
export interface Reservation {
  generation: number;
  horizon: number;
}

/** Whether this reservation raises the horizon. */
export const reserves = (r: ColonyRecord, reserve: Reservation): boolean =>
  r.status === 'TopographyInitialized' &&
  r.generation === reserve.generation &&
  r.horizon < reserve.horizon;

/** The beat goes on, and the horizon up where the reservation fits. */
export function beaten(
  r: ColonyRecord,
  by: { id: string; epoch: number },
  reserve?: Reservation,
): ColonyRecord | undefined {
  if (r.leader === undefined || !isLedBy(r, by)) return undefined;
  return {
    ...r,
    revision: r.revision + 1,
    leader: { ...r.leader, beat: r.leader.beat + 1 },
    ...(reserve !== undefined && reserves(r, reserve) && { horizon: reserve.horizon }),
  };
}

/** The leader leaves the lead to whoever comes first. */
export function resigned(
  r: ColonyRecord,
  by: { id: string; epoch: number },
): ColonyRecord | undefined {
  if (r.leader === undefined || !isLedBy(r, by)) return undefined;
  return { ...r, revision: r.revision + 1, leader: { ...r.leader, resigned: true } };
}

/** Points at the topology after the present one. */
export function pointed(
  r: ColonyRecord,
  term: Term,
  topologyRef: string,
  topologyVersion: number,
): ColonyRecord | undefined {
  if (r.status === 'NotInitialized' || !isTerm(r, term)) return undefined;
  if (r.topologyVersion !== topologyVersion - 1) return undefined;
  return { ...r, revision: r.revision + 1, topologyRef, topologyVersion };
}

export const pointInEffect = (
  r: ColonyRecord,
  term: Term,
  topologyRef: string,
  topologyVersion: number,
): boolean =>
  isTerm(r, term) && r.topologyRef === topologyRef && r.topologyVersion === topologyVersion;

/** Changes how a started colony runs. */
export function runChanged(
  r: ColonyRecord,
  term: Term,
  change: RunChange,
): ColonyRecord | undefined {
  if (r.status !== 'TopographyInitialized' || !isTerm(r, term)) return undefined;
  const next: ColonyRecord = { ...r, revision: r.revision + 1 };
  if (change.paused !== undefined) next.paused = change.paused;
  if (change.runUntil === null) delete next.runUntil;
  else if (change.runUntil !== undefined) next.runUntil = change.runUntil;
  if (change.ticksPerSecond !== undefined) next.ticksPerSecond = change.ticksPerSecond;
  if (change.handledKeys !== undefined) {
    next.handledKeys = change.handledKeys.slice(-HANDLED_KEYS_MAX);
  }
  if (change.fault !== undefined) next.fault = bounded(change.fault);
  if (change.horizon !== undefined) next.horizon = Math.max(r.horizon, change.horizon);
  return next;
}

const hasEventsOf = (r: ColonyRecord, seen: ColonyRecord): boolean =>
  r.eventSeq === seen.eventSeq && r.eventHead === seen.eventHead;

/** An event that does not come next, or for which there is no room, is a bug of the caller. */
export function assertFollows(seen: ColonyRecord, { sequence }: LoggedEvent): void {
  const { eventSeq, pendingEvents } = seen;
  if (sequence === eventSeq + 1 && pendingEvents.length < PENDING_EVENTS_MAX) return;
  throw new Error(`event ${sequence} after ${eventSeq}, with ${pendingEvents.length} pending`);
}

/** Logging what is not pending is a bug of the caller. */
export function assertPending(seen: ColonyRecord, throughSequence: number): void {
  if (throughSequence > seen.eventHead && throughSequence <= seen.eventSeq) return;
  throw new Error(`event ${throughSequence} is not pending`);
}

/**
 * Takes an event that follows the newest one, for a tick above the horizon: nobody was told, nor
 * may have been told, to run through that tick.
 */
export function injected(
  r: ColonyRecord,
  term: Term,
  seen: ColonyRecord,
  entry: LoggedEvent,
): ColonyRecord | undefined {
  assertFollows(seen, entry);
  if (r.status !== 'TopographyInitialized' || !isTerm(r, term) || r.fault !== undefined) {
    return undefined;
  }
  if (!hasEventsOf(r, seen) || r.horizon >= entry.tick) return undefined;
  return {
    ...r,
    revision: r.revision + 1,
    eventSeq: entry.sequence,
    pendingEvents: [...r.pendingEvents, entry],
  };
}

export const injectInEffect = (r: ColonyRecord, term: Term, entry: LoggedEvent): boolean =>
  r.generation === term.generation &&
  r.pendingEvents.some(
    (e) =>
      e.sequence === entry.sequence &&
      e.keyHash === entry.keyHash &&
      // The same key may have come with another body, whose answer was lost.
      e.bodyHash === entry.bodyHash,
  );

/** Takes the oldest pending events out of the record, now that the event log has them. */
export function eventsLogged(
  r: ColonyRecord,
  term: Term,
  seen: ColonyRecord,
  throughSequence: number,
): ColonyRecord | undefined {
  if (r.status !== 'TopographyInitialized' || !isTerm(r, term)) return undefined;
  assertPending(seen, throughSequence);
  if (!hasEventsOf(r, seen)) return undefined;
  return {
    ...r,
    revision: r.revision + 1,
    eventHead: throughSequence,
    pendingEvents: pendingAfter(seen, throughSequence),
  };
}

export const pendingAfter = (seen: ColonyRecord, throughSequence: number): LoggedEvent[] =>
  seen.pendingEvents.filter(({ sequence }) => sequence > throughSequence);

export const loggedInEffect = (r: ColonyRecord, term: Term, throughSequence: number): boolean =>
  r.generation === term.generation && r.eventHead >= throughSequence;
