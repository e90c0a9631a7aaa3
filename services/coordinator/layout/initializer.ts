import { processGone } from '../../platform/rpc/process-gone.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import type { ErrorCode } from '../../protocol/common/error-codes.ts';
import {
  ColonyError,
  isCheckpointUnreadable,
  isStoreUnavailable,
  messageOf,
} from '../../protocol/common/errors.ts';
import { ownersOf, type Topology, type TopologyBackend } from '../../protocol/layout/topology.ts';
import type { RpcMethodName, RpcReply, RpcRequest } from '../../protocol/wire/rpc.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import { atStage, type StageHook, type StartStage } from '../term/stages.ts';

/** A backend that initialises no further shard for this long is given up. */
const INITIALIZING_STALLED_MS = 60_000;

export interface Initialization {
  rpc: RpcCalls;
  hook: StageHook;
  clock: Clock;
  scope: ColonyScope;
  stored: StoredSpec;
  topology: Topology;
  /** Called with the number of shards that all backends have initialised, whenever it grows. */
  onProgress: (shards: number) => void;
}

/**
 * Gives every backend of a topology the spec, then the topology, and then has it initialise its shards;
 * each step is done on all backends before the next. Idempotent: the next leader may repeat all of it.
 *
 * @throws ColonyError BACKEND_FAILED naming the backend that failed; WORLD_TOO_LARGE if one lacks memory;
 * CHECKPOINT_UNREADABLE if the cells of the origin cannot be read, with the `bootId` of the backend; STORE_UNAVAILABLE
 * if they do not come, with that and the `key` of the object.
 */
export async function initializeBackends(o: Initialization): Promise<void> {
  const { scope, stored, topology } = o;
  const { colonyInstanceId } = topology;
  await everywhere(o, 'initialize-colony', (backend) =>
    call(o, backend, 'initializeColony', { colonyInstanceId, stored }),
  );
  await everywhere(o, 'initialize-topology', (backend) =>
    call(o, backend, 'initializeTopology', { topology }),
  );
  const initialized = new Map<string, number>();
  // Once one has failed, nothing waits for the others.
  const vain = new AbortController();
  await everywhere(o, 'initialize-shards', async (backend) => {
    const onProgress = (shards: number) => {
      initialized.set(backend.id, shards);
      o.onProgress([...initialized.values()].reduce((sum, count) => sum + count, 0));
    };
    try {
      await initializeShardsOf(o, backend, vain.signal, onProgress);
    } catch (error) {
      vain.abort();
      throw error;
    }
  });
  scope.check();
}

/** Awaits all even when one fails, so that no call of this attempt overlaps the next attempt. */
async function everywhere(
  { hook, topology }: Initialization,
  stage: StartStage,
  effect: (backend: TopologyBackend) => Promise<unknown>,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    ownersOf(topology).map((backend) =>
      atStage(hook, stage, () => effect(backend), { backend: backend.id }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Calls repeatedly, because a hundred million cells take longer than one call may last. */
async function initializeShardsOf(
  o: Initialization,
  backend: TopologyBackend,
  inVain: AbortSignal,
  onProgress: (shards: number) => void,
): Promise<void> {
  let initialized = 0;
  let sinceMs = o.clock.nowMs();
  while (!inVain.aborted) {
    const { colony, failure } = await call(o, backend, 'initializeShards', {});
    if (colony?.shardsInitialized === true) return onProgress(colony.shards.length);
    const nowMs = o.clock.nowMs();
    const shards = colony?.initializedShards ?? 0;
    if (shards > initialized) {
      initialized = shards;
      sinceMs = nowMs;
      onProgress(initialized);
    }
    if (failure !== undefined) throw failed('initializeShards', backend, failure);
    if (nowMs - sinceMs >= INITIALIZING_STALLED_MS) {
      const why = `no shard was initialized for ${INITIALIZING_STALLED_MS} ms, ${initialized} are`;
      throw failed('initializeShards', backend, why);
    }
  }
}

async function call<M extends RpcMethodName>(
  { rpc, scope, topology }: Initialization,
  backend: TopologyBackend,
  method: M,
  request: RpcRequest<M>,
): Promise<RpcReply<M>> {
  scope.check();
  try {
    const target = { origin: backend.address, bootId: backend.bootId };
    const fence = scope.fence(topology.topologyVersion);
    // The call itself goes on.
    return await unlessAborted(rpc.call(method, target, fence, request), scope.signal);
  } catch (error) {
    if (scope.signal.aborted) throw scope.signal.reason;
    if (error instanceof ColonyError && error.code === 'WORLD_TOO_LARGE') throw error;
    if (isCheckpointUnreadable(error) || isStoreUnavailable(error)) {
      // Perhaps not a failure of the backend's own; it may say which object did not come.
      const { code, message, extra } = error;
      throw failed(method, backend, message, error, { code, key: extra['key'] });
    }
    throw failed(method, backend, processGone(error) ?? messageOf(error), error);
  }
}

const failed = (
  method: RpcMethodName,
  { id, address, bootId }: TopologyBackend,
  why: string,
  cause?: unknown,
  { code = 'BACKEND_FAILED', key }: { code?: ErrorCode; key?: unknown } = {},
): ColonyError =>
  new ColonyError(code, `${method} on backend ${id} at ${address}: ${why}`, {
    cause,
    extra: { bootId, key },
  });
