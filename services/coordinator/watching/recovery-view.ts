import type { RecoveryView } from '../../protocol/api/cluster-api.ts';
import type { DriverState } from '../driver/driver-state.ts';
import type { Ticker } from '../ticking/ticker.ts';

/** What is read of the driver. */
export interface RecoveringDriver {
  readonly state: DriverState;
  /** When the shards began to be given to others, by the clock of the process; undefined if they never were. */
  readonly recoveringSinceMs: number | undefined;
  readonly driving:
    | { readonly ticker: Pick<Ticker, 'tick' | 'replay' | 'achievedTicksPerSecond'> }
    | undefined;
}

/** How a world comes to tick again; null while nothing has to. Pure. */
export function recoveryView(
  { state, driving, recoveringSinceMs }: RecoveringDriver,
  nowMs: number,
): RecoveryView | null {
  const elapsedSeconds =
    recoveringSinceMs === undefined ? null : Math.max(0, nowMs - recoveringSinceMs) / 1000;
  if (state.phase === 'Recovering' || state.phase === 'Moving') {
    const { cause, replayUntil } = state.loaded;
    return {
      kind: state.phase === 'Moving' ? 'move' : 'loss',
      step: 'placing',
      cause: cause ?? null,
      detail: state.detail ?? null,
      elapsedSeconds,
      ...{ fromTick: null, tick: null, toTick: replayUntil },
      ...{ ticksPerSecond: null, remainingSeconds: null },
    };
  }
  const replay = driving?.ticker.replay;
  if (state.phase !== 'Ticking' || driving === undefined || replay === undefined) return null;
  const { tick, achievedTicksPerSecond } = driving.ticker;
  const { fromTick, toTick, remainingSeconds } = replay;
  return {
    ...{ kind: 'loss', step: 'replaying', cause: state.loaded.cause ?? null, detail: null },
    elapsedSeconds,
    ...{ fromTick, toTick, remainingSeconds, tick: tick ?? fromTick },
    ticksPerSecond: achievedTicksPerSecond ?? null,
  };
}
