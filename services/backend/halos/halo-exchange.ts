import type { Log } from '../../platform/observability/log.ts';
import type { RpcTarget } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import type { ErrorCode } from '../../protocol/common/error-codes.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { HaloInbox } from './halo-inbox.ts';
import { HaloOutbox } from './halo-outbox.ts';
import type { HaloPlaces } from './halo-parcels.ts';
import type { HaloSubscription, HaloTransport } from './halo-transport.ts';
import { Outage, type Way } from './outage.ts';

/** When a missing halo is pulled, and how long the answer may take. */
export interface HaloTiming {
  pullAfterMs: number;
  pullEveryMs: number;
  timeoutMs: number;
}

const HALO_TIMING: HaloTiming = { pullAfterMs: 200, pullEveryMs: 500, timeoutMs: 1_500 };

/** With this answer a peer is only not that far yet: the connection is fine. */
const NOT_YET: ReadonlySet<ErrorCode> = new Set([
  'COLONY_NOT_INITIALIZED',
  'TOPOLOGY_NOT_INITIALIZED',
  'SHARDS_NOT_INITIALIZED',
  'HALO_NOT_READY',
  'STALE_FENCE',
]);

/** The shards whose halos are exchanged; see `ShardSet`. */
export interface HaloShards {
  /** Indices of the backends with which they exchange halos. */
  readonly peers: readonly number[];
  arriving: HaloPlaces;
  departing: HaloPlaces;
}

interface Peer extends RpcTarget {
  index: number;
  subscription: HaloSubscription;
  isPulling: boolean;
  readonly outage: Outage;
}

/**
 * The halo exchange of one backend in one topology: messages are sent, and the receiver pulls those
 * that do not come. It ends with its topology.
 */
export class HaloExchange {
  readonly #inbox: HaloInbox;
  readonly #outbox: HaloOutbox;
  readonly #peers = new Map<number, Peer>();
  readonly #transport: HaloTransport;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timing: HaloTiming;
  readonly #arrival: Wakeup;
  #waiting: { tick: number; sinceMs: number; pullAtMs: number } | undefined;
  #isWatching = false;
  readonly #closed = new AbortController();

