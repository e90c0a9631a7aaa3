import type { ColonyRecord, Leader } from './colony-record.ts';
import { isLedBy, leadOf, type RecordChange, revised } from './record-change.ts';

/** How the lead is taken, kept and given up. */

/** What a beat may reserve for the colony of one generation, and tell of it. */
export interface Reservation {
  generation: number;
  horizon: number;
  /** The tick of the world, if it is known. */
  tick?: number | undefined;
}

/**
 * Takes the lead with epoch + 1.
 *
 * @param seen the leader to succeed; the change is refused if it has changed since, by a beat too.
 */
export function takeLeadershipChange(
  seen: Leader | undefined,
  me: { id: string; address: string },
): RecordChange {
  const epoch = (seen?.epoch ?? 0) + 1;
  return {
    apply(r) {
      const isAsSeen =
        seen === undefined ? r.leader === undefined : leadOf(r, seen)?.beat === seen.beat;
      if (!isAsSeen) return undefined;
      return revised(r, { leader: { id: me.id, address: me.address, epoch, beat: 0 } });
    },
    isInEffect: (r) => isLedBy(r, { id: me.id, epoch }),
  };
}

const isFor = (r: ColonyRecord, reserve: Reservation): boolean =>
  r.status === 'TopographyInitialized' && r.generation === reserve.generation;

/** Raises the beat, and the horizon where the reservation fits; keeps the tick of the world. */
export const beatChange = (
  by: { id: string; epoch: number },
  reserve?: Reservation,
): RecordChange => ({
  apply(r) {
    const lead = leadOf(r, by);
    if (lead === undefined) return undefined;
    const leader = { ...lead, beat: lead.beat + 1 };
    if (reserve === undefined || !isFor(r, reserve)) return revised(r, { leader });
    const { tick } = reserve;
    return revised(r, {
      leader,
      horizon: Math.max(r.horizon, reserve.horizon),
      ...(tick !== undefined && { lastTick: { tick, epoch: leader.epoch, beat: leader.beat } }),
    });
  },
});

/** Frees the lead: the next candidate may take it at once. */
export const resignChange = (by: { id: string; epoch: number }): RecordChange => ({
  apply(r) {
    const lead = leadOf(r, by);
    return lead && revised(r, { leader: { ...lead, resigned: true } });
  },
});
