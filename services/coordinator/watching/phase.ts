import type { Phase } from '../../protocol/api/public-api.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { Activity } from '../driver/driver.ts';

/** What the phase is read from. Without `leading`, only the record is known. */
export interface PhaseInput {
  record: ColonyRecord;
  leading?: {
    activity: Activity;
    tick: number | undefined;
    replaying: boolean;
    /** Backends that do not answer or have not started ticking. */
    absent: readonly string[];
  };
}

/** The phase that people are shown, and what it works on or waits for. Pure. */
export function phaseOf({ record, leading }: PhaseInput): {
  phase: Phase;
  detail: string | null;
} {
  const detail = leading?.activity.detail ?? null;
  if (record.fault !== undefined) return { phase: 'Failed', detail: record.fault.reason };
  if (leading?.activity.kind === 'refusing') return { phase: 'Failed', detail };
  switch (record.status) {
    case 'NotInitialized':
      return { phase: leading?.activity.kind === 'stopping' ? 'Stopping' : 'Idle', detail };
    case 'Initializing':
      return { phase: 'Starting', detail };
    case 'TopographyInitialized':
      return leading === undefined
        ? { phase: 'Waiting', detail: 'no coordinator leads at the moment' }
        : startedPhase(record, leading);
  }
}

function startedPhase(
  record: ColonyRecord,
  { activity, tick, replaying, absent }: NonNullable<PhaseInput['leading']>,
): { phase: Phase; detail: string | null } {
  if (activity.kind !== 'ticking') {
    const phase = activity.kind === 'recovering' ? 'Recovering' : 'Waiting';
    return { phase, detail: activity.detail ?? null };
  }
  if (absent.length > 0) {
    return { phase: 'Waiting', detail: `waiting for ${absent.join(', ')}` };
  }
  const awaited = record.pendingEvents.find((event) => event.tick === tick);
  if (awaited !== undefined) {
    const { sequence } = awaited;
    return { phase: 'Waiting', detail: `waiting for event ${sequence} to be in the event log` };
  }
  if (replaying) {
    return { phase: 'Recovering', detail: 'replaying from genesis: there are no checkpoints yet' };
  }
  if (record.paused && record.runUntil !== undefined) {
    return tick !== undefined && tick >= record.runUntil
      ? { phase: 'Paused', detail: null }
      : { phase: 'Ticking', detail: `running to tick ${record.runUntil} to stand there` };
  }
  return { phase: 'Ticking', detail: null };
}
