import type { RpcTarget } from '../platform/rpc-client.ts';

/** How halo messages (halo-codec.ts) come from one backend to another. */
export interface HaloTransport {
  /** Has a peer send its messages from now on, until that is closed. */
  subscribe(peer: RpcTarget, subscriber: HaloSubscriber): HaloSubscription;
  /**
   * Sends to a peer, if it has subscribed, without waiting and without being told that it arrived: what
   * a peer misses it pulls. The message may not be changed before the peer is idle.
   */
  send(bootId: string, message: Uint8Array): void;
  /** Nothing that was to be sent to this peer waits here. */
  isIdle(bootId: string): boolean;
  /** Asks the peer for its message of the exchange at this tick. */
  pull(
    peer: RpcTarget,
    tick: number,
    limits: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array>;
}

/** Who gets the messages of a peer. */
export interface HaloSubscriber {
  /** The largest message that may come. */
  readonly maxBytes: number;
  /** Where to put a message that comes; the subscriber's again with `accept`. */
  room(bytes: number): Uint8Array;
  /** Takes a message; throws a ColonyError if it is not what it should be. */
  accept(message: Uint8Array): void;
  /** There is no stream, or something came that was not taken (a ColonyError with its code). */
  troubled(error: unknown): void;
  /** There is a stream. */
  well(): void;
}

export interface HaloSubscription {
  /**
   * A message had to be pulled. It may merely have been on its way; but a stream by which nothing
   * arrives for long does not carry any more.
   */
  missed(): void;
  close(): void;
}
