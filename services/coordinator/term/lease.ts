import type { Leader } from '../../protocol/record/colony-record.ts';

/** What a candidate has seen of the leader, on its own monotonic clock. */
export interface LeaseObservation {
  leader: Leader | undefined;
  /** When the read that first showed this beat was answered. */
  sinceMs: number;
}

const sameBeat = (a: Leader | undefined, b: Leader | undefined): boolean =>
  a?.id === b?.id && a?.epoch === b?.epoch && a?.beat === b?.beat;

/**
 * One consistent read of a candidate. It may take over when no leader is left, or when a read
 * that was *sent* a whole lease after the answer that first showed this beat shows it still: the
 * leader sent that beat before it could be seen and stops acting one lease after sending it.
 *
 *     leader     beat sent ├───────── lease ─────────┤ stops acting
 *     candidate        answer ├───────── lease ─────────┤ read sent, same beat: takes over
 */
export function observeLeader(
  before: LeaseObservation | undefined,
  leader: Leader | undefined,
  read: { sentMs: number; answeredMs: number },
  leaseMs: number,
): { observation: LeaseObservation; mayTakeOver: boolean } {
  if (leader === undefined || leader.resigned) {
    return { observation: { leader, sinceMs: read.answeredMs }, mayTakeOver: true };
  }
  if (before === undefined || !sameBeat(before.leader, leader)) {
    return { observation: { leader, sinceMs: read.answeredMs }, mayTakeOver: false };
  }
  return { observation: before, mayTakeOver: read.sentMs - before.sinceMs >= leaseMs };
}
