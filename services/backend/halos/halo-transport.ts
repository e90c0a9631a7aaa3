import type { RpcTarget } from '../../platform/rpc/rpc-client.ts';

/** Carries halo messages (halo-codec.ts) from one backend to another. */
export interface HaloTransport {
  /** Subscribes to the messages of a peer, until the subscription is closed. */
  subscribe(peer: RpcTarget, subscriber: HaloSubscriber): HaloSubscription;
  /**
   * Sends to a peer that has subscribed. It does not wait and gets no acknowledgement: a peer pulls what
   * it misses. The message must not be changed before `makeRoom`.
   */
  send(bootId: string, message: Uint8Array): void;
  /** From now on all messages to a peer except the last one sent may be changed. */
  makeRoom(bootId: string): void;
  /** From now on all messages to a peer may be changed. */
  abandon(bootId: string): void;
  /** Pulls the peer's message of the exchange at this tick. */
  pull(
    peer: RpcTarget,
    tick: number,
    limits: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array>;
}

/** The receiver of a peer's messages. */
export interface HaloSubscriber {
  /** The largest message that is accepted. */
  readonly maxBytes: number;
  /** Where to put a message that begins with this header, until `accept`, `refuse` or `ended`. */
  room(header: Uint8Array, bytes: number): Uint8Array;
  /** Accepts a message; throws a ColonyError if it is not valid. */
  accept(message: Uint8Array): void;
  /** Discards a message that has been read. */
  refuse(message: Uint8Array): void;
  /** Told that there is no stream, or that a message was refused (a ColonyError with its code). */
  troubled(error: unknown): void;
  /** Told that there is a stream. */
  well(): void;
  /** Told that the stream has ended: it no longer writes anywhere. */
  ended(): void;
}

export interface HaloSubscription {
  /**
   * To be called when a message had to be pulled. It may only have been late; but a stream that carries
   * nothing for long is given up.
   */
  missed(): void;
  /** Gives up the present stream: from now on it writes nowhere. */
  reset(): void;
  close(): void;
}
