/**
 * The difference of two images of equally many pixels, as the runs of pixels that differ:
 *
 *     varint  pixels to leave as they are
 *     varint  pixels that follow, at least 1
 *     …       old XOR new, for each of these pixels
 *
 * and so on; what is left at the end stays as it is, so equal images have no runs at all. A varint has
 * seven bits a byte, the least first, and the high bit where more follow.
 */

/** Equal pixels between two runs that are sent with them, because a new run takes two bytes. */
const BRIDGED_BYTES = 2;
/** Seven bits each: 2^28 pixels, more than an image has. */
const VARINT_MAX_BYTES = 4;

/**
 * Writes the runs of `next` against `previous`, undefined for zeros.
 *
 * @returns how many bytes they take, or undefined if they need more than `out` has.
 */
export function writeRuns(
  next: Uint8Array,
  previous: Uint8Array | undefined,
  pixelBytes: number,
  out: Uint8Array,
): number | undefined {
  const after = wordsOf(next, pixelBytes);
  const before = previous && wordsOf(previous, pixelBytes);
  const pixels = after.length;
  const bridged = Math.floor(BRIDGED_BYTES / pixelBytes);
  let at = 0;
  let end = 0;
  for (let pixel = 0; ; ) {
    if (before === undefined) while (pixel < pixels && after[pixel] === 0) pixel++;
    else while (pixel < pixels && after[pixel] === before[pixel]) pixel++;
    if (pixel === pixels) return at;
    const start = pixel;
    let stop = pixel + 1;
    for (pixel = stop; pixel < pixels && pixel - stop <= bridged; pixel++) {
      if (after[pixel] !== (before === undefined ? 0 : before[pixel])) stop = pixel + 1;
    }
    const bytes = (stop - start) * pixelBytes;
    if (at + 2 * VARINT_MAX_BYTES + bytes > out.length) return undefined;
    at = writeVarint(out, at, start - end);
    at = writeVarint(out, at, stop - start);
    const to = stop * pixelBytes;
    if (previous === undefined) {
      for (let byte = start * pixelBytes; byte < to; byte++) out[at++] = next[byte] as number;
    } else {
      for (let byte = start * pixelBytes; byte < to; byte++) {
        out[at++] = (next[byte] as number) ^ (previous[byte] as number);
      }
    }
    end = stop;
    pixel = stop;
  }
}

/** Applies runs to an image; throws RangeError if they are cut short or leave it. */
export function applyRuns(runs: Uint8Array, image: Uint8Array, pixelBytes: number): void {
  const reader = { runs, at: 0 };
  let byte = 0;
  while (reader.at < runs.length) {
    byte += readVarint(reader) * pixelBytes;
    const bytes = readVarint(reader) * pixelBytes;
    if (bytes === 0) throw new RangeError('a run of no pixels');
    if (byte + bytes > image.length) throw new RangeError('a run leaves the tile');
    if (reader.at + bytes > runs.length) throw new RangeError('a run is cut short');
    for (const end = byte + bytes; byte < end; byte++) {
      image[byte] = (image[byte] as number) ^ (runs[reader.at++] as number);
    }
  }
}

function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 0x80) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

function readVarint(reader: { runs: Uint8Array; at: number }): number {
  let value = 0;
  for (let bits = 0; bits < 7 * VARINT_MAX_BYTES; bits += 7) {
    const byte = reader.runs[reader.at++];
    if (byte === undefined) throw new RangeError('a run is cut short');
    value |= (byte & 0x7f) << bits;
    if (byte < 0x80) return value;
  }
  throw new RangeError(`a number of more than ${VARINT_MAX_BYTES} bytes`);
}

/** The pixels as numbers, where they lie if they can be read there. */
function wordsOf(bytes: Uint8Array, pixelBytes: number): Uint8Array | Uint16Array | Uint32Array {
  if (pixelBytes === 1) return bytes;
  const { buffer, byteOffset, length } =
    bytes.byteOffset % pixelBytes === 0 ? bytes : bytes.slice();
  return pixelBytes === 2
    ? new Uint16Array(buffer, byteOffset, length / 2)
    : new Uint32Array(buffer, byteOffset, length / 4);
}
