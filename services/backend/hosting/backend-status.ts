import type { BackendLoad } from '../../protocol/wire/backend-load.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import type { BackendState, BackendStatus } from '../../protocol/wire/rpc.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { HeldColony } from './holding.ts';

/** The status that a backend reports in its answers to calls. Pure. */
export function backendStatus(
  self: { bootId: string; pid: number; fence: Fence; isDraining: boolean; load: BackendLoad },
  held: HeldColony | undefined,
): BackendStatus {
  const { bootId, pid, fence, isDraining: draining, load } = self;
  const hosted = held?.hosted;
  const failure = hosted?.failure;
  const state = stateOf(held);
  return {
    bootId,
    engineVersion: ENGINE_VERSION,
    pid,
    state,
    draining,
    fence,
    ...(held && { colony: colonyStatus(held) }),
    waitingFor: state === 'Waiting' ? (hosted?.exchange?.waitingFor ?? []) : [],
    load,
    ...(failure !== undefined && { failure }),
  };
}

function stateOf(held: HeldColony | undefined): BackendState {
  if (held === undefined) return 'Idle';
  return held.hosted?.state ?? 'Initializing';
}

function colonyStatus({ content, hosted, events, grant }: HeldColony): BackendStatus['colony'] {
  return {
    colonyInstanceId: content.colonyInstanceId,
    generation: content.generation,
    topologyVersion: hosted?.topology.topologyVersion ?? 0,
    shards: [...(hosted?.shardNumbers ?? [])],
    initializedShards: hosted?.initializedShards ?? 0,
    shardsInitialized: hosted?.shards !== undefined,
    ticking: hosted?.isTicking ?? false,
    tick: hosted?.tick ?? 0,
    eventSeq: events.through,
    grant: grant.inForce,
  };
}
