import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { ColonyError } from '../common/errors.ts';
import type { Fence } from './fence.ts';
import { HALO_HEADER_BYTES } from './halo-codec.ts';

/**
 * A frame on a stream of halos (halo-handshake.ts). Little-endian:
 *
 *     0   u64  bytes of payload
 *     8   u64  generation
 *     16  u64  epoch
 *     24  u64  topologyVersion
 *     32  …    tag, 16 bytes
 *     48  …    payload, a halo message (halo-codec.ts)
 *
 * The tag is GMAC (AES-256-GCM that encrypts nothing) over the bytes before it and the payload. The
 * key is the stream's. The nonce is the number of the frame in the stream, which both sides count: a
 * frame that is lost, changed, reordered or replayed does not verify.
 */
export const FRAME_HEADER_BYTES = 48;
const SIGNED_HEADER_BYTES = 32;
const NONCE_BYTES = 12;
const CIPHER = 'aes-256-gcm';

export interface Frame {
  fence: Fence;
  payload: Uint8Array;
}

/** Counts the frames of a stream. */
class FrameNumbers {
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #view = new DataView(this.#nonce.buffer);
  #next = 0n;

  /** The nonce of the next frame; valid until the next call. */
  nextNonce(): Uint8Array {
    this.#view.setBigUint64(0, this.#next++, true);
    return this.#nonce;
  }
}

/** Writes the headers of a stream's frames, in the order in which they are sent. */
export class FrameSealer {
  readonly #key: Uint8Array;
  readonly #numbers = new FrameNumbers();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Returns the header to send right before the payload. */
  seal(fence: Fence, payload: Uint8Array): Uint8Array {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setBigUint64(0, BigInt(payload.byteLength), true);
    view.setBigUint64(8, BigInt(fence.generation), true);
    view.setBigUint64(16, BigInt(fence.epoch), true);
    view.setBigUint64(24, BigInt(fence.topologyVersion), true);
    header.set(tagOf(this.#key, this.#numbers.nextNonce(), header, payload), SIGNED_HEADER_BYTES);
    return header;
  }
}

export interface FrameReaderOptions {
  key: Uint8Array;
  /** The largest payload that is accepted; checked before anything is allocated. */
  maxBytes: number;
  /** Returns room for a whole message of so many bytes that begins with this header. @default new memory */
  room?: (header: Uint8Array, bytes: number) => Uint8Array;
  /** Called with each valid frame; the payload is the room that was given for it. */
  onFrame: (frame: Frame) => void;
}

/** Bytes that are read before there is room for a payload: both headers. */
const HEAD_BYTES = FRAME_HEADER_BYTES + HALO_HEADER_BYTES;

/**
 * Reads the frames of a stream, in parts of any size. Each payload is read straight into the array
 * where it stays. After an error it accepts nothing more.
 */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  readonly #numbers = new FrameNumbers();
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #view = new DataView(this.#head.buffer);
  #payload: Uint8Array | undefined;
  /** Bytes filled, of the payload if there is room for one, else of the headers. */
  #bytes = 0;
  #frames = 0;
  #isBroken = false;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** How many valid frames have come. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether part of a frame has come and the rest has not. */
  get isMidFrame(): boolean {
    return !this.#isBroken && (this.#payload !== undefined || this.#bytes > 0);
  }

  /** Where the next bytes go. */
  room(): Uint8Array {
    return (this.#payload ?? this.#head).subarray(this.#bytes);
  }

  /**
   * Tells that so many bytes of that room are filled. Throws BODY_TOO_LARGE before it asks for too
   * much room, HALO_INVALID for a payload without a whole header, RPC_UNAUTHENTICATED for a wrong tag.
   */
  filled(bytes: number): void {
    if (this.#isBroken) return;
    this.#bytes += bytes;
    try {
      if (this.#payload === undefined && this.#bytes >= FRAME_HEADER_BYTES) this.#begin();
      if (this.#bytes === this.#payload?.byteLength) this.#complete(this.#payload);
    } catch (error) {
      this.#isBroken = true;
      this.#payload = undefined;
      this.#bytes = 0;
      throw error;
    }
  }

  #begin(): void {
    const bytes = Number(this.#view.getBigUint64(0, true));
    const { maxBytes, room } = this.#options;
    if (bytes < HALO_HEADER_BYTES) {
      throw new ColonyError('HALO_INVALID', `a frame of ${bytes} bytes is less than a header`);
    }
    if (bytes > maxBytes) {
      throw new ColonyError('BODY_TOO_LARGE', `a frame of ${bytes} bytes, at most ${maxBytes} fit`);
    }
    if (this.#bytes < HEAD_BYTES) return;
    const header = this.#head.subarray(FRAME_HEADER_BYTES);
    // Needs no clearing: every byte is written before it is read.
    this.#payload = room?.(header, bytes) ?? Buffer.allocUnsafeSlow(bytes);
    this.#payload.set(header);
    this.#bytes = header.byteLength;
  }

  #complete(payload: Uint8Array): void {
    this.#payload = undefined;
    this.#bytes = 0;
    if (!this.#isAuthentic(payload)) {
      throw new ColonyError('RPC_UNAUTHENTICATED', `the tag of frame ${this.#frames} does not fit`);
    }
    this.#frames++;
    const fence = {
      generation: Number(this.#view.getBigUint64(8, true)),
      epoch: Number(this.#view.getBigUint64(16, true)),
      topologyVersion: Number(this.#view.getBigUint64(24, true)),
    };
    this.#options.onFrame({ fence, payload });
  }

  #isAuthentic(payload: Uint8Array): boolean {
    const tag = tagOf(this.#options.key, this.#numbers.nextNonce(), this.#head, payload);
    return timingSafeEqual(tag, this.#head.subarray(SIGNED_HEADER_BYTES, FRAME_HEADER_BYTES));
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
