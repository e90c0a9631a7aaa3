import type { Topology } from '../../protocol/layout/topology.ts';
import { firstTickOf } from '../../world/events/origin.ts';

/** Ticks that are computed again after a loss. */
export interface Replay {
  /** Where the world started again. */
  readonly fromTick: number;
  /** How far it had come. */
  readonly toTick: number;
  /** null until the speed is known. */
  readonly remainingSeconds: number | null;
}

/** What of a replay is still to be done; undefined once the world is where it stood. Pure. */
export function replayOf(o: {
  topology: Topology;
  replayUntil: number;
  tick: number | undefined;
  ticksPerSecond: number | undefined;
}): Replay | undefined {
  const { replayUntil: toTick, ticksPerSecond: rate = 0 } = o;
  const fromTick = firstTickOf(o.topology.origin);
  const { tick = fromTick } = o;
  if (tick >= toTick) return undefined;
  return { fromTick, toTick, remainingSeconds: rate > 0 ? (toTick - tick) / rate : null };
}
