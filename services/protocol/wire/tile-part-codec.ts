import { LAYER_BYTES, LAYERS, type Layer } from '../../world/measuring/layers.ts';
import { type PixelArea, type PixelImage, pixelsOf } from '../../world/measuring/squares.ts';
import { ColonyError } from '../common/errors.ts';
import { PICTURE_MAX_BYTES } from './picture-codec.ts';

/**
 * A backend's answer to readTiles. Little-endian:
 *
 *     0   u32  magic "DCTP"
 *     4   u16  format version (1)
 *     6   u8   layer, index into LAYERS
 *     7   u8   zoom
 *     8   u32  least tick of the shards shown
 *     12  u32  greatest tick
 *     16  u32  number of images
 *     20  u32  number of words of shared samples
 *     24  u32  for each image: x, y, width, height in pixels
 *     …        the shared samples, words laid out by shared-samples.ts
 *     …        the pixels of each image, row by row, each image padded to 4 bytes
 *
 * Pixels with shared samples, and only these, may stand in the images of several backends; they are to be
 * drawn after all images.
 */
const HEADER_BYTES = 24;
const AREA_BYTES = 16;
const MAGIC = 0x5054_4344;
const VERSION = 1;
/** Pixels and shared samples take at most so many bytes. */
export const TILE_PART_MAX_BYTES = 2 * PICTURE_MAX_BYTES;

export interface TilePart {
  layer: Layer;
  zoom: number;
  minTick: number;
  maxTick: number;
  images: readonly PixelImage[];
  /** See `SharedSamples`. */
  shared: Uint32Array;
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Throws TILES_TOO_LARGE: then too many squares are cut by the borders of shards. */
export function encodeTilePart(part: TilePart): Uint8Array {
  const { layer, zoom, minTick, maxTick, images, shared } = part;
  const begin = HEADER_BYTES + AREA_BYTES * images.length;
  const pixelsBytes = images.map(({ pixels }) => padded(pixels.byteLength));
  const bytes = pixelsBytes.reduce((sum, some) => sum + some, begin + shared.byteLength);
  if (bytes > TILE_PART_MAX_BYTES) {
    throw new ColonyError(
      'TILES_TOO_LARGE',
      `a backend's part takes ${bytes} bytes, at most ${TILE_PART_MAX_BYTES} are sent`,
    );
  }
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint8(6, LAYERS.indexOf(layer));
  view.setUint8(7, zoom);
  const words = [minTick, maxTick, images.length, shared.length];
  words.push(...images.flatMap(({ x, y, width, height }) => [x, y, width, height]));
  for (const [i, word] of words.entries()) view.setUint32(8 + 4 * i, word, true);
  new Uint32Array(out.buffer, begin, shared.length).set(shared);
  let at = begin + shared.byteLength;
  for (const { pixels } of images) {
    out.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength), at);
    at += padded(pixels.byteLength);
  }
  return out;
}

/**
 * Decodes what `encodeTilePart` wrote.
 *
 * @param bytes belong to the images from then on, which read their pixels where these lie if they can.
 * @param asked.area no image leaves it.
 * @throws BAD_REQUEST naming actual and expected.
 */
export function decodeTilePart(
  bytes: Uint8Array,
  asked: { layer: Layer; zoom: number; area: PixelArea },
): TilePart {
  const bad = (what: string) => new ColonyError('BAD_REQUEST', `a part of tiles: ${what}`);
  const least = (needed: number) => {
    if (bytes.byteLength < needed) throw bad(`${bytes.byteLength} bytes are less than ${needed}`);
  };
  least(HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('the magic number is wrong');
  const version = view.getUint16(4, true);
  if (version !== VERSION) throw bad(`format version ${version}, expected ${VERSION}`);
  const [layer, zoom] = [LAYERS[view.getUint8(6)], view.getUint8(7)];
  if (layer === undefined || layer !== asked.layer || zoom !== asked.zoom) {
    throw bad(`${layer} at zoom ${zoom}, expected ${asked.layer} at ${asked.zoom}`);
  }
  const word = (i: number) => view.getUint32(8 + 4 * i, true);
  const count = word(2);
  const begin = HEADER_BYTES + AREA_BYTES * count;
  const sharedBytes = 4 * word(3);
  least(begin + sharedBytes);
  const copy = bytes.slice(begin, begin + sharedBytes);
  const shared = new Uint32Array(copy.buffer, 0, word(3));
  for (let next = 0; next < shared.length; ) {
    next += 3 + (shared[next + 2] ?? 0);
    if (next > shared.length) throw bad('a list of samples is cut short');
  }
  let at = begin + sharedBytes;
  const images = Array.from({ length: count }, (_, i): PixelImage => {
    const [x, y, width, height] = [4, 5, 6, 7].map((k) => word(4 * i + k)) as [
      number,
      number,
      number,
      number,
    ];
    if (!isWithin({ x, y, width, height }, asked.area)) {
      throw bad(`${width} x ${height} pixels at (${x}, ${y}) were not asked for`);
    }
    const sizeBytes = width * height * LAYER_BYTES[layer];
    least(at + sizeBytes);
    const pixels = pixelsOf(layer, bytes.subarray(at, at + sizeBytes));
    const image = { x, y, width, height, pixels };
    at += padded(sizeBytes);
    return image;
  });
  if (bytes.byteLength !== at) throw bad(`${bytes.byteLength} bytes, expected ${at}`);
  return { layer, zoom, minTick: word(0), maxTick: word(1), images, shared };
}

const isWithin = (a: PixelArea, b: PixelArea): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
