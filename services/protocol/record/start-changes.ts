import { sha256 } from '../common/canonical-json.ts';
import { type ColonyRecord, type LastFailure, RETIRED_KEYS_MAX } from './colony-record.ts';
import {
  isInTerm,
  type RecordChange,
  revised,
  type Term,
  withBoundedReason,
  withoutColony,
} from './record-change.ts';

/** How a colony is claimed, started and ended. */

export interface Claim {
  key: string;
  /** `keyHashOf(key)`. */
  keyHash: string;
  bodyHash: string;
  colonyInstanceId: string;
  claimId: string;
  specRef: string;
  /** null: as fast as possible. */
  ticksPerSecond: number | null;
}

export const keyHashOf = (key: string): string => sha256(key);

/**
 * NotInitialized → Initializing, unless the key is retired. A claim takes effect at most once: repeating
 * one whose answer was lost does not restart a start that has failed since.
 */
export function claimChange({ key, keyHash, ...claim }: Claim): RecordChange {
  if (keyHash !== keyHashOf(key)) throw new Error(`keyHash ${keyHash} is not the hash of the key`);
  return {
    apply(r) {
      if (r.status !== 'NotInitialized' || r.claimId === claim.claimId) return undefined;
      if (Object.hasOwn(r.retired, keyHash)) return undefined;
      return {
        ...withoutColony(r),
        ...claim,
        status: 'Initializing',
        generation: r.generation + 1,
        topologyVersion: 0,
        startKey: key,
      };
    },
    isInEffect: (r) => r.claimId === claim.claimId,
  };
}

/** Initializing → TopographyInitialized; needs a topology. */
export const completeChange = (term: Term, horizon: number): RecordChange => ({
  apply(r) {
    const { startKey, ...rest } = r;
    if (r.status !== 'Initializing' || !isInTerm(r, term)) return undefined;
    if (r.topologyRef === undefined || startKey === undefined) return undefined;
    return revised(rest, { status: 'TopographyInitialized', idempotencyKey: startKey, horizon });
  },
  isInEffect: (r) => r.status === 'TopographyInitialized' && isInTerm(r, term),
});

/** Initializing → NotInitialized with the failure. */
export const failChange = (term: Term, failure: LastFailure): RecordChange => ({
  apply(r) {
    if (r.status !== 'Initializing' || !isInTerm(r, term)) return undefined;
    return { ...withoutColony(r), lastFailure: withBoundedReason(failure) };
  },
  isInEffect: (r) =>
    r.status === 'NotInitialized' &&
    isInTerm(r, term) &&
    r.lastFailure?.generation === term.generation,
});

/**
 * Initializing or TopographyInitialized → NotInitialized. Retires the key, and forgets the oldest
 * retired one beyond the bound.
 *
 * @param seen the record with the colony to stop; a plain Error if it has none.
 */
export function stopChange(seen: ColonyRecord): RecordChange {
  const { colonyInstanceId, generation } = seen;
  const key = seen.idempotencyKey ?? seen.startKey;
  if (key === undefined || colonyInstanceId === undefined) {
    throw new Error(`a record that is ${seen.status} has nothing to stop`);
  }
  const keyHash = keyHashOf(key);
  return {
    apply(r) {
      if (r.status === 'NotInitialized') return undefined;
      if (r.generation !== generation || r.colonyInstanceId !== colonyInstanceId) return undefined;
      const newest = Object.entries(r.retired)
        .sort(([, a], [, b]) => b.generation - a.generation)
        .slice(0, RETIRED_KEYS_MAX - 1);
      return {
        ...withoutColony(r),
        retired: { ...Object.fromEntries(newest), [keyHash]: { colonyInstanceId, generation } },
      };
    },
    isInEffect: (r) => r.retired[keyHash]?.generation === generation,
  };
}