  constructor(
    topology: Topology,
    ownIndex: number,
    shards: HaloShards,
    options: { transport: HaloTransport; clock: Clock; log: Log; timing?: HaloTiming },
  ) {
    const { peers } = shards;
    this.#inbox = new HaloInbox(topology, peers, (peer, tick) => shards.arriving(peer, tick));
    this.#outbox = new HaloOutbox(topology, ownIndex, (peer, tick) => shards.departing(peer, tick));
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#timing = options.timing ?? HALO_TIMING;
    this.#arrival = new Wakeup(options.clock);
    for (const index of peers) {
      const backend = topology.backends[index];
      if (backend === undefined) throw new Error(`backend ${index} is not in the topology`);
      const target = { origin: new URL(backend.address).origin, bootId: backend.bootId };
      const subscription = this.#transport.subscribe(target, {
        maxBytes: this.#inbox.expectedBytes(index),
        room: (header, bytes) => this.#inbox.roomFor(index, header, bytes),
        accept: (message) => {
          this.#accept(index, message);
          this.#isWell(peer, 'stream');
        },
        refuse: (message) => this.#inbox.refuse(index, message),
        ended: () => this.#inbox.streamEnded(index),
        troubled: (error) =>
          this.#isTroubled(peer, 'stream', error, 'A stream does not bring halos.'),
        well: () => this.#isWell(peer, 'stream'),
      });
      const peer = { ...target, index, subscription, isPulling: false, outage: new Outage() };
      this.#peers.set(index, peer);
    }
  }

  /** Boot ids of the neighbours whose message is overdue. */
  get waitingFor(): string[] {
    if (this.#waiting === undefined) return [];
    const { tick, sinceMs } = this.#waiting;
    if (this.#clock.nowMs() - sinceMs < this.#timing.pullAfterMs) return [];
    return this.#inbox.missing(tick).flatMap((index) => this.#peers.get(index)?.bootId ?? []);
  }

  /** The message that a peer pulls; throws HALO_NOT_READY, or HALO_INVALID if it is no neighbour. */
  find(bootId: string, tick: number): Uint8Array {
    const peer = this.#peerOf(bootId);
    if (peer !== undefined) return this.#outbox.find(peer.index, tick);
    throw new ColonyError('HALO_INVALID', `${bootId} is no neighbour`);
  }

  /** The kept messages for a peer, oldest first; none for a backend that is no neighbour. */
  keptFor(bootId: string): Uint8Array[] {
    const peer = this.#peerOf(bootId);
    return peer === undefined ? [] : this.#outbox.keptFor(peer.index);
  }

  /** To be called before the messages of the exchange at this tick are packed. */
  makeRoom(tick: number): void {
    this.#outbox.makeRoom(tick);
    for (const { bootId } of this.#peers.values()) this.#transport.makeRoom(bootId);
  }

  /** Sends the peers what they need of a state, which must have been packed. Does not wait. */
  send(tick: number): void {
    // Threads may report that they have packed after this was closed.
    if (this.#isClosed) return;
    for (const { index, bootId } of this.#peers.values()) {
      this.#transport.send(bootId, this.#outbox.seal(index, tick));
    }
    this.#outbox.keep(tick);
    this.#inbox.sent(tick);
  }

  /**
   * Waits until the messages of all peers have arrived; false if closed meanwhile.
   *
   * @param waits told when it has to wait, and when that is over.
   */
  async receive(
    tick: number,
    waits?: { begin(wait: 'halos'): void; end(): void },
  ): Promise<boolean> {
    if (!this.#inbox.isComplete(tick)) {
      waits?.begin('halos');
      await this.#arrivalOf(tick);
      waits?.end();
    }
    if (this.#isClosed) return false;
    // What was missing has arrived, pulled or not.
    for (const peer of this.#peers.values()) this.#isWell(peer, 'pull');
    this.#inbox.take(tick);
    return true;
  }

  /** Ends it: nothing is waited for or accepted any more. */
  close(): void {
    this.#closed.abort();
    for (const { subscription, bootId } of this.#peers.values()) {
      subscription.close();
      this.#transport.abandon(bootId);
    }
    this.#arrival.notify();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #peerOf(bootId: string): Peer | undefined {
    return [...this.#peers.values()].find((peer) => peer.bootId === bootId);
  }

  #accept(index: number, message: Uint8Array): void {
    this.#inbox.accept(index, message);
    if (this.#waiting !== undefined && this.#inbox.isComplete(this.#waiting.tick)) {
      this.#arrival.notify();
    }
  }

  async #arrivalOf(tick: number): Promise<void> {
    const sinceMs = this.#clock.nowMs();
    this.#waiting = { tick, sinceMs, pullAtMs: sinceMs + this.#timing.pullAfterMs };
    if (!this.#isWatching) void this.#pullWhatIsLate();
    while (!this.#isClosed && !this.#inbox.isComplete(tick)) await this.#arrival.wait();
    this.#waiting = undefined;
  }

  /** One timer serves many exchanges: a timer for each would cost more than sending a halo. */
  async #pullWhatIsLate(): Promise<void> {
    this.#isWatching = true;
    while (this.#waiting !== undefined && !this.#isClosed) {
      const { tick, pullAtMs } = this.#waiting;
      const nowMs = this.#clock.nowMs();
      if (nowMs >= pullAtMs) {
        this.#waiting.pullAtMs = nowMs + this.#timing.pullEveryMs;
        for (const index of this.#inbox.missing(tick)) void this.#pull(index, tick);
      } else {
        // The next exchange may be due for a pull earlier than a repeated pull of this one.
        const sleepMs = Math.min(pullAtMs - nowMs, this.#timing.pullAfterMs);
        await this.#clock.sleep(sleepMs, this.#closed.signal).catch(() => undefined);
      }
    }
    this.#isWatching = false;
  }

  async #pull(index: number, tick: number): Promise<void> {
    const peer = this.#peers.get(index);
    if (peer === undefined || peer.isPulling) return;
    peer.isPulling = true;
    try {
      const maxBytes = this.#inbox.expectedBytes(index);
      const { timeoutMs } = this.#timing;
      const message = await this.#transport.pull(peer, tick, { maxBytes, timeoutMs });
      if (this.#isClosed) return;
      if (this.#inbox.missing(tick).includes(index)) peer.subscription.missed();
      // A stream that was overtaken is useless: it has begun to fill a place, where nothing else can be put.
      if (this.#inbox.isFilling(index, tick)) {
        peer.subscription.reset();
        this.#inbox.streamEnded(index);
      }
      this.#accept(index, message);
    } catch (error) {
      this.#isTroubled(peer, 'pull', error, 'A halo could not be pulled.');
    } finally {
      peer.isPulling = false;
    }
  }

  #isWell(peer: Peer, way: Way): void {
    if (!peer.outage.works(way)) return;
    this.#log.info({ peer: peer.bootId, origin: peer.origin }, 'Halos get through again.');
  }

  #isTroubled(peer: Peer, way: Way, error: unknown, message: string): void {
    const isNotYet = error instanceof ColonyError && NOT_YET.has(error.code);
    const fields = { peer: peer.bootId, origin: peer.origin, err: error };
    if (isNotYet || this.#isClosed || !peer.outage.fails(way, this.#clock.nowMs())) {
      this.#log.debug(fields, message);
      return;
    }
    this.#log.warn(fields, `${message} It is tried again.`);
  }
}
