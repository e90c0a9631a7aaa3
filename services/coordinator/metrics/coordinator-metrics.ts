import { BUILD_INFO } from '../../platform/observability/build-info.ts';
import type { Count, LabelsOf, MetricTable } from '../../platform/observability/metric-table.ts';
import { PHASES } from '../../protocol/api/public-api.ts';
import { EVENT_KINDS } from '../../world/events/events.ts';

/** Requests whose answer waits for a start take seconds, most others milliseconds. */
const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** The methods that are told apart in metrics. */
export const COUNTED_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'other'] as const;

/**
 * What a coordinator tells Prometheus. Figures of the colony come from the one that leads alone, and are left
 * out by the others: so a sum or a maximum over all coordinators is the colony's.
 */
export const COORDINATOR_METRICS = {
  ...BUILD_INFO,
  colony_leader: {
    kind: 'gauge',
    help: '1 while this coordinator leads, else 0. Their sum is 1, or 0 for as long as nobody leads.',
  },
  colony_leader_epoch: {
    kind: 'gauge',
    help: 'The epoch that the record names, as this coordinator knows it: it rises with each new lead.',
  },
  colony_phase: {
    kind: 'gauge',
    help: '1 for the phase that the colony is in, 0 for all others. From the leader.',
    labels: { phase: PHASES },
  },
  colony_tick: {
    kind: 'gauge',
    help: 'The least tick over all shards. From the leader, while the colony ticks.',
  },
  colony_horizon_tick: {
    kind: 'gauge',
    help: 'The tick that is reserved: no backend runs beyond it. From the leader, of a started colony.',
  },
  colony_ticks_per_second: {
    kind: 'gauge',
    help: 'The achieved pace. From the leader, and only while the colony ought to tick: 0 if it stands then.',
  },
  colony_asked_ticks_per_second: {
    kind: 'gauge',
    help: 'The pace that is asked for. From the leader, of a started colony; left out if it is unlimited.',
  },
  colony_replay_remaining_ticks: {
    kind: 'gauge',
    help: 'Ticks that are still to be computed again after a loss; 0 once the world is where it stood. From the leader, while the colony ticks.',
  },
  colony_backends_wanted: {
    kind: 'gauge',
    help: 'How many backends there should be. From the leader, of a started colony.',
  },
  colony_backends_missing: {
    kind: 'gauge',
    help: 'How many of the wanted backends do not answer the leader; 0 while no colony is started. From the leader, after its first look.',
  },
  colony_checkpoint_tick: {
    kind: 'gauge',
    help: 'The tick of the newest whole checkpoint. From the leader, once there is one.',
  },
  colony_checkpoint_ticked_seconds: {
    kind: 'gauge',
    help: 'Seconds of ticking since the newest checkpoint, which is what a loss would cost. From the leader, while the colony ticks.',
  },
  colony_checkpoint_overdue_seconds: {
    kind: 'gauge',
    help: 'The same, but only once another checkpoint is overdue and the colony ought to tick: else left out. The alarm CheckpointLate watches it in AWS.',
  },
  colony_checkpoints_total: {
    kind: 'counter',
    help: 'Checkpoints that this coordinator has led to their end, whole ones and ones that were given up.',
    labels: { outcome: ['taken', 'failed'] },
  },
  colony_pictures_total: {
    kind: 'counter',
    help: 'Pictures of the world that this coordinator has put together, those it has stored and those that were lost.',
    labels: { outcome: ['stored', 'lost'] },
  },
  colony_topologies_published_total: {
    kind: 'counter',
    help: 'Topologies that this coordinator has published: each gives all shards to backends anew.',
  },
  colony_recoveries_total: {
    kind: 'counter',
    help: 'How often the shards had to go to other backends: a backend was lost, a new leader found that backends hold them no more, or they were moved without a tick lost.',
    labels: { reason: ['backend_lost', 'not_held', 'moved'] },
  },
  colony_backend_losses_total: {
    kind: 'counter',
    help: 'Backends that were given up: their process is gone for certain, they were silent for too long, or their status says that they hold the shards no more or cannot tick them.',
    labels: { proof: ['gone', 'silent', 'status'] },
  },
  colony_heartbeats_total: {
    kind: 'counter',
    help: 'Heartbeats to backends, answered and failed.',
    labels: { outcome: ['answered', 'failed'] },
  },
  colony_starts_total: {
    kind: 'counter',
    help: 'Starts that this coordinator carried out as the leader: whole, failed, or completed or stopped by another.',
    labels: { outcome: ['started', 'failed', 'overtaken'] },
  },
  colony_events_injected_total: {
    kind: 'counter',
    help: 'Events that were injected through this coordinator, by kind; a cancellation of one is a kind too.',
    labels: { kind: [...EVENT_KINDS, 'cancellation'] },
  },
  colony_record_writes_total: {
    kind: 'counter',
    help: 'Writes of the record: written, refused because another write came first (they are tried again), or failed because the store did not answer.',
    labels: { outcome: ['written', 'conflict', 'failed'] },
  },
  colony_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Seconds until a request to the HTTP API was answered, waiting for a start included; its _count is how many there were.',
    labels: {
      route: 'the routes of the API as templates, or unknown',
      method: COUNTED_METHODS,
      status: ['1xx', '2xx', '3xx', '4xx', '5xx'],
    },
    buckets: REQUEST_SECONDS,
  },
} as const satisfies MetricTable;

export type CoordinatorMetrics = typeof COORDINATOR_METRICS;
export type CoordinatorCount = Count<CoordinatorMetrics>;
export type RequestLabels = LabelsOf<CoordinatorMetrics['colony_http_request_duration_seconds']>;
export type LossProof = LabelsOf<CoordinatorMetrics['colony_backend_losses_total']>['proof'];
export type RecoveryReason = LabelsOf<CoordinatorMetrics['colony_recoveries_total']>['reason'];
