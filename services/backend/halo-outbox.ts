import { ColonyError } from '../protocol/errors.ts';
import { createHaloMessage, HALO_HEADER_BYTES } from '../protocol/halo-codec.ts';
import { type HaloPlan, piecesBytes } from '../protocol/halo-plan.ts';
import type { Topology } from '../protocol/topology.ts';
import type { ShardSet } from './shard-set.ts';

/** Sending exchange n + 1 proves that the peer has n − 1: so two are enough to answer any pull. */
const KEPT_EXCHANGES = 2;

/** Packs what peers need from the shards here, and keeps the latest exchanges for their pulls. */
export class HaloOutbox {
  readonly #topology: Topology;
  readonly #plan: HaloPlan;
  readonly #ownIndex: number;
  /** How the message to each peer is written, from the first exchange on. */
  #packers: Map<number, { bytes: number; pack: ReturnType<ShardSet['preparePack']> }> | undefined;
  readonly #kept = new Map<number, Map<number, Uint8Array>>();

  constructor(topology: Topology, plan: HaloPlan, ownIndex: number) {
    this.#topology = topology;
    this.#plan = plan;
    this.#ownIndex = ownIndex;
  }

  /** The messages of the exchange at this tick, by index of the peer. Shards stand in that state. */
  pack(tick: number, shards: ShardSet): Map<number, Uint8Array> {
    const { generation, topologyVersion } = this.#topology;
    const header = { generation, topologyVersion, tick, senderIndex: this.#ownIndex };
    const messages = new Map<number, Uint8Array>();
    this.#packers ??= this.#prepare(shards);
    for (const [peer, { bytes, pack }] of this.#packers) {
      const message = createHaloMessage(header, bytes);
      pack(message, HALO_HEADER_BYTES);
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

  #prepare(shards: ShardSet) {
    const prepared = [...this.#plan.outgoing].map(([peer, pieces]) => {
      const packer = { bytes: piecesBytes(pieces), pack: shards.preparePack(pieces) };
      return [peer, packer] as const;
    });
    return new Map(prepared);
  }
}
