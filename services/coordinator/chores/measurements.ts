import { oneOf, type Readings } from '../../platform/observability/metric-table.ts';
import type { MetricName, Metrics } from '../../platform/observability/metrics.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { PHASES, type Phase } from '../../protocol/api/public-api.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CoordinatorMetrics } from '../metrics/coordinator-metrics.ts';
import type { LeaderTerm } from '../term/leader-term.ts';

/** The input of the leader's metrics. */
export interface MeasuredState {
  record: ColonyRecord;
  phase: Phase;
  /** How many backends are wanted of a started colony that was not scaled. */
  configuredBackends: number;
  /** undefined before the first look. */
  aliveBackends: number | undefined;
  /** Only while the colony is driven. */
  tick: number | undefined;
  achievedTicksPerSecond: number | undefined;
  /** Where the replay ends that is under way. */
  replayUntil: number | undefined;
  /** How long the world has ticked since the last checkpoint. */
  tickedMs: number | undefined;
  /** The same, once another one is overdue; else undefined. */
  overdueMs: number | undefined;
}

const MEASURE_EVERY_MS = 10_000;

/** Whether the colony should tick: it is started, without a fault, and not paused at its tick. */
function oughtToTick({ record, tick = 0 }: MeasuredState): boolean {
  const { status, fault, paused, runUntil = 0 } = record;
  return status === 'TopographyInitialized' && fault === undefined && (!paused || tick < runUntil);
}

/** The values of METRICS in services/protocol/common/names.ts that are known. Pure. */
export function measure(state: MeasuredState): Partial<Record<MetricName, number>> {
  const { record, configuredBackends, aliveBackends, achievedTicksPerSecond, overdueMs } = state;
  const isStarted = record.status !== 'NotInitialized';
  const wanted = record.wantedBackends ?? configuredBackends;
  const missing = aliveBackends === undefined ? undefined : Math.max(0, wanted - aliveBackends);
  const backendsMissing = isStarted ? missing : 0;
  return {
    leader: 1,
    ...(backendsMissing !== undefined && { backendsMissing }),
    // It should tick and is not driven, so it stands still.
    ...(oughtToTick(state) && { ticksPerSecond: achievedTicksPerSecond ?? 0 }),
    ...(oughtToTick(state) && overdueMs !== undefined && { checkpointAge: overdueMs / 1000 }),
  };
}

/**
 * What the leader tells Prometheus of the colony. What CloudWatch is told too is the same figure. Pure.
 */
export function readings(state: MeasuredState): Readings<CoordinatorMetrics> {
  const { record, phase, tick, configuredBackends, replayUntil, tickedMs } = state;
  const { ticksPerSecond, backendsMissing, checkpointAge } = measure(state);
  const isStarted = record.status === 'TopographyInitialized';
  return {
    colony_phase: oneOf('phase', PHASES, phase),
    colony_tick: tick,
    colony_ticks_per_second: ticksPerSecond,
    colony_replay_remaining_ticks: tick && Math.max(0, (replayUntil ?? tick) - tick),
    colony_backends_missing: backendsMissing,
    colony_checkpoint_tick: record.checkpoint?.tick,
    colony_checkpoint_ticked_seconds: tickedMs && tickedMs / 1000,
    colony_checkpoint_overdue_seconds: checkpointAge,
    ...(isStarted && {
      colony_horizon_tick: record.horizon,
      colony_asked_ticks_per_second: record.ticksPerSecond ?? undefined,
      colony_backends_wanted: record.wantedBackends ?? configuredBackends,
    }),
  };
}

/** Emits metrics every 10 s for as long as the term lasts. */
export async function emitMeasurements(
  o: { metrics: Metrics; clock: Clock; state: () => MeasuredState },
  term: LeaderTerm,
): Promise<void> {
  while (term.mayAct) {
    o.metrics.emit(measure(o.state()));
    await o.clock.sleep(MEASURE_EVERY_MS, term.signal).catch(() => {});
  }
}
