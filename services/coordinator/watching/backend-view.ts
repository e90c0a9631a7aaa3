import type { BackendView } from '../../protocol/api/public-api.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import type { TrackedBackend } from '../ticking/tracked-backend.ts';
import type { Trouble } from '../troubles/troubles.ts';
import type { ClusterWatch } from './cluster/cluster-watch.ts';
import { troubleView } from './trouble-view.ts';

/** What the leader remembers of backends. */
export interface BackendMemory {
  watch: Pick<ClusterWatch, 'ratesOf' | 'restartsOf'>;
  troubles: { of(backend: string): Trouble | undefined };
}

/** A backend that is driven. Pure. */
export function backendView(
  tracked: TrackedBackend,
  at: { maxTick: number; isTicking: boolean; nowMs: number },
  { watch, troubles }: BackendMemory,
): BackendView {
  const { backend, status, shards, index, lastAnswerMs } = tracked;
  const { id, bootId, address } = backend;
  const tick = status?.colony?.tick ?? null;
  const rates = at.isTicking ? watch.ratesOf(bootId) : undefined;
  const trouble = troubles.of(id);
  return {
    ...{ id, bootId, address, shards, tick },
    pid: status?.pid ?? null,
    state: stateOf(tracked, at.isTicking),
    lag: tick === null ? null : at.maxTick - tick,
    waitingFor: status?.waitingFor ?? [],
    owner: index,
    ageMs: status === undefined ? null : Math.max(0, Math.round(at.nowMs - lastAnswerMs)),
    ticksPerSecond: rates?.ticksPerSecond ?? null,
    waiting: rates?.waiting ?? null,
    processors: rates?.processors ?? null,
    ...loadOf(status?.load),
    restarts: watch.restartsOf(id),
    trouble: trouble === undefined ? null : troubleView(trouble),
  };
}

/** A backend that is there while none is driven. Pure. */
export function idleBackendView(
  { id, bootId, origin, status }: LiveBackend,
  state: BackendView['state'],
  { watch, troubles }: BackendMemory,
): BackendView {
  const trouble = troubles.of(id);
  return {
    ...{ id, bootId, address: origin, pid: status.pid, state },
    ...{ tick: null, lag: null, shards: 0, waitingFor: [], owner: null, ageMs: null },
    ...{ ticksPerSecond: null, waiting: null, processors: null },
    ...loadOf(status.load),
    restarts: watch.restartsOf(id),
    trouble: trouble === undefined ? null : troubleView(trouble),
  };
}

const loadOf = (load: NonNullable<TrackedBackend['status']>['load'] | undefined) => ({
  memoryBytes: load?.memoryBytes ?? null,
  uptimeSeconds: load === undefined ? null : Math.floor(load.uptimeMs / 1000),
});

function stateOf(
  { lost, suspect, status }: TrackedBackend,
  isTicking: boolean,
): BackendView['state'] {
  if (lost) return 'Lost';
  if (suspect) return 'Suspect';
  if (status?.draining) return 'Draining';
  return (isTicking ? status?.state : undefined) ?? 'Initializing';
}
