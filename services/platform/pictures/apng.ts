import { crc32 } from 'node:zlib';

/*
 * An animated PNG, as https://www.w3.org/TR/png-3/ has it: its frames are the compressed pixels of PNGs of one size,
 * taken over as they are. So nothing is encoded again and no colour is lost, and one frame at a time is in memory.
 *
 *     signature · IHDR · acTL · fcTL IDAT… · fcTL fdAT… · … · IEND
 */

const SIGNATURE = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
const TYPE_BYTES = 4;
/** Length, type and CRC of a chunk. */
const AROUND_BYTES = 12;

export interface AnimationOptions {
  /** How many frames there will be at most. */
  readonly framesMax: number;
  /** How long each is shown. */
  readonly frameMs: number;
}

/** Makes an animated PNG, piece by piece; see `frameCount` where there are fewer frames than was said. */
export class AnimatedPng {
  readonly #options: AnimationOptions;
  #header: Uint8Array | undefined;
  #frames = 0;
  #sequence = 0;

  constructor(options: AnimationOptions) {
    this.#options = options;
  }

  /**
   * The next piece of the file, which has one more frame.
   *
   * @param png of the size and the kind of those before it.
   * @throws RangeError if it is no PNG, or another one than those before.
   */
  frame(png: Uint8Array): Uint8Array {
    const chunks = chunksOf(png);
    const header = chunks.find(({ type }) => type === 'IHDR')?.data;
    if (header === undefined) throw new RangeError('a PNG without a header');
    const { framesMax } = this.#options;
    const isFirst = this.#header === undefined;
    this.#header ??= header;
    if (Buffer.compare(this.#header, header) !== 0) {
      throw new RangeError('a PNG of another size or kind than those before');
    }
    if (this.#frames++ >= framesMax) throw new RangeError(`more than ${framesMax} frames`);
    const pieces = isFirst ? [SIGNATURE, chunk('IHDR', header), frameCount(framesMax)] : [];
    pieces.push(chunk('fcTL', this.#control(header)));
    for (const { type, data } of chunks) {
      if (type !== 'IDAT') continue;
      if (isFirst) pieces.push(chunk('IDAT', data));
      else pieces.push(chunk('fdAT', Buffer.concat([words(this.#sequence++), data])));
    }
    return Buffer.concat(pieces);
  }

  /** The last piece of the file. */
  end(): Uint8Array {
    return chunk('IEND', new Uint8Array(0));
  }

  /** What is to stand at a place of the file in the end: how many frames there were, if fewer than was said. */
  get frameCount(): { at: number; bytes: Uint8Array } | undefined {
    if (this.#frames === this.#options.framesMax) return undefined;
    const headerBytes = AROUND_BYTES + (this.#header?.byteLength ?? 0);
    return { at: SIGNATURE.length + headerBytes, bytes: frameCount(this.#frames) };
  }

  /** The whole picture, in place of the one before. */
  #control(header: Uint8Array): Uint8Array {
    const control = Buffer.alloc(26);
    control.writeUInt32BE(this.#sequence++, 0);
    control.set(header.subarray(0, 8), 4);
    control.writeUInt16BE(Math.round(this.#options.frameMs), 20);
    control.writeUInt16BE(1_000, 22);
    return control;
  }
}

function chunksOf(png: Uint8Array): { type: string; data: Uint8Array }[] {
  if (Buffer.compare(png.subarray(0, SIGNATURE.length), SIGNATURE) !== 0) {
    throw new RangeError('not a PNG');
  }
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = SIGNATURE.length; at < png.byteLength; ) {
    if (at + AROUND_BYTES > png.byteLength) throw new RangeError('a PNG that is cut');
    const lengthBytes = view.getUint32(at);
    const from = at + 2 * TYPE_BYTES;
    if (from + lengthBytes + TYPE_BYTES > png.byteLength) throw new RangeError('a PNG that is cut');
    const typed = png.subarray(at + TYPE_BYTES, from + lengthBytes);
    const type = Buffer.from(typed.subarray(0, TYPE_BYTES)).toString('latin1');
    if (crc32(typed) !== view.getUint32(from + lengthBytes)) {
      throw new RangeError(`a PNG whose ${type} is damaged`);
    }
    chunks.push({ type, data: typed.subarray(TYPE_BYTES) });
    at += AROUND_BYTES + lengthBytes;
  }
  return chunks;
}

const frameCount = (frames: number): Uint8Array => chunk('acTL', words(frames, 0));

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(AROUND_BYTES + data.byteLength);
  bytes.writeUInt32BE(data.byteLength, 0);
  bytes.write(type, TYPE_BYTES, 'latin1');
  bytes.set(data, 2 * TYPE_BYTES);
  const typed = bytes.subarray(TYPE_BYTES, 2 * TYPE_BYTES + data.byteLength);
  bytes.writeUInt32BE(crc32(typed), 2 * TYPE_BYTES + data.byteLength);
  return bytes;
}

function words(...values: number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}
