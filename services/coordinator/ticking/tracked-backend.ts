import { processGone } from '../../platform/rpc/process-gone.ts';
import { shardsOf, type Topology, type TopologyBackend } from '../../protocol/layout/topology.ts';
import type { BackendStatus } from '../../protocol/wire/rpc.ts';

/** What the ticker knows of one backend of the topology. */
export interface TrackedBackend {
  backend: TopologyBackend;
  /** Its place in the topology, and its number in pictures of owners. */
  index: number;
  shards: number;
  status: BackendStatus | undefined;
  lastAnswerMs: number;
  suspect: boolean;
  /** Its shards go to others: its process is gone, silent for too long, or holds them no more. */
  lost?: boolean;
  started: boolean;
  /** StartTicking was refused or not answered, and will be tried again. */
  startFailed: boolean;
  /** It was told that samples up to this tick are durable; -1 for none. */
  confirmedThroughTick: number;
  /** It stands until more of its samples are durable. */
  isStalled: boolean;
}

/** A backend that must be replaced, and why. */
export interface Lost {
  backend: TopologyBackend;
  reason: string;
}

/** A backend that has not been heard of yet. */
export const trackedBackend = (
  topology: Topology,
  backend: TopologyBackend,
  nowMs: number,
): TrackedBackend => ({
  backend,
  index: topology.backends.indexOf(backend),
  shards: shardsOf(topology, topology.backends.indexOf(backend)).length,
  status: undefined,
  lastAnswerMs: nowMs,
  suspect: false,
  started: false,
  startFailed: false,
  confirmedThroughTick: -1,
  isStalled: false,
});

/** Why a backend with this status is lost; undefined if it is not. */
export function lossByStatus(
  { colony, state, failure }: BackendStatus,
  { generation, topologyVersion }: Topology,
): string | undefined {
  const holdsIt =
    colony?.generation === generation &&
    colony.topologyVersion === topologyVersion &&
    colony.shardsInitialized;
  if (!holdsIt) return 'it no longer holds this colony';
  return state === 'Failed' ? (failure ?? 'its tick loop failed') : undefined;
}

/**
 * Why a backend is lost, given the error of a call to it; undefined if it may yet come back. Refused
 * connections and changed boot ids are certain; silence counts after `suspectMs`.
 */
export function lossByError(
  error: unknown,
  silentMs: number,
  suspectMs: number,
): string | undefined {
  const gone = processGone(error);
  if (gone !== undefined) return gone;
  return silentMs >= suspectMs ? `silent for ${Math.round(silentMs)} ms` : undefined;
}
