import type { RpcTarget } from '../../platform/rpc/rpc-client.ts';

/** How halo messages (halo-codec.ts) come from one backend to another. */
export interface HaloTransport {
  /** Has a peer send its messages from now on, until that is closed. */
  subscribe(peer: RpcTarget, subscriber: HaloSubscriber): HaloSubscription;
  /**
   * Sends to a peer, if it has subscribed, without waiting and without being told that it arrived: what
   * a peer misses it pulls. The message may not be changed before there is room again.
   */
  send(bootId: string, message: Uint8Array): void;
  /** All messages to a peer but the one that was sent last may be changed from now on. */
  makeRoom(bootId: string): void;
  /** All of them may. */
  abandon(bootId: string): void;
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
  /** Where to put a message that begins with this header, until `accept`, `refuse` or `ended`. */
  room(header: Uint8Array, bytes: number): Uint8Array;
  /** Takes a message; throws a ColonyError if it is not what it should be. */
  accept(message: Uint8Array): void;
  /** A message that has come is not to be taken. */
  refuse(message: Uint8Array): void;
  /** There is no stream, or something came that was not taken (a ColonyError with its code). */
  troubled(error: unknown): void;
  /** There is a stream. */
  well(): void;
  /** There is none any more, and nothing is put anywhere. */
  ended(): void;
}

export interface HaloSubscription {
  /**
   * A message had to be pulled. It may merely have been on its way; but a stream by which nothing
   * arrives for long does not carry any more.
   */
  missed(): void;
  /** Gives up the stream that there is: from now on it puts nothing anywhere. */
  reset(): void;
  close(): void;
}
