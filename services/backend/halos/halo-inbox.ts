import { ColonyError } from '../../protocol/common/errors.ts';
import { isExchange } from '../../protocol/layout/exchanges.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { haloTickOf, readHaloHeader } from '../../protocol/wire/halo-codec.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import type { HaloPlaces } from './halo-parcels.ts';

/** What has arrived from one peer. */
interface Arrivals {
  /** Ticks of the exchanges whose messages have arrived. */
  readonly ticks: Set<number>;
  /** The place that a stream is filling, where nothing else may be put meanwhile. */
  filling: Uint8Array | undefined;
}

/**
 * Halo messages that have arrived and are not used yet. A peer can send only those of this backend's
 * next exchange and the one after it, since no backend gets further ahead of a neighbour.
 */
export class HaloInbox {
  readonly #topology: Topology;
  readonly #placeOf: HaloPlaces;
  readonly #arrivals: ReadonlyMap<number, Arrivals>;
  readonly #firstTick: number;
  #nextTick: number;
  /** The furthest exchange that a neighbour can have reached: it needs this backend's messages for it. */
  #furthestTick: number;

  constructor(topology: Topology, peers: readonly number[], placeOf: HaloPlaces) {
    this.#topology = topology;
    this.#placeOf = placeOf;
    this.#firstTick = firstTickOf(topology.origin);
    this.#nextTick = this.#firstTick;
    this.#furthestTick = this.#firstTick;
    this.#arrivals = new Map(peers.map((peer) => [peer, { ticks: new Set(), filling: undefined }]));
  }

  /** The size of a message of this peer. */
  expectedBytes(peer: number): number {
    return this.#placeOf(peer, this.#firstTick).byteLength;
  }

  /** To be called when this backend has sent its messages of an exchange: neighbours may be one further. */
  sent(tick: number): void {
    this.#furthestTick = tick + this.#topology.ticksPerExchange;
  }

  /**
   * Where a stream is to put a message of so many bytes that begins with this header: its place, until
   * it is accepted or the stream has ended; or elsewhere, if the message is not expected.
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

  /** To be called when a message that a stream has read is refused. */
  refuse(peer: number, message: Uint8Array): void {
    const arrivals = this.#arrivalsOf(peer);
    if (arrivals.filling === message) arrivals.filling = undefined;
  }

  /** To be called when the stream of a peer has ended, and fills nothing any more. */
  streamEnded(peer: number): void {
    this.#arrivalsOf(peer).filling = undefined;
  }

  /** Whether a stream is filling the place of a message. */
  isFilling(peer: number, tick: number): boolean {
    return this.#arrivalsOf(peer).filling === this.#placeOf(peer, tick);
  }

  /**
   * Accepts a message of a peer. No stream may be filling its place, except with this message. One of an
   * exchange that is over, or that is already here, is dropped.
   * Throws HALO_INVALID before any cell is read.
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

  /** Peers whose message of this exchange has not arrived. */
  missing(tick: number): number[] {
    return [...this.#arrivals].flatMap(([peer, { ticks }]) => (ticks.has(tick) ? [] : [peer]));
  }

  /** Whether every peer's message of this exchange has arrived. */
  isComplete(tick: number): boolean {
    for (const { ticks } of this.#arrivals.values()) if (!ticks.has(tick)) return false;
    return true;
  }

  /** Starts to use the messages of an exchange, none of which may be missing; the exchange is over then. */
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
