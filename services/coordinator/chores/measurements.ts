import type { MetricName, Metrics } from '../../platform/observability/metrics.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LeaderTerm } from '../term/leader-term.ts';

/** The input of the leader's metrics. */
export interface MeasuredState {
  record: ColonyRecord;
  /** How many backends are wanted of a started colony that was not scaled. */
  backendCount: number;
  /** undefined before the first look. */
  aliveBackends: number | undefined;
  /** Only while the colony is driven. */
  tick: number | undefined;
  achievedTicksPerSecond: number | undefined;
  /** How long the world has ticked since the last checkpoint, once another one is overdue; else undefined. */
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
  const { record, backendCount, aliveBackends, achievedTicksPerSecond, overdueMs } = state;
  const isStarted = record.status !== 'NotInitialized';
  const wanted = record.wantedBackends ?? backendCount;
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
