import type { RpcTarget } from '../platform/rpc-client.ts';

/** How halo messages (halo-codec.ts) come from one backend to another. */
export interface HaloTransport {
  /** The way to one peer, until it is closed. Connects when something is sent. */
  link(peer: RpcTarget, reports: HaloLinkReports): HaloLink;
  /** Asks the peer for its message of the exchange at this tick. */
  pull(
    peer: RpcTarget,
    tick: number,
    limits: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array>;
}

export interface HaloLinkReports {
  /** It cannot be opened, or the peer refused a message (a ColonyError with its code). */
  troubled: (error: unknown) => void;
  /** The peer takes messages: the link was opened. */
  well: () => void;
}

export interface HaloLink {
  /**
   * Sends without waiting, and without being told that it arrived: what a peer misses it pulls. The
   * message may not be changed before the link is idle.
   */
  send(message: Uint8Array): void;
  /** Nothing that it was given waits here to be sent. */
  readonly isIdle: boolean;
  /**
   * The peer pulled this message. If it was sent it may merely be on its way; but a connection by
   * which nothing arrives for long does not carry any more.
   */
  missed(message: Uint8Array): void;
  close(): void;
}
