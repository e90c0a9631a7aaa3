import { BUILD_INFO } from '../../platform/observability/build-info.ts';
import type { Count, MetricTable } from '../../platform/observability/metric-table.ts';
import { WAITS } from '../../protocol/wire/backend-load.ts';
import { backendStateSchema, RPC, type RpcMethodName } from '../../protocol/wire/rpc.ts';

const RPC_METHODS = Object.keys(RPC) as RpcMethodName[];

/** What a backend tells Prometheus. */
export const BACKEND_METRICS = {
  ...BUILD_INFO,
  colony_backend_state: {
    kind: 'gauge',
    help: '1 for the state that this backend is in, 0 for all others. Waiting: for the halo of a neighbour; AtHorizon: for a grant of the leader, or because the colony is paused; Blocked: because its samples are not stored.',
    labels: { state: backendStateSchema.options },
  },
  colony_backend_draining: {
    kind: 'gauge',
    help: '1 while this backend is to end and hands its shards over, else 0.',
  },
  colony_backend_tick: {
    kind: 'gauge',
    help: 'The tick of its shards. Left out while it holds no topology.',
  },
  colony_backend_shards: {
    kind: 'gauge',
    help: 'How many shards it holds, initialised ones.',
  },
  colony_backend_ticks_total: {
    kind: 'reading',
    help: 'Ticks that this process has computed of the shards it held, replayed ones included.',
  },
  colony_backend_waited_seconds_total: {
    kind: 'reading',
    help: 'Seconds for which its shards have waited. halos: for those of neighbours; horizon: for a grant of the leader, or because the colony is paused; pace: for the next tick of the asked pace; samples: because they are not stored. The backend that waits least for halos holds the others up.',
    labels: { for: WAITS },
  },
  colony_backend_halos_missing: {
    kind: 'gauge',
    help: 'From how many neighbours a halo is overdue.',
  },
  colony_backend_samples_kept: {
    kind: 'gauge',
    help: 'Samples that the leader has not confirmed as stored; a full buffer brings the shards to stand.',
  },
  colony_backend_memory_limit_bytes: {
    kind: 'gauge',
    help: 'Bytes that its shards may take.',
  },
  colony_backend_checkpoint_parts_total: {
    kind: 'counter',
    help: 'Its parts of checkpoints that were written or have failed; those that were not wanted any more are not counted.',
    labels: { outcome: ['written', 'failed'] },
  },
  colony_backend_checkpoint_bytes_total: {
    kind: 'counter',
    help: 'Bytes of the parts that were written, compressed.',
  },
  colony_backend_checkpoint_standing_seconds_total: {
    kind: 'counter',
    help: 'Seconds for which its shards stood to be copied out for checkpoints.',
  },
  colony_backend_rpc_calls_total: {
    kind: 'counter',
    help: 'Calls that it has answered: as asked, with a refusal (4xx), or with a failure (5xx).',
    labels: { method: RPC_METHODS, outcome: ['answered', 'refused', 'failed'] },
  },
} as const satisfies MetricTable;

export type BackendMetrics = typeof BACKEND_METRICS;
export type BackendCount = Count<BackendMetrics>;
