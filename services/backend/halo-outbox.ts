import { ColonyError } from '../protocol/errors.ts';
import { createHaloMessage, HALO_HEADER_BYTES } from '../protocol/halo-codec.ts';
import type { HaloPlan } from '../protocol/halo-plan.ts';
import type { Topology } from '../protocol/topology.ts';
import type { ShardSet } from './shard-set.ts';

/** Sending exchange n + 1 proves that the peer has n − 1: so two are enough to answer any pull. */
const KEPT_EXCHANGES = 2;

/** Makes messages of what peers need from the shards here, and keeps the latest for their pulls. */
export class HaloOutbox {
  readonly #topology: Topology;
  readonly #plan: HaloPlan;
  readonly #ownIndex: number;
  readonly #kept = new Map<number, Map<number, Uint8Array>>();

  constructor(topology: Topology, plan: HaloPlan, ownIndex: number) {
    this.#topology = topology;
    this.#plan = plan;
    this.#ownIndex = ownIndex;
  }

  /** The messages of the exchange at this tick, by index of the peer: what is packed in the shards. */
  pack(tick: number, shards: ShardSet): Map<number, Uint8Array> {
    const { generation, topologyVersion } = this.#topology;
    const header = { generation, topologyVersion, tick, senderIndex: this.#ownIndex };
    const messages = new Map<number, Uint8Array>();
    for (const peer of this.#plan.outgoing.keys()) {
      const cells = shards.departing(peer);
      const message = createHaloMessage(header, cells.byteLength);
      message.set(cells, HALO_HEADER_BYTES);
      messages.set(peer, message);
    }
    this.#kept.set(tick, messages);
    for (const kept of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_EXCHANGES) break;
      this.#kept.delete(kept);
    }
    return messages;
  }

  /** Answers a pull; throws HALO_NOT_READY before the exchange, and long after it. */
  find(peer: number, tick: number): Uint8Array {
    const message = this.#kept.get(tick)?.get(peer);
    if (message !== undefined) return message;
    const kept = [...this.#kept.keys()].join(', ') || 'none';
    throw new ColonyError('HALO_NOT_READY', `the halo of tick ${tick} is not here; kept: ${kept}`);
  }
}
