import { ColonyError } from '../protocol/errors.ts';
import { createHaloMessage, HALO_HEADER_BYTES, writeHaloHeader } from '../protocol/halo-codec.ts';
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
  /** Pulled messages, which may still be on their way. */
  readonly #lent = new WeakSet<Uint8Array>();

  constructor(topology: Topology, plan: HaloPlan, ownIndex: number) {
    this.#topology = topology;
    this.#plan = plan;
    this.#ownIndex = ownIndex;
  }

  /**
   * The messages of the exchange at this tick, by index of the peer: what is packed in the shards.
   *
   * @param isIdle whether nothing that was to be sent to a peer waits here any more: then what it has
   * for certain is written over. Hundreds of kilobytes made anew for each exchange would keep the
   * garbage collector busier than all else.
   */
  pack(tick: number, shards: ShardSet, isIdle: (peer: number) => boolean): Map<number, Uint8Array> {
    const { generation, topologyVersion } = this.#topology;
    const header = { generation, topologyVersion, tick, senderIndex: this.#ownIndex };
    const spent = this.#dropOldest();
    const messages = new Map<number, Uint8Array>();
    for (const peer of this.#plan.outgoing.keys()) {
      const cells = shards.departing(peer);
      const old = spent?.get(peer);
      const isFree = old !== undefined && !this.#lent.has(old) && isIdle(peer);
      const message = isFree ? old : createHaloMessage(header, cells.byteLength);
      if (isFree) writeHaloHeader(message, header);
      message.set(cells, HALO_HEADER_BYTES);
      messages.set(peer, message);
    }
    this.#kept.set(tick, messages);
    return messages;
  }

  /** Answers a pull; throws HALO_NOT_READY before the exchange, and long after it. */
  find(peer: number, tick: number): Uint8Array {
    const message = this.#kept.get(tick)?.get(peer);
    if (message !== undefined) {
      this.#lent.add(message);
      return message;
    }
    const kept = [...this.#kept.keys()].join(', ') || 'none';
    throw new ColonyError('HALO_NOT_READY', `the halo of tick ${tick} is not here; kept: ${kept}`);
  }

  /** What is kept for a peer, the oldest first. */
  keptFor(peer: number): Uint8Array[] {
    return [...this.#kept.values()].flatMap((messages) => messages.get(peer) ?? []);
  }

  /** Makes room for one more exchange: the messages that are not kept any more. */
  #dropOldest(): Map<number, Uint8Array> | undefined {
    if (this.#kept.size < KEPT_EXCHANGES) return undefined;
    const [oldest] = this.#kept;
    if (oldest === undefined) return undefined;
    this.#kept.delete(oldest[0]);
    return oldest[1];
  }
}
