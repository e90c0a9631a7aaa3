import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { writeHaloHeader } from '../../protocol/wire/halo-codec.ts';
import { type HaloPlaces, TURNS } from './halo-parcels.ts';

/**
 * The messages for peers, which stand where their cells are packed, and are kept for pulls until those of
 * the exchange after the next are packed in their places. By then every peer has them: a backend that
 * begins a step has the messages of all its peers, and a peer's message proves that the peer has this
 * backend's of the exchange before.
 */
export class HaloOutbox {
  readonly #topology: Topology;
  readonly #ownIndex: number;
  readonly #placeOf: HaloPlaces;
  /** Ticks of the exchanges that are kept, ascending. */
  #kept: readonly number[] = [];

  constructor(topology: Topology, ownIndex: number, placeOf: HaloPlaces) {
    this.#topology = topology;
    this.#ownIndex = ownIndex;
    this.#placeOf = placeOf;
  }

  /** The exchange at this tick is about to be packed: what stands in its places is not kept any more. */
  makeRoom(tick: number): void {
    const spent = tick - TURNS * this.#topology.ticksPerExchange;
    this.#kept = this.#kept.filter((kept) => kept > spent);
  }

  /** The messages of the exchange at this tick are packed and sealed: they are kept from now on. */
  keep(tick: number): void {
    this.#kept = [...this.#kept, tick];
  }

  /** The message for a peer whose cells are packed, with its header. */
  seal(peer: number, tick: number): Uint8Array {
    const { generation, topologyVersion } = this.#topology;
    const message = this.#placeOf(peer, tick);
    const senderIndex = this.#ownIndex;
    writeHaloHeader(message, { generation, topologyVersion, tick, senderIndex });
    return message;
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
