import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { writeHaloHeader } from '../../protocol/wire/halo-codec.ts';
import { type HaloPlaces, TURNS } from './halo-parcels.ts';

/**
 * The messages for peers. They stay where their cells were packed, and are kept for pulls until those of
 * the exchange after the next are packed over them. By then every peer has them: a backend that begins
 * a step has the messages of all its peers, and a peer's message proves that the peer has this
 * backend's message of the exchange before.
 */
export class HaloOutbox {
  readonly #topology: Topology;
  readonly #ownIndex: number;
  readonly #placeOf: HaloPlaces;
  /** Ticks of the exchanges whose messages are kept, ascending. */
  #kept: readonly number[] = [];

  constructor(topology: Topology, ownIndex: number, placeOf: HaloPlaces) {
    this.#topology = topology;
    this.#ownIndex = ownIndex;
    this.#placeOf = placeOf;
  }

  /** To be called before the exchange at this tick is packed: the messages in its places are forgotten. */
  makeRoom(tick: number): void {
    const spent = tick - TURNS * this.#topology.ticksPerExchange;
    this.#kept = this.#kept.filter((kept) => kept > spent);
  }

  /** To be called when the messages of the exchange at this tick are packed: they are kept from now on. */
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

  /** The kept messages for a peer, oldest first. */
  keptFor(peer: number): Uint8Array[] {
    return this.#kept.map((tick) => this.#placeOf(peer, tick));
  }
}
