/**
 * An image as the pixels in which it differs from another of its size:
 *
 *     u8…  a bit for each pixel, from the least of the first byte on: 1 where they differ
 *     …    the new values of these pixels, laid out as `packValues` does
 *
 * Values are told and not what became of them, because they repeat: compressed they take a third of what
 * their XORs do.
 */

/** A value of two bytes is a number: its bytes compress better apart. One of four bytes is a colour. */
const SPLIT_BYTES = 2;

/** The differing pixels of an image. */
export interface TileChanges {
  mask: Uint8Array;
  values: Uint8Array;
}

const maskBytes = (pixels: number): number => Math.ceil(pixels / 8);

/** Room for the changes of images of at most so many pixels, to be used again and again. */
export interface ChangesRoom {
  mask: Uint8Array;
  values: Uint8Array;
}

export const roomFor = (pixels: number, pixelBytes: number): ChangesRoom => ({
  mask: new Uint8Array(maskBytes(pixels)),
  values: new Uint8Array(pixels * pixelBytes),
});

/**
 * Finds where `next` differs from `previous`, undefined for zeros. Every pixel of a living world is looked at
 * for each picture, and no processor can guess which ones differ: so nothing branches on that.
 *
 * @param room holds the changes until it is used again. @default new room
 */
export function findChanges(
  next: Uint8Array,
  previous: Uint8Array | undefined,
  pixelBytes: number,
  room: ChangesRoom = roomFor(next.length / pixelBytes, pixelBytes),
): TileChanges {
  const after = wordsOf(next, pixelBytes);
  const before = previous && wordsOf(previous, pixelBytes);
  const values = wordsOf(room.values, pixelBytes);
  const mask = room.mask.subarray(0, maskBytes(after.length));
  const pixels = after.length;
  let count = 0;
  for (let byte = 0, pixel = 0; byte < mask.length; byte++) {
    const end = Math.min(pixel + 8, pixels);
    let bits = 0;
    for (let bit = 0; pixel < end; pixel++, bit++) {
      const value = after[pixel] as number;
      // The next one takes the place if this one has not changed.
      values[count] = value;
      const difference = before === undefined ? value : value ^ (before[pixel] as number);
      const isChanged = (difference | -difference) >>> 31;
      bits |= isChanged << bit;
      count += isChanged;
    }
    mask[byte] = bits;
  }
  return { mask, values: room.values.subarray(0, count * pixelBytes) };
}

/**
 * Writes the changes that a mask and packed values tell into an image; throws RangeError if they do not fit.
 *
 * @param image begins at a multiple of `pixelBytes` of its buffer, else it is not written to.
 */
export function applyChanges(changes: Uint8Array, image: Uint8Array, pixelBytes: number): void {
  const pixels = image.length / pixelBytes;
  const mask = changes.subarray(0, maskBytes(pixels));
  if (mask.length < maskBytes(pixels)) throw new RangeError('the changes are cut short');
  if (mask.length > 0 && (mask.at(-1) as number) >> (pixels - 8 * (mask.length - 1)) !== 0) {
    throw new RangeError('a change lies beyond the tile');
  }
  const values = wordsOf(unpackValues(changes.subarray(mask.length), pixelBytes), pixelBytes);
  const words = wordsOf(image, pixelBytes);
  let at = 0;
  for (let byte = 0; byte < mask.length; byte++) {
    const bits = mask[byte] as number;
    if (bits === 0) continue;
    const end = Math.min(8 * byte + 8, pixels);
    for (let pixel = 8 * byte, bit = 0; pixel < end; pixel++, bit++) {
      // Nothing branches on what changed, see `findChanges`.
      const isChanged = (bits >> bit) & 1;
      const word = words[pixel] as number;
      words[pixel] = word ^ ((word ^ (values[at] as number)) & -isChanged);
      at += isChanged;
    }
    if (at > values.length) throw new RangeError('the changes are cut short');
  }
  if (at !== values.length) throw new RangeError('there are more values than changes');
}

/** Lays out values so that they compress: all first bytes, then all second ones, if they have two. */
export function packValues(values: Uint8Array, pixelBytes: number): Uint8Array {
  if (pixelBytes !== SPLIT_BYTES) return values;
  const out = new Uint8Array(values.length);
  const half = values.length / SPLIT_BYTES;
  for (let i = 0, at = 0; i < half; i++) {
    out[i] = values[at++] as number;
    out[half + i] = values[at++] as number;
  }
  return out;
}

/** Undoes `packValues`; throws RangeError if the bytes are no whole number of values. */
export function unpackValues(packed: Uint8Array, pixelBytes: number): Uint8Array {
  if (packed.length % pixelBytes !== 0) throw new RangeError('half a value');
  if (pixelBytes !== SPLIT_BYTES) return packed;
  const out = new Uint8Array(packed.length);
  const half = packed.length / SPLIT_BYTES;
  for (let i = 0, at = 0; i < half; i++) {
    out[at++] = packed[i] as number;
    out[at++] = packed[half + i] as number;
  }
  return out;
}

/** The pixels as numbers, where they lie if they can be read there. Signed, because others are slow to compare. */
function wordsOf(bytes: Uint8Array, pixelBytes: number): Uint8Array | Uint16Array | Int32Array {
  if (pixelBytes === 1) return bytes;
  const { buffer, byteOffset, length } =
    bytes.byteOffset % pixelBytes === 0 ? bytes : bytes.slice();
  return pixelBytes === 2
    ? new Uint16Array(buffer, byteOffset, length / 2)
    : new Int32Array(buffer, byteOffset, length / 4);
}
