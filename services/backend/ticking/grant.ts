import { TICK_MAX } from '../../protocol/common/limits.ts';
import type { RpcRequest } from '../../protocol/wire/rpc.ts';

/** How far and how fast the leader lets the shards of one colony instance run. */
export class Grant {
  #horizon = 0;
  #ticksPerSecond: number | null = null;

  /** Shards may run to this tick. */
  get horizon(): number {
    return this.#horizon;
  }

  /** null: as fast as possible. */
  get ticksPerSecond(): number | null {
    return this.#ticksPerSecond;
  }

  /** The horizon never falls: an older or delayed heartbeat revokes nothing. */
  apply({ horizon, ticksPerSecond }: RpcRequest<'heartbeat'>): void {
    this.#horizon = Math.max(this.#horizon, Math.min(horizon, TICK_MAX));
    this.#ticksPerSecond = ticksPerSecond;
  }
}
