import { oneOf, type Readings } from '../../platform/observability/metric-table.ts';
import { WAITS } from '../../protocol/wire/backend-load.ts';
import { type BackendStatus, backendStateSchema } from '../../protocol/wire/rpc.ts';
import type { BackendMetrics } from '../metrics/backend-metrics.ts';
import type { HeldColony } from './holding.ts';

/** What a backend tells Prometheus of what it holds. Pure. */
export function backendReadings(
  { state, draining, waitingFor, colony, load }: BackendStatus,
  held: HeldColony | undefined,
): Readings<BackendMetrics> {
  const hosted = held?.hosted;
  return {
    colony_backend_state: oneOf('state', backendStateSchema.options, state),
    colony_backend_draining: draining ? 1 : 0,
    colony_backend_tick: hosted?.tick,
    colony_backend_shards: colony?.initializedShards ?? 0,
    colony_backend_ticks_total: load.computedTicks,
    colony_backend_waited_seconds_total: WAITS.map((wait) => ({
      labels: { for: wait },
      value: load.waitedMs[wait] / 1000,
    })),
    colony_backend_halos_missing: waitingFor.length,
    colony_backend_samples_kept: hosted?.samples.samples.length ?? 0,
  };
}
