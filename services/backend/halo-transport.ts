import type { RpcClient, RpcTarget } from '../platform/rpc-client.ts';
import type { Fence } from '../protocol/fence.ts';

/** How halo messages (halo-codec.ts) come from one backend to another. */
export interface HaloTransport {
  /** Resolves when the peer has taken the message. */
  push(peer: RpcTarget, message: Uint8Array, timeoutMs: number): Promise<void>;
  /** Asks the peer for its message of the exchange at this tick. */
  pull(
    peer: RpcTarget,
    tick: number,
    limits: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array>;
}

/** Problem documents are answers too and need room. */
const PROBLEM_MAX_BYTES = 64 * 1024;

/** Over the signed RPC, under the fence that `fence` gives at that moment. */
export class RpcHaloTransport implements HaloTransport {
  readonly #client: RpcClient;
  readonly #fence: () => Fence;

  constructor(client: RpcClient, fence: () => Fence) {
    this.#client = client;
    this.#fence = fence;
  }

  push(peer: RpcTarget, message: Uint8Array, timeoutMs: number): Promise<void> {
    return this.#client.sendHalo(peer, this.#fence(), message, { timeoutMs });
  }

  pull(
    peer: RpcTarget,
    tick: number,
    { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array> {
    const options = { timeoutMs, maxResponseBytes: Math.max(maxBytes, PROBLEM_MAX_BYTES) };
    return this.#client.call('pullHalo', peer, this.#fence(), { tick }, options);
  }
}
