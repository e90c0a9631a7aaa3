import { ColonyError } from '../protocol/errors.ts';
import { writeHaloHeader } from '../protocol/halo-codec.ts';
import type { Topology } from '../protocol/topology.ts';
import type { HaloPlaces } from './halo-inbox.ts';
import { TURNS } from './halo-parcels.ts';

/**
 * The messages for peers, which stand where their cells are packed, and are kept for pulls until those of
 * the exchange after the next are packed in their places. By then every peer has them: whoever begins
 * a step has the messages of all peers, and sending them proves that they have his of the exchange before.
 */
export class HaloOutbox {
  readonly #topology: Topology;
  readonly #ownIndex: number;
  readonly #peers: readonly number[];
  readonly #placeOf: HaloPlaces;
  /** Ticks of the exchanges that are kept, ascending. */
  #kept: readonly number[] = [];

  constructor(topology: Topology, ownIndex: number, peers: readonly number[], placeOf: HaloPlaces) {
    this.#topology = topology;
    this.#ownIndex = ownIndex;
    this.#peers = peers;
    this.#placeOf = placeOf;
  }

  /** The exchange at this tick is about to be packed: what stands in its places is not kept any more. */
  makeRoom(tick: number): void {
    const spent = tick - TURNS * this.#topology.ticksPerExchange;
    this.#kept = this.#kept.filter((kept) => kept > spent);
  }

  /** The exchange at this tick is packed: its messages, by index of the peer. */
  seal(tick: number): Map<number, Uint8Array> {
    const { generation, topologyVersion } = this.#topology;
    const header = { generation, topologyVersion, tick, senderIndex: this.#ownIndex };
    this.makeRoom(tick);
    this.#kept = [...this.#kept, tick];
    return new Map(
      this.#peers.map((peer) => {
        const message = this.#placeOf(peer, tick);
        writeHaloHeader(message, header);
        return [peer, message];
      }),
    );
  }

  /** Answers a pull, with a copy; throws HALO_NOT_READY before the exchange, and long after it. */
  find(peer: number, tick: number): Uint8Array {
    if (this.#kept.includes(tick)) return this.#placeOf(peer, tick).slice();
    const kept = this.#kept.join(', ') || 'none';
    throw new ColonyError('HALO_NOT_READY', `the halo of tick ${tick} is not here; kept: ${kept}`);
  }

  /** What is kept for a peer, the oldest first. */
  keptFor(peer: number): Uint8Array[] {
    return this.#kept.map((tick) => this.#placeOf(peer, tick));
  }
}
