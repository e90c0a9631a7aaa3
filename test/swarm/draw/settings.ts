import type { CoordinatorSettings } from '../../../services/coordinator/coordinator-options.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import type { Draws } from './draws.ts';

/** How the coordinators of a run are configured; some of it is far from the defaults. */
export function drawSettings(
  draws: Draws,
  spec: WorldSpec,
): { settings: CoordinatorSettings; tickMs: number } {
  const shards = (spec.width / spec.shardSize) * (spec.height / spec.shardSize);
  // Of a large world fewer ticks are afforded.
  const mostPace = shards > 30 ? 3 : 9;
  const isUnpaced = draws.chance(0.15);
  const leaseMs = draws.pick([4_000, 8_000]);
  const settings: CoordinatorSettings = {
    colonyName: 'swarm',
    defaultSpec: spec,
    ticksPerSecond: isUnpaced ? null : draws.whole(1, mostPace),
    // A margin of more than a shard would have a world of one shard copy itself.
    ticksPerExchange: draws.pick([1, 1, 2, 3, 4, 8].filter((k) => 3 * k <= spec.shardSize)),
    minBackends: draws.whole(1, 4),
    beatIntervalMs: draws.pick([1_000, 2_000]),
    leaseMs,
    recordPollMs: draws.pick([250, 1_000, 1_000, 2_000]),
    // A heartbeat is what takes most of the time of a run.
    heartbeatIntervalMs: draws.pick([250, 1_000, 1_000, 1_000, 2_000, 2_000, 2_000]),
    startTimeoutMs: draws.pick([20_000, 60_000]),
    suspectMs: draws.pick([4_000, 8_000]),
    replacementWaitMs: draws.pick([0, 1_000, 3_000]),
    rebalanceAfterSeconds: draws.pick([2, 10]),
    checkpointIntervalSeconds: draws.pick([2, 5, 10, 30]),
    checkpointMinTicks: 100,
    checkpointBudgetBytes: draws.pick([100_000, 100_000_000]),
    pictureIntervalSeconds: 0,
  };
  return { settings, tickMs: isUnpaced ? draws.between(1_000 / mostPace, 1_000) : 0 };
}
