import type { ComputeChange, ServiceState } from '../../platform/compute/compute.ts';

/** What a leader remembers of tasks that do not start. */
export interface Shortage {
  /** Since when fewer run than are asked for, without a new one among them. */
  sinceMs: number;
  running: number;
  /** Whether some were not even placed, although there was time. */
  sawUnplaced: boolean;
}

export interface CapacityInput {
  service: ServiceState;
  /** How many backends are wanted. */
  wanted: number;
  /** The configured share of them on Spot. */
  spotShare: number;
  /** Whether those that run hold a world: each that ends costs a recovery. */
  holdWorld: boolean;
  shortage: Shortage | undefined;
  /** Since when all backends have run, on another share than the configured one. */
  awaySinceMs: number | undefined;
  nowMs: number;
}

/** Tasks are not placed in the moment in which they are asked for. */
const PLACING_MS = 30_000;
/** After so long without Spot tasks, on-demand ones are asked for: well within a start's time-out. */
const SPOT_PATIENCE_MS = 120_000;
/** After so long on demand Spot is tried again: its capacity comes and goes by the hour. */
const SPOT_AGAIN_MS = 3_600_000;

/**
 * Decides how to change the service, if at all, and what to remember for the next check. Pure.
 *
 * Weights of capacity providers do not fall back by themselves: where Spot has no capacity, tasks stay
 * unplaced. So on-demand capacity is asked for when no further task has started for SPOT_PATIENCE_MS
 * and some were not placed. Any change between the two replaces every task, for ECS takes another
 * strategy only with a new deployment; another number of tasks replaces none. The way to on demand is taken only
 * where that costs nothing: before a world is held, or when none runs that holds it; a colony that has lost some of
 * its backends ticks on with the others. The way back is taken while the world ticks: tasks are replaced one by one,
 * and each hands its shards over.
 *
 *     Spot ──── too few run, none comes, some unplaced, for 2 minutes ───▶ on demand
 *      ▲        (none at all, once they hold a world)                          │
 *      └────────── none is wanted, or all have run there for an hour ──────────┘
 */
export function planCapacity(input: CapacityInput): {
  change: ComputeChange | undefined;
  shortage: Shortage | undefined;
  awaySinceMs: number | undefined;
} {
  const { service, wanted } = input;
  const now = observeShortage(input);
  const awaySinceMs = observeAway(input);
  const share = wantedShare(input, now, awaySinceMs);
  const isAsWanted = service.desired === wanted && share === undefined;
  const change = { desired: wanted, ...(share !== undefined && { spotShare: share }) };
  return {
    change: isAsWanted ? undefined : change,
    shortage: share === undefined ? now : undefined,
    awaySinceMs: share === undefined ? awaySinceMs : undefined,
  };
}

function observeShortage({
  service: { desired, running, pending },
  wanted,
  shortage: before,
  nowMs,
}: CapacityInput): Shortage | undefined {
  if (desired !== wanted || running >= wanted) return undefined;
  if (before === undefined || running > before.running) {
    return { sinceMs: nowMs, running, sawUnplaced: false };
  }
  const isUnplaced = running + pending < wanted && nowMs - before.sinceMs >= PLACING_MS;
  return { ...before, running, sawUnplaced: before.sawUnplaced || isUnplaced };
}

const isConfigured = (present: number, configured: number): boolean =>
  Math.abs(present - configured) < 0.005;

function observeAway({ service, wanted, spotShare, awaySinceMs, nowMs }: CapacityInput) {
  const { spotShare: present, desired, running } = service;
  const isAway = present !== undefined && spotShare > 0 && !isConfigured(present, spotShare);
  const areAllThere = desired === wanted && running >= wanted && wanted > 0;
  return isAway && areAllThere ? (awaySinceMs ?? nowMs) : undefined;
}

/** The share on Spot to ask for; undefined if it is already right. */
function wantedShare(
  { service, wanted, spotShare: configured, holdWorld, nowMs }: CapacityInput,
  shortage: Shortage | undefined,
  awaySinceMs: number | undefined,
): number | undefined {
  const { spotShare: present, running } = service;
  if (present === undefined || configured === 0) return undefined;
  if (wanted === 0) return isConfigured(present, configured) ? undefined : configured;
  if (awaySinceMs !== undefined && nowMs - awaySinceMs >= SPOT_AGAIN_MS) return configured;
  const isOut =
    shortage?.sawUnplaced === true && nowMs - shortage.sinceMs >= SPOT_PATIENCE_MS && present > 0;
  return isOut && !(holdWorld && running > 0) ? 0 : undefined;
}
