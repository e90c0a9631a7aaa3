import { ColonyError } from '../protocol/errors.ts';
import { HALO_HEADER_BYTES, readHaloHeader } from '../protocol/halo-codec.ts';
import type { HaloPlan } from '../protocol/halo-plan.ts';
import type { Topology } from '../protocol/topology.ts';
import { parcelBytes } from '../world/cell-parcel.ts';

/**
 * Halo messages that have come and are not used yet. From a peer only two can be meant: the next
 * exchange of this backend and the one after it, since nobody gets further ahead of a neighbour.
 */
export class HaloInbox {
  readonly #topology: Topology;
  /** Exact size of a message, by index of the peer. */
  readonly #expectedBytes = new Map<number, number>();
  readonly #queues = new Map<number, Map<number, Uint8Array>>();
  #nextTick = 0;
  /** Messages that were used, to be written over. */
  readonly #spent: Uint8Array[] = [];

  constructor(topology: Topology, plan: HaloPlan) {
    this.#topology = topology;
    for (const [peer, regions] of plan.incoming) {
      this.#expectedBytes.set(peer, HALO_HEADER_BYTES + parcelBytes(regions));
      this.#queues.set(peer, new Map());
    }
  }

  /** How large a message of this peer is. */
  expectedBytes(peer: number): number {
    return this.#expectedBytes.get(peer) ?? 0;
  }

  /**
   * Keeps a message. One of an exchange that is over, or that is here already, is dropped.
   * Throws HALO_INVALID, before anything of the cells is looked at.
   */
  accept(senderBootId: string, message: Uint8Array): void {
    const { generation, topologyVersion, tick, senderIndex } = readHaloHeader(message);
    const t = this.#topology;
    if (generation !== t.generation || topologyVersion !== t.topologyVersion) {
      throw invalid(
        `topology ${generation}.${topologyVersion}, held is ${t.generation}.${t.topologyVersion}`,
      );
    }
    const queue = this.#queues.get(senderIndex);
    if (queue === undefined) throw invalid(`backend ${senderIndex} is no neighbour`);
    if (t.backends[senderIndex]?.bootId !== senderBootId) {
      throw invalid(`backend ${senderIndex} is not ${senderBootId}`);
    }
    const expected = this.expectedBytes(senderIndex);
    if (message.byteLength !== expected) {
      throw invalid(
        `${message.byteLength} bytes from backend ${senderIndex}, expected ${expected}`,
      );
    }
    const k = t.ticksPerExchange;
    if (tick % k !== 0) throw invalid(`no exchange at tick ${tick}: one every ${k} ticks`);
    if (tick > this.#nextTick + k) {
      throw invalid(`tick ${tick} is too far ahead: ${this.#nextTick} is next`);
    }
    if (tick >= this.#nextTick && !queue.has(tick)) queue.set(tick, message);
  }

  /** Peers whose message of this exchange has not come. */
  missing(tick: number): number[] {
    return [...this.#queues].flatMap(([peer, queue]) => (queue.has(tick) ? [] : [peer]));
  }

  /** Every peer's message of this exchange is here. */
  isComplete(tick: number): boolean {
    for (const queue of this.#queues.values()) if (!queue.has(tick)) return false;
    return true;
  }

  /** All messages of an exchange, which is over with this. None may be missing. */
  take(tick: number): Map<number, Uint8Array> {
    const missing = this.missing(tick);
    if (missing.length > 0) throw new Error(`halos of backends ${missing} are missing`);
    const messages = new Map<number, Uint8Array>();
    for (const [peer, queue] of this.#queues) {
      messages.set(peer, queue.get(tick) as Uint8Array);
      queue.delete(tick);
    }
    this.#nextTick = tick + this.#topology.ticksPerExchange;
    return messages;
  }

  /** Room for a message of so many bytes; what stands there is to be written over. */
  takeBuffer(bytes: number): Uint8Array {
    const index = this.#spent.findIndex(({ byteLength }) => byteLength === bytes);
    return this.#spent.splice(index, index < 0 ? 0 : 1)[0] ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** A message that was taken is not needed any more. */
  giveBack(message: Uint8Array): void {
    this.#spent.push(message);
    // The oldest goes, or those of a peer that is pulled, and takes none, would fill all places.
    if (this.#spent.length > 2 * this.#queues.size) this.#spent.shift();
  }
}

const invalid = (what: string) => new ColonyError('HALO_INVALID', what);
