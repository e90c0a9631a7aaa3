import { ColonyError } from '../../protocol/common/errors.ts';
import { isExchange } from '../../protocol/layout/exchanges.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { haloTickOf, readHaloHeader } from '../../protocol/wire/halo-codec.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import type { HaloPlaces } from './halo-parcels.ts';

/** What has come from one peer. */
interface Arrivals {
  /** Ticks of the exchanges whose messages are in their places. */
  readonly ticks: Set<number>;
  /** The place that a stream is filling: nothing else may be put there meanwhile. */
  filling: Uint8Array | undefined;
}

/**
 * Halo messages that have come and are not used yet. From a peer only two can be meant: the next
 * exchange of this backend and the one after it, since no backend gets further ahead of a neighbour.
 */
export class HaloInbox {
  readonly #topology: Topology;
  readonly #placeOf: HaloPlaces;
  readonly #arrivals: ReadonlyMap<number, Arrivals>;
  readonly #firstTick: number;
  #nextTick: number;
  /** The furthest exchange that a neighbour can be at: it needs the own messages to get there. */
  #furthestTick: number;

  constructor(topology: Topology, peers: readonly number[], placeOf: HaloPlaces) {
    this.#topology = topology;
    this.#placeOf = placeOf;
    this.#firstTick = firstTickOf(topology.origin);
    this.#nextTick = this.#firstTick;
    this.#furthestTick = this.#firstTick;
    this.#arrivals = new Map(peers.map((peer) => [peer, { ticks: new Set(), filling: undefined }]));
  }

  /** How large a message of this peer is. */
  expectedBytes(peer: number): number {
    return this.#placeOf(peer, this.#firstTick).byteLength;
  }

  /** The own messages of an exchange are sent: neighbours may be one further. */
  sent(tick: number): void {
    this.#furthestTick = tick + this.#topology.ticksPerExchange;
  }

  /**
   * Where a stream is to put a message of so many bytes that begins with this header: its place until
   * it is accepted or the stream has ended, or elsewhere if it is none that is wanted.
   */
  roomFor(peer: number, header: Uint8Array, bytes: number): Uint8Array {
    const arrivals = this.#arrivalsOf(peer);
    arrivals.filling = undefined;
    const tick = haloTickOf(header);
    if (bytes !== this.expectedBytes(peer) || !this.#isWanted(peer, tick)) {
      return Buffer.allocUnsafeSlow(bytes);
    }
    arrivals.filling = this.#placeOf(peer, tick);
    return arrivals.filling;
  }

  /** A message that a stream has brought is not taken. */
  refuse(peer: number, message: Uint8Array): void {
    const arrivals = this.#arrivalsOf(peer);
    if (arrivals.filling === message) arrivals.filling = undefined;
  }

  /** The stream of a peer is over, and fills nothing any more. */
  streamEnded(peer: number): void {
    this.#arrivalsOf(peer).filling = undefined;
  }

  /** Whether a stream is filling the place of a message. */
  isFilling(peer: number, tick: number): boolean {
    return this.#arrivalsOf(peer).filling === this.#placeOf(peer, tick);
  }

  /**
   * Takes a message of a peer, whose place no stream may be filling but with this one. One of an exchange
   * that is over, or that is here already, is dropped.
   * Throws HALO_INVALID, before anything of the cells is looked at.
   */
  accept(peer: number, message: Uint8Array): void {
    this.refuse(peer, message);
    const { generation, topologyVersion, tick, senderIndex } = readHaloHeader(message);
    const t = this.#topology;
    if (generation !== t.generation || topologyVersion !== t.topologyVersion) {
      throw invalid(
        `topology ${generation}.${topologyVersion}, held is ${t.generation}.${t.topologyVersion}`,
      );
    }
    if (senderIndex !== peer)
      throw invalid(`of backend ${senderIndex}, but backend ${peer} sent it`);
    const expected = this.expectedBytes(peer);
    if (message.byteLength !== expected) {
      throw invalid(`${message.byteLength} bytes from backend ${peer}, expected ${expected}`);
    }
    if (!isExchange(t, tick)) {
      throw invalid(`no exchange at tick ${tick}: one every ${t.ticksPerExchange} ticks`);
    }
    if (tick > this.#furthestTick) {
      throw invalid(
        `tick ${tick} is too far ahead: no neighbour can be beyond ${this.#furthestTick}`,
      );
    }
    if (!this.#isWanted(peer, tick)) return;
    if (this.isFilling(peer, tick)) {
      throw new Error(`a stream is filling the place of tick ${tick} of backend ${peer}`);
    }
    const place = this.#placeOf(peer, tick);
    if (place !== message) place.set(message);
    this.#arrivalsOf(peer).ticks.add(tick);
  }

  /** Peers whose message of this exchange has not come. */
  missing(tick: number): number[] {
    return [...this.#arrivals].flatMap(([peer, { ticks }]) => (ticks.has(tick) ? [] : [peer]));
  }

  /** Every peer's message of this exchange is in its place. */
  isComplete(tick: number): boolean {
    for (const { ticks } of this.#arrivals.values()) if (!ticks.has(tick)) return false;
    return true;
  }

  /** Begins to use the messages of an exchange, none of which may be missing: it is over with this. */
  take(tick: number): void {
    const missing = this.missing(tick);
    if (missing.length > 0) throw new Error(`halos of backends ${missing} are missing`);
    for (const { ticks } of this.#arrivals.values()) ticks.delete(tick);
    this.#nextTick = tick + this.#topology.ticksPerExchange;
  }

  #isWanted(peer: number, tick: number): boolean {
    if (!isExchange(this.#topology, tick)) return false;
    if (tick < this.#nextTick || tick > this.#furthestTick) return false;
    return !this.#arrivalsOf(peer).ticks.has(tick);
  }

  #arrivalsOf(peer: number): Arrivals {
    const arrivals = this.#arrivals.get(peer);
    if (arrivals === undefined) throw new Error(`backend ${peer} is no neighbour`);
    return arrivals;
  }
}

const invalid = (what: string) => new ColonyError('HALO_INVALID', what);
