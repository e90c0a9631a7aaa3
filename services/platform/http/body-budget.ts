/** Bytes of bodies that a process keeps while the rest of them is still to come. */
const BODIES_MAX_BYTES = 16 * 1024 * 1024;

/** What one body has of the budget. */
export interface BodyShare {
  bytes: number;
  isGivenUp: boolean;
  readonly giveUp: () => void;
}

/**
 * Bounds what a process keeps of all bodies that it is receiving. What counts is what is kept of what has
 * come, not what was promised. When that is too much, the body that began first is given up: one that is well meant is there
 * within moments, so that those who let their bodies wait starve each other and nobody else.
 */
export class BodyBudget {
  readonly #maxBytes: number;
  /** The bodies that are coming, the oldest first. */
  readonly #shares = new Set<BodyShare>();
  #bytes = 0;

  constructor(maxBytes: number = BODIES_MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** @param giveUp called if the body is to be given up, once at most */
  begin(giveUp: () => void): BodyShare {
    const share = { bytes: 0, isGivenUp: false, giveUp };
    this.#shares.add(share);
    return share;
  }

  /** Counts bytes that are kept from now on. */
  add(share: BodyShare, bytes: number): void {
    if (!this.#shares.has(share)) return;
    share.bytes += bytes;
    this.#bytes += bytes;
    for (const oldest of this.#shares) {
      if (this.#bytes <= this.#maxBytes) break;
      this.end(oldest);
      oldest.isGivenUp = true;
      oldest.giveUp();
    }
  }

  /** The body is there, or is not to come any more. */
  end(share: BodyShare): void {
    if (this.#shares.delete(share)) this.#bytes -= share.bytes;
  }
}
