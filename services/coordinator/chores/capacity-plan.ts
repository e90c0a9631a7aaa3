import type { ComputeChange, ServiceState } from '../../platform/compute/compute.ts';

/** What a leader has seen of tasks that do not come. */
export interface Shortage {
  /** Since when fewer run than are asked for, with no new one among them. */
  sinceMs: number;
  running: number;
  /** Whether some were not even placed after they had time to be. */
  sawUnplaced: boolean;
}

export interface CapacityInput {
  service: ServiceState;
  /** How many backends there ought to be. */
  wanted: number;
  /** The part of them on Spot that is configured. */
  spotShare: number;
  shortage: Shortage | undefined;
  nowMs: number;
}

/** Tasks that are asked for are not placed in the same moment. */
const PLACING_MS = 30_000;
/** Spot tasks that have not come for so long are asked for on demand: well within a start's time. */
const SPOT_PATIENCE_MS = 120_000;

/**
 * What the manager of the capacity ought to be told, if anything, and what is to be remembered for
 * the next look. Pure.
 *
 * Weights of capacity providers do not fall back by themselves: where Spot has no capacity, tasks
 * stay unplaced. So on-demand capacity is asked for when for SPOT_PATIENCE_MS no further task came
 * up and some were not placed. The way back to Spot replaces every task, therefore it is taken
 * only when none is wanted: with a colony's end.
 *
 *     Spot ──── too few run, none comes, some unplaced, for 2 minutes ───▶ on demand
 *      ▲                                                                       │
 *      └────────────────────────── none is wanted ─────────────────────────────┘
 */
export function planCapacity({ service, wanted, spotShare, shortage, nowMs }: CapacityInput): {
  change: ComputeChange | undefined;
  shortage: Shortage | undefined;
} {
  const now = observeShortage(service, wanted, shortage, nowMs);
  const share = wantedShare(service, wanted, spotShare, now, nowMs);
  const isAsWanted = service.desired === wanted && share === undefined;
  const change = { desired: wanted, ...(share !== undefined && { spotShare: share }) };
  return {
    change: isAsWanted ? undefined : change,
    shortage: share === undefined ? now : undefined,
  };
}

function observeShortage(
  { desired, running, pending }: ServiceState,
  wanted: number,
  before: Shortage | undefined,
  nowMs: number,
): Shortage | undefined {
  if (desired !== wanted || running >= wanted) return undefined;
  if (before === undefined || running > before.running) {
    return { sinceMs: nowMs, running, sawUnplaced: false };
  }
  const isUnplaced = running + pending < wanted && nowMs - before.sinceMs >= PLACING_MS;
  return { ...before, running, sawUnplaced: before.sawUnplaced || isUnplaced };
}

/** The share that has to be asked for; undefined: it is as it ought to be. */
function wantedShare(
  service: ServiceState,
  wanted: number,
  configured: number,
  shortage: Shortage | undefined,
  nowMs: number,
): number | undefined {
  const { spotShare: present } = service;
  if (present === undefined || configured === 0) return undefined;
  if (wanted === 0) return Math.abs(present - configured) < 0.005 ? undefined : configured;
  const isOut =
    shortage?.sawUnplaced === true && nowMs - shortage.sinceMs >= SPOT_PATIENCE_MS && present > 0;
  return isOut ? 0 : undefined;
}
