import { canonicalJson } from '../common/canonical-json.ts';
import { ABSENT_RECORD, type ColonyRecord, type Leader } from './colony-record.ts';

/**
 * One change of the colony record, as a rule that works with any store: read the record, apply the rule,
 * replace the record if it is still the one that was read.
 *
 * A write may take effect although its answer is lost. When it is repeated, the rule refuses its own
 * effect; `isInEffect` recognises that, and the repetition counts as done.
 */
export interface RecordChange {
  /** The record after the change; undefined if the rule refuses it. Pure. */
  apply(record: ColonyRecord): ColonyRecord | undefined;
  /**
   * Whether a record that refuses this change shows that it took effect before. Left out where a change
   * does no harm when it is done twice.
   */
  isInEffect?(record: ColonyRecord): boolean;
}

/** The leader's term and the colony's generation that a change needs. */
export interface Term {
  leaderId: string;
  epoch: number;
  generation: number;
}

/** Longer reasons are cut, so that the record stays below 16 KB. */
const REASON_MAX_CHARACTERS = 200;

/** The leader, if it is this one. */
export const leadOf = (
  { leader }: ColonyRecord,
  { id, epoch }: { id: string; epoch: number },
): Leader | undefined => (leader?.id === id && leader.epoch === epoch ? leader : undefined);

export const isLedBy = (r: ColonyRecord, leader: { id: string; epoch: number }): boolean =>
  leadOf(r, leader) !== undefined;

export const isInTerm = (r: ColonyRecord, term: Term): boolean =>
  isLedBy(r, { id: term.leaderId, epoch: term.epoch }) && r.generation === term.generation;

/** The next revision of a record, with these fields changed. */
export const revised = (r: ColonyRecord, change: Partial<ColonyRecord>): ColonyRecord => ({
  ...r,
  revision: r.revision + 1,
  ...change,
});

/**
 * The change, if nothing at all has been written since `seen`. Whatever lowers what backends may have been
 * allowed is bound like this: once a later record is known, a write whose answer was lost is either in it or
 * void for good.
 */
export const boundTo = (seen: ColonyRecord, change: RecordChange): RecordChange => ({
  apply: (r) => (r.revision === seen.revision ? change.apply(r) : undefined),
  isInEffect(r) {
    if (r.revision !== seen.revision + 1) return change.isInEffect?.(r) ?? false;
    return canonicalJson(change.apply(seen)) === canonicalJson(r);
  },
});

/** The next revision of a record, without its colony. What outlives every colony stays. */
export const withoutColony = (r: ColonyRecord): ColonyRecord => ({
  ...ABSENT_RECORD,
  revision: r.revision + 1,
  generation: r.generation,
  // The last calls of a generation, which release its backends, must not fall behind its fence.
  topologyVersion: r.topologyVersion,
  retired: r.retired,
  ...(r.claimId !== undefined && { claimId: r.claimId }),
  ...(r.leader !== undefined && { leader: r.leader }),
});

/** Cuts the reason to the length that the record allows. */
export function withBoundedReason<T extends { reason: string }>(failure: T): T {
  const { reason } = failure;
  const fits = reason.length <= REASON_MAX_CHARACTERS;
  return fits ? failure : { ...failure, reason: `${reason.slice(0, REASON_MAX_CHARACTERS - 1)}…` };
}
