import type { RpcCallOptions, RpcCalls } from '../../../platform/rpc/rpc-client.ts';
import { ColonyError, messageOf } from '../../../protocol/common/errors.ts';
import type { Topology } from '../../../protocol/layout/topology.ts';
import type { Fence } from '../../../protocol/wire/fence.ts';
import type { RpcReply, RpcRequest } from '../../../protocol/wire/rpc.ts';

type ReadMethod = 'readTiles' | 'readCells';

/** A colony whose shards are read. */
export interface ReadColony {
  rpc: RpcCalls;
  topology: Topology;
  fence: Fence;
}

/** Calls one backend. */
export type CallBackend = <M extends ReadMethod>(
  method: M,
  request: RpcRequest<M>,
  options?: RpcCallOptions,
) => Promise<RpcReply<M>>;

/**
 * Asks backends for their parts of what is read, all at once.
 *
 * @param indices of the backends in the topology.
 * @throws BACKEND_UNREACHABLE if one does not answer, BACKEND_FAILED if its answer cannot be read, TILES_TOO_LARGE if
 * one says so.
 */
export function askParts<T>(
  { rpc, topology, fence }: ReadColony,
  indices: readonly number[],
  ask: (call: CallBackend, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    indices.map((index) => {
      const backend = topology.backends[index];
      if (backend === undefined) throw new Error(`there is no backend ${index}`);
      const target = { origin: backend.address, bootId: backend.bootId };
      const call: CallBackend = (method, request, options) =>
        rpc.call(method, target, fence, request, options).catch((cause: unknown): never => {
          // What is asked for is too much, whichever backend is the first to find it.
          if (cause instanceof ColonyError && cause.code === 'TILES_TOO_LARGE') throw cause;
          const detail = `backend ${backend.id} cannot show its part: ${messageOf(cause)}`;
          throw new ColonyError('BACKEND_UNREACHABLE', detail, { cause });
        });
      return ask(call, index).catch((cause: unknown): never => {
        if (!(cause instanceof ColonyError) || cause.code !== 'BAD_REQUEST') throw cause;
        const detail = `backend ${backend.id} sent another part: ${cause.message}`;
        throw new ColonyError('BACKEND_FAILED', detail, { cause });
      });
    }),
  );
}
