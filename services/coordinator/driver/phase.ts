import type { Phase } from '../../protocol/api/public-api.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { isPausedAt } from '../ticking/horizon.ts';
import type { PlannedMoves } from '../ticking/planned-moves.ts';
import type { Replay } from '../ticking/replay.ts';
import type { Ticker } from '../ticking/ticker.ts';
import { type DriverState, isReleasing } from './driver-state.ts';

/** What the phase is read from. Without `leading`, only the record is known. */
export interface PhaseInput {
  record: ColonyRecord;
  leading?: {
    state: DriverState;
    tick: number | undefined;
    /** Why the world is being brought to stand, if it is. */
    moving: string | undefined;
    /** While a lost world is computed again. */
    replay: Replay | undefined;
    /** Backends that do not answer or have not started ticking. */
    absent: readonly string[];
  };
}

interface ShownPhase {
  phase: Phase;
  /** What it works on or waits for. */
  detail: string | null;
}

/** The phase that people are shown: a projection of the record and of the leader's state. Pure. */
export function phaseOf({ record, leading }: PhaseInput): ShownPhase {
  if (record.fault !== undefined) return { phase: 'Failed', detail: record.fault.reason };
  const state = leading?.state;
  if (state?.phase === 'Refusing') return { phase: 'Failed', detail: state.detail };
  switch (record.status) {
    case 'NotInitialized':
      return { phase: state && isReleasing(state) ? 'Stopping' : 'Idle', detail: null };
    case 'Initializing':
      return { phase: 'Starting', detail: (state && detailOf(state)) ?? null };
    case 'TopographyInitialized':
      return leading === undefined
        ? { phase: 'Waiting', detail: 'no coordinator leads at the moment' }
        : startedPhase(record, leading);
  }
}

/** What is read of a driver. */
export interface PhasedDriver {
  readonly state: DriverState;
  readonly driving:
    | {
        readonly ticker: Pick<Ticker, 'backends' | 'tick' | 'replay'>;
        readonly moves: Pick<PlannedMoves, 'reason'> | undefined;
      }
    | undefined;
}

/** The phase by the record, and by the driver of a coordinator that leads. */
export function presentPhase(record: ColonyRecord, driver: PhasedDriver | undefined): ShownPhase {
  if (driver === undefined) return phaseOf({ record });
  const { state, driving } = driver;
  const { ticker, moves } = driving ?? {};
  const absent = (ticker?.backends ?? []).filter((p) => p.suspect || p.startFailed);
  return phaseOf({
    record,
    leading: {
      state,
      tick: ticker?.tick,
      moving: moves?.reason,
      replay: ticker?.replay,
      absent: absent.map(({ backend }) => backend.id),
    },
  });
}

function detailOf(state: DriverState): string | undefined {
  switch (state.phase) {
    case 'Starting':
    case 'Recovering':
    case 'Moving':
      return state.detail;
    case 'Loading':
      return 'reading the colony from the store';
    case 'Inspecting':
      return 'looking whether the backends still hold the colony';
    default:
      return undefined;
  }
}

const SHOWN: Partial<Record<DriverState['phase'], Phase>> = {
  Recovering: 'Recovering',
  Moving: 'Draining',
};

const ABOUT_TO_TICK: ShownPhase = {
  phase: 'Starting',
  detail: 'the land is made, the backends are about to tick',
};

const TAKEN_UP: ShownPhase = {
  phase: 'Waiting',
  detail: 'asking the backends how far they are',
};

function startedPhase(
  record: ColonyRecord,
  { state, tick, moving, replay, absent }: NonNullable<PhaseInput['leading']>,
): ShownPhase {
  if ((state.phase === 'Loading' || state.phase === 'Inspecting') && state.justStarted) {
    return ABOUT_TO_TICK;
  }
  if (state.phase !== 'Ticking') {
    const phase = SHOWN[state.phase] ?? 'Waiting';
    return { phase, detail: detailOf(state) ?? null };
  }
  if (absent.length > 0) {
    return { phase: 'Waiting', detail: `waiting for ${absent.join(', ')}` };
  }
  const awaited = record.pendingEvents.find((event) => event.tick === tick);
  if (awaited !== undefined) {
    const { sequence } = awaited;
    return { phase: 'Waiting', detail: `waiting for event ${sequence} to be in the event log` };
  }
  // No backend has answered yet, and none has ticked before.
  if (tick === undefined && state.loaded.replayUntil === 0) return ABOUT_TO_TICK;
  if (moving !== undefined) return { phase: 'Draining', detail: moving };
  if (tick === undefined && replay === undefined) return TAKEN_UP;
  if (replay !== undefined) return { phase: 'Recovering', detail: replayText(replay, tick) };
  if (isPausedAt(record, tick)) return { phase: 'Paused', detail: null };
  if (record.paused && record.runUntil !== undefined) {
    return { phase: 'Ticking', detail: `running to tick ${record.runUntil} to stand there` };
  }
  return { phase: 'Ticking', detail: null };
}

function replayText({ fromTick, toTick, remainingSeconds }: Replay, tick = fromTick): string {
  const from = fromTick === 0 ? 'genesis' : `the checkpoint of tick ${fromTick}`;
  const left = remainingSeconds === null ? '' : `, about ${Math.ceil(remainingSeconds)} s left`;
  return `computing again from ${from}: tick ${tick} of ${toTick}${left}`;
}
