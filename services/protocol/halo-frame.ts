import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { ColonyError } from './errors.ts';
import type { Fence } from './fence.ts';

/**
 * A frame on a stream of halos (halo-handshake.ts). Little-endian:
 *
 *     0   u32  bytes of payload
 *     4   u32  kind: 1 halo message (halo-codec.ts), 2 refusal (problem document, JSON)
 *     8   u64  generation
 *     16  u64  epoch
 *     24  u64  topologyVersion
 *     32  …    tag, 16 bytes
 *     48  …    payload
 *
 * The tag is that of AES-256-GCM with nothing to encrypt (GMAC) over the bytes before it and the
 * payload. The key is the stream's and direction's, the nonce the number of the frame in it, which
 * both sides count: a frame that is lost, changed, moved or sent again fits no longer.
 */
export const FRAME_HEADER_BYTES = 48;
const SIGNED_HEADER_BYTES = 32;
const NONCE_BYTES = 12;
const CIPHER = 'aes-256-gcm';

const KINDS = { halo: 1, refusal: 2 } as const;
export type FrameKind = keyof typeof KINDS;

export interface Frame {
  kind: FrameKind;
  fence: Fence;
  payload: Uint8Array;
}

/** Counts the frames of one direction. */
class FrameNumbers {
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #view = new DataView(this.#nonce.buffer);
  #next = 0n;

  /** Valid until the next call. */
  nextNonce(): Uint8Array {
    this.#view.setBigUint64(0, this.#next++, true);
    return this.#nonce;
  }
}

/** Makes the headers of the frames of one direction, in the order in which they are sent. */
export class FrameSealer {
  readonly #key: Uint8Array;
  readonly #numbers = new FrameNumbers();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The header to send right before the payload. */
  seal(kind: FrameKind, fence: Fence, payload: Uint8Array): Uint8Array {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, payload.byteLength, true);
    view.setUint32(4, KINDS[kind], true);
    view.setBigUint64(8, BigInt(fence.generation), true);
    view.setBigUint64(16, BigInt(fence.epoch), true);
    view.setBigUint64(24, BigInt(fence.topologyVersion), true);
    header.set(tagOf(this.#key, this.#numbers.nextNonce(), header, payload), SIGNED_HEADER_BYTES);
    return header;
  }
}

export interface FrameReaderOptions {
  key: Uint8Array;
  /** The largest payload that may come now; asked before anything is allocated. */
  maxBytes: () => number;
  /** Room for a payload, every byte of which is written. @default new memory */
  allocate?: (bytes: number) => Uint8Array;
  /** Gets each frame that is good; the payload is its own. */
  onFrame: (frame: Frame) => void;
}

/**
 * Puts the frames of one direction together again from chunks of any size, each payload in one
 * array. After an error it takes nothing any more.
 */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #numbers = new FrameNumbers();
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerBytes = 0;
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;
  #frames = 0;
  #isBroken = false;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** How many frames were good. */
  get frames(): number {
    return this.#frames;
  }

  /** A part of a frame is here, the rest is not. */
  get isMidFrame(): boolean {
    return !this.#isBroken && this.#headerBytes > 0;
  }

  /**
   * Throws BODY_TOO_LARGE before it allocates more than it may, RPC_UNAUTHENTICATED for a tag that
   * does not fit, HALO_INVALID for a kind that is none.
   */
  read(chunk: Uint8Array): void {
    if (this.#isBroken) return;
    try {
      for (let at = 0; at < chunk.byteLength; ) at += this.#take(chunk, at);
    } catch (error) {
      this.#isBroken = true;
      this.#payload = undefined;
      throw error;
    }
  }

  /** Takes what belongs to the header, or to the payload, and says how much that was. */
  #take(chunk: Uint8Array, at: number): number {
    const available = chunk.byteLength - at;
    if (this.#payload === undefined) {
      const bytes = Math.min(available, FRAME_HEADER_BYTES - this.#headerBytes);
      this.#header.set(chunk.subarray(at, at + bytes), this.#headerBytes);
      this.#headerBytes += bytes;
      if (this.#headerBytes === FRAME_HEADER_BYTES) this.#begin();
      return bytes;
    }
    const bytes = Math.min(available, this.#payload.byteLength - this.#payloadBytes);
    this.#payload.set(chunk.subarray(at, at + bytes), this.#payloadBytes);
    this.#payloadBytes += bytes;
    if (this.#payloadBytes === this.#payload.byteLength) this.#complete(this.#payload);
    return bytes;
  }

  #begin(): void {
    const bytes = this.#view.getUint32(0, true);
    const maxBytes = this.#options.maxBytes();
    if (bytes > maxBytes) {
      throw new ColonyError('BODY_TOO_LARGE', `a frame of ${bytes} bytes, at most ${maxBytes} fit`);
    }
    // Every byte of it is written before it is read: nothing to clear.
    this.#payload = this.#options.allocate?.(bytes) ?? Buffer.allocUnsafeSlow(bytes);
    this.#payloadBytes = 0;
    if (bytes === 0) this.#complete(this.#payload);
  }

  #complete(payload: Uint8Array): void {
    this.#payload = undefined;
    this.#headerBytes = 0;
    if (!this.#isAuthentic(payload)) {
      throw new ColonyError('RPC_UNAUTHENTICATED', `the tag of frame ${this.#frames} does not fit`);
    }
    this.#frames++;
    const number = this.#view.getUint32(4, true);
    const kind = number === KINDS.halo ? 'halo' : number === KINDS.refusal ? 'refusal' : undefined;
    if (kind === undefined) throw new ColonyError('HALO_INVALID', `frames of kind ${number}`);
    const fence = {
      generation: Number(this.#view.getBigUint64(8, true)),
      epoch: Number(this.#view.getBigUint64(16, true)),
      topologyVersion: Number(this.#view.getBigUint64(24, true)),
    };
    this.#options.onFrame({ kind, fence, payload });
  }

  #isAuthentic(payload: Uint8Array): boolean {
    const tag = tagOf(this.#options.key, this.#numbers.nextNonce(), this.#header, payload);
    return timingSafeEqual(tag, this.#header.subarray(SIGNED_HEADER_BYTES));
  }
}

function tagOf(
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(header.subarray(0, SIGNED_HEADER_BYTES));
  cipher.setAAD(payload);
  cipher.final();
  return cipher.getAuthTag();
}
