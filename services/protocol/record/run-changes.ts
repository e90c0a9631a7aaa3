import { type ColonyRecord, HANDLED_KEYS_MAX, limitOf } from './colony-record.ts';
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
  /** null removes it, and pauseTick. */
  runUntil?: number | null;
  pauseTick?: number;
  /** Lowers the horizon to this tick, beyond which no backend was told to run. */
  horizonMost?: number;
  /** Raises the horizon to this tick. */
  horizonLeast?: number;
  ticksPerSecond?: number | null;
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
    return revised(r, { topologyRef, topologyVersion, topologyHorizon: limitOf(r) });
  },
  isInEffect: (r) =>
    isInTerm(r, term) && r.topologyRef === topologyRef && r.topologyVersion === topologyVersion,
});

/** Changes how a started colony runs. One that has failed stays as it is, but for its fault. */
export const runChange = (term: Term, change: RunChange): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    if (r.fault !== undefined && change.fault === undefined) return undefined;
    const { runUntil, fault, horizonMost = r.horizon, horizonLeast = 0, ...rest } = change;
    const horizon = Math.max(Math.min(r.horizon, horizonMost), horizonLeast);
    const next = revised(r, { ...rest, horizon });
    if (runUntil === null) {
      delete next.runUntil;
      delete next.pauseTick;
    } else if (runUntil !== undefined) {
      next.runUntil = runUntil;
    }
    if (fault !== undefined) next.fault = withBoundedReason(fault);
    return next;
  },
});

/** Another number of backends for a started colony without a fault. */
export const wantedBackendsChange = (term: Term, wantedBackends: number): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    return r.fault === undefined ? revised(r, { wantedBackends }) : undefined;
  },
});

/** One step of a paused colony: the key of its request, and the tick to run to. */
export type Step = ColonyRecord['handledKeys'][number];

/**
 * Lets a paused colony run to a tick, and remembers the key that asked for it; the newest 64 are kept.
 *
 * @param seen refused if the colony was stepped, paused or resumed since: the tick was computed from it.
 * @param horizonLeast raises the horizon to this tick, but not beyond the step.
 */
export const stepChange = (
  term: Term,
  seen: ColonyRecord,
  step: Step,
  horizonLeast = 0,
): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    const isAsSeen =
      r.paused &&
      r.fault === undefined &&
      r.runUntil === seen.runUntil &&
      r.handledKeys.at(-1)?.keyHash === seen.handledKeys.at(-1)?.keyHash;
    if (!isAsSeen) return undefined;
    const handledKeys = [...r.handledKeys, step].slice(-HANDLED_KEYS_MAX);
    const horizon = Math.max(r.horizon, Math.min(step.runUntil, horizonLeast));
    return revised(r, { runUntil: step.runUntil, horizon, handledKeys });
  },
  isInEffect: (r) =>
    r.generation === term.generation &&
    r.handledKeys.some((e) => e.keyHash === step.keyHash && e.runUntil === step.runUntil),
});
