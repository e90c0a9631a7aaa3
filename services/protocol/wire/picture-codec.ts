import { LAYER_BYTES, LAYERS, type Layer } from '../../world/measuring/layers.ts';
import { ColonyError } from '../common/errors.ts';

/**
 * A picture of a part of the world: the answer to `GET /frame`, and, with only its own pixels set, a
 * backend's answer to readPicture. Little-endian:
 *
 *     0   u32  magic "DCFR"
 *     4   u16  format version (1)
 *     6   u8   layer, index into LAYERS
 *     7   u8   bytes per pixel
 *     8   u32  x of the first cell
 *     12  u32  y
 *     16  u32  width in cells
 *     20  u32  height in cells
 *     24  u32  scale: one pixel per scale x scale cells, its upper left cell
 *     28  u32  least tick of the shards shown
 *     32  u32  greatest tick of the shards shown
 *     36  u32  columns of pixels, ceil(width / scale)
 *     40  u32  rows of pixels, ceil(height / scale)
 *     44  u32  zero
 *     48  …    pixels, row by row
 */
export const PICTURE_HEADER_BYTES = 48;
/** The pixels of one picture take at most so many bytes. */
export const PICTURE_MAX_BYTES = 16 * 1024 * 1024;
const MAGIC = 0x5246_4344;
const VERSION = 1;

export interface PictureRect {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
}

export interface PictureHeader extends PictureRect {
  layer: Layer;
  minTick: number;
  maxTick: number;
}

export const pictureColumns = (r: PictureRect): number => Math.ceil(r.width / r.scale);
export const pictureRows = (r: PictureRect): number => Math.ceil(r.height / r.scale);
export const picturePixelsBytes = (layer: Layer, r: PictureRect): number =>
  pictureColumns(r) * pictureRows(r) * LAYER_BYTES[layer];

/** Throws FRAME_OUTSIDE_WORLD or FRAME_TOO_LARGE, before anything is allocated. */
export function assertPicture(
  layer: Layer,
  r: PictureRect,
  world: { width: number; height: number },
): void {
  if (r.x + r.width > world.width || r.y + r.height > world.height) {
    throw new ColonyError(
      'FRAME_OUTSIDE_WORLD',
      `x ${r.x} + width ${r.width}, y ${r.y} + height ${r.height} reach beyond ${world.width} x ${world.height}`,
    );
  }
  const bytes = picturePixelsBytes(layer, r);
  if (bytes > PICTURE_MAX_BYTES) {
    throw new ColonyError(
      'FRAME_TOO_LARGE',
      `the frame has ${bytes} bytes of pixels, at most ${PICTURE_MAX_BYTES} are given`,
    );
  }
}

/** Creates a picture: writes its header, and leaves room for pixels at PICTURE_HEADER_BYTES. */
export function createPicture(header: PictureHeader): Uint8Array {
  const picture = new Uint8Array(PICTURE_HEADER_BYTES + picturePixelsBytes(header.layer, header));
  const view = new DataView(picture.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint8(6, LAYERS.indexOf(header.layer));
  view.setUint8(7, LAYER_BYTES[header.layer]);
  const words = [
    header.x,
    header.y,
    header.width,
    header.height,
    header.scale,
    header.minTick,
    header.maxTick,
    pictureColumns(header),
    pictureRows(header),
  ];
  for (const [i, word] of words.entries()) view.setUint32(8 + 4 * i, word, true);
  return picture;
}

/** Checks magic, version, layer and length; throws BAD_REQUEST naming actual and expected. */
export function readPictureHeader(picture: Uint8Array): PictureHeader {
  const bad = (what: string) => new ColonyError('BAD_REQUEST', `frame: ${what}`);
  if (picture.byteLength < PICTURE_HEADER_BYTES)
    throw bad(`${picture.byteLength} bytes are too few`);
  const view = new DataView(picture.buffer, picture.byteOffset, picture.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('the magic number is wrong');
  if (view.getUint16(4, true) !== VERSION) throw bad('another format version');
  const layer = LAYERS[view.getUint8(6)];
  if (layer === undefined) throw bad(`unknown layer ${view.getUint8(6)}`);
  const word = (i: number) => view.getUint32(8 + 4 * i, true);
  const header: PictureHeader = {
    layer,
    x: word(0),
    y: word(1),
    width: word(2),
    height: word(3),
    scale: word(4),
    minTick: word(5),
    maxTick: word(6),
  };
  const expected = PICTURE_HEADER_BYTES + picturePixelsBytes(layer, header);
  if (picture.byteLength !== expected)
    throw bad(`${picture.byteLength} bytes, expected ${expected}`);
  return header;
}
