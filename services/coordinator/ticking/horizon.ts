import type { ColonyRecord } from '../../protocol/record/colony-record.ts';

/**
 * How far backends may run. The record holds what is *reserved*; the leader *grants* at most that
 * with its heartbeats, in small steps, so that a pause takes effect soon. Pure arithmetic.
 */
export interface Pace {
  /** The greatest tick that a backend reported. */
  maxTick: number;
  /** The asked pace; null is as fast as possible. */
  ticksPerSecond: number | null;
  /** Measured over the last moments, 0 if unknown. */
  achievedTicksPerSecond: number;
}

export interface Progress extends Pace {
  /** Whether it is known where all backends are. */
  isKnown: boolean;
}

/** Whether a colony stands at a tick because it is paused: a step may have ticks left. */
export const isPausedAt = (
  { paused, runUntil }: Pick<ColonyRecord, 'paused' | 'runUntil'>,
  tick: number | undefined,
): boolean => paused && runUntil !== undefined && tick !== undefined && tick >= runUntil;

/** For a colony of unknown speed: corrected soon, and few enough ticks that a pause takes effect soon. */
const FIRST_GUESS_TICKS_PER_SECOND = 100;
const HEADROOM_TICKS_PER_SECOND = 10;

/** Ticks per second to plan for: the asked pace, but at most twice the achieved one. */
function plannedTicksPerSecond({ ticksPerSecond, achievedTicksPerSecond: achieved }: Pace) {
  const reachable =
    achieved > 0 ? 2 * achieved + HEADROOM_TICKS_PER_SECOND : FIRST_GUESS_TICKS_PER_SECOND;
  return Math.min(ticksPerSecond ?? reachable, reachable);
}

const ticksIn = (ticksPerSecond: number, durationMs: number): number =>
  Math.ceil((ticksPerSecond * durationMs) / 1000);

/** The grant for four heartbeats ahead: one lost or late heartbeat stops no backend. */
export function wantedGrant(p: Pace, heartbeatIntervalMs: number): number {
  return p.maxTick + Math.max(2, ticksIn(plannedTicksPerSecond(p), 4 * heartbeatIntervalMs));
}

/**
 * How far backends may run while an event is being taken: it comes within what the colony ticks in two
 * heartbeats, and they need not wait for it meanwhile.
 */
export function soonTick({ maxTick, ...p }: Pace, heartbeatIntervalMs: number): number {
  const ticksPerSecond = Math.min(
    p.ticksPerSecond ?? Number.POSITIVE_INFINITY,
    p.achievedTicksPerSecond,
  );
  return maxTick + Math.floor((ticksPerSecond * 2 * heartbeatIntervalMs) / 1000);
}

/** The reservation for two beats ahead, on top of what is to be granted. */
export function wantedReservation(
  p: Pace,
  heartbeatIntervalMs: number,
  beatIntervalMs: number,
): number {
  return (
    wantedGrant(p, heartbeatIntervalMs) + ticksIn(plannedTicksPerSecond(p), 2 * beatIntervalMs)
  );
}
