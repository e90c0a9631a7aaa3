import type { RpcClient } from '../../platform/rpc-client.ts';
import { ColonyError, messageOf } from '../../protocol/errors.ts';
import type { RpcMethodName, RpcReply, RpcRequest } from '../../protocol/rpc.ts';
import type { StoredSpec } from '../../protocol/spec.ts';
import { ownersOf, type Topology } from '../../protocol/topology.ts';
import type { Work } from '../work.ts';
import { atStage, type StageHook, type StartStage } from './stages.ts';

/**
 * Has every backend of a topology take the spec, then the topology, then lay its land: each step
 * on all of them before the next. Idempotent: a next leader may do it all again.
 *
 * @throws ColonyError BACKEND_FAILED naming the backend that could not.
 */
export async function initializeBackends(
  rpc: RpcClient,
  hook: StageHook,
  work: Work,
  stored: StoredSpec,
  topology: Topology,
): Promise<void> {
  const everywhere = async <M extends RpcMethodName>(
    stage: StartStage,
    method: M,
    request: RpcRequest<M>,
  ) => {
    const fence = work.fence(topology.topologyVersion);
    // All are awaited even when one fails, so that no call of this attempt meets the next one.
    const outcomes = await Promise.allSettled(
      ownersOf(topology).map((backend) =>
        atStage(hook, stage, async (): Promise<RpcReply<M>> => {
          work.check();
          try {
            const target = { origin: backend.address, bootId: backend.bootId };
            return await untilAborted(rpc.call(method, target, fence, request), work.signal);
          } catch (error) {
            if (work.signal.aborted) throw work.signal.reason;
            throw new ColonyError(
              'BACKEND_FAILED',
              `${method} on backend ${backend.id} at ${backend.address}: ${messageOf(error)}`,
              { cause: error },
            );
          }
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
  const { colonyInstanceId } = topology;
  await everywhere('initialize-colony', 'initializeColony', { colonyInstanceId, stored });
  await everywhere('initialize-topology', 'initializeTopology', { topology });
  await everywhere('initialize-shards', 'initializeShards', {});
}

/** What is called goes on; nobody waits for it once the work is over. */
function untilAborted<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
