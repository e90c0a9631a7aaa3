import { type ColonyRecord, HANDLED_KEYS_MAX } from './colony-record.ts';
import {
  isInTerm,
  type RecordChange,
  revised,
  type Term,
  withBoundedReason,
} from './record-change.ts';

/** Changes of where a colony runs, and of how a started one runs. */

/** The fields that change; the others stay. */
export interface RunChange {
  paused?: boolean;
  /** null removes it. */
  runUntil?: number | null;
  ticksPerSecond?: number | null;
  /** The newest 64 are kept. */
  handledKeys?: ColonyRecord['handledKeys'];
  fault?: { code: string; reason: string };
}

/** Points at a topology; its version must be the one after the present one. */
export const topologyChange = (
  term: Term,
  topologyRef: string,
  topologyVersion: number,
): RecordChange => ({
  apply(r) {
    if (r.status === 'NotInitialized' || !isInTerm(r, term)) return undefined;
    if (r.topologyVersion !== topologyVersion - 1) return undefined;
    return revised(r, { topologyRef, topologyVersion });
  },
  isInEffect: (r) =>
    isInTerm(r, term) && r.topologyRef === topologyRef && r.topologyVersion === topologyVersion,
});

/** Changes how a started colony runs. */
export const runChange = (term: Term, change: RunChange): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    const { runUntil, handledKeys, fault, ...rest } = change;
    const next = revised(r, rest);
    if (runUntil === null) delete next.runUntil;
    else if (runUntil !== undefined) next.runUntil = runUntil;
    if (handledKeys !== undefined) next.handledKeys = handledKeys.slice(-HANDLED_KEYS_MAX);
    if (fault !== undefined) next.fault = withBoundedReason(fault);
    return next;
  },
});
