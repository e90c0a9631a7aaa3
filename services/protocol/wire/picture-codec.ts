import { LAYER_BYTES, LAYERS, type Layer } from '../../world/measuring/layers.ts';
import { ColonyError } from '../common/errors.ts';

/**
 * A picture of a part of the world, as `GET /frame` answers it and (with only its own pixels set)
 * as a backend answers readFrame. Little-endian:
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
export const FRAME_HEADER_BYTES = 48;
/** Greatest size of the pixels of one frame. */
export const FRAME_MAX_BYTES = 16 * 1024 * 1024;
const MAGIC = 0x5246_4344;
const VERSION = 1;

export interface FrameRect {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
}

export interface FrameHeader extends FrameRect {
  layer: Layer;
  minTick: number;
  maxTick: number;
}

export const frameColumns = (r: FrameRect): number => Math.ceil(r.width / r.scale);
export const frameRows = (r: FrameRect): number => Math.ceil(r.height / r.scale);
export const framePixelsBytes = (layer: Layer, r: FrameRect): number =>
  frameColumns(r) * frameRows(r) * LAYER_BYTES[layer];

/** Throws FRAME_OUTSIDE_WORLD or FRAME_TOO_LARGE, before anything is allocated. */
export function assertFrame(
  layer: Layer,
  r: FrameRect,
  world: { width: number; height: number },
): void {
  if (r.x + r.width > world.width || r.y + r.height > world.height) {
    throw new ColonyError(
      'FRAME_OUTSIDE_WORLD',
      `x ${r.x} + width ${r.width}, y ${r.y} + height ${r.height} reach beyond ${world.width} x ${world.height}`,
    );
  }
  const bytes = framePixelsBytes(layer, r);
  if (bytes > FRAME_MAX_BYTES) {
    throw new ColonyError(
      'FRAME_TOO_LARGE',
      `the frame has ${bytes} bytes of pixels, at most ${FRAME_MAX_BYTES} are given`,
    );
  }
}

/** A frame with its header written and room for the pixels at FRAME_HEADER_BYTES. */
export function createFrame(header: FrameHeader): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + framePixelsBytes(header.layer, header));
  const view = new DataView(frame.buffer);
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
    frameColumns(header),
    frameRows(header),
  ];
  for (const [i, word] of words.entries()) view.setUint32(8 + 4 * i, word, true);
  return frame;
}

/** Checks magic, version, layer and length; throws BAD_REQUEST naming actual and expected. */
export function readFrameHeader(frame: Uint8Array): FrameHeader {
  const bad = (what: string) => new ColonyError('BAD_REQUEST', `frame: ${what}`);
  if (frame.byteLength < FRAME_HEADER_BYTES) throw bad(`${frame.byteLength} bytes are too few`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('the magic number is wrong');
  if (view.getUint16(4, true) !== VERSION) throw bad('another format version');
  const layer = LAYERS[view.getUint8(6)];
  if (layer === undefined) throw bad(`unknown layer ${view.getUint8(6)}`);
  const word = (i: number) => view.getUint32(8 + 4 * i, true);
  const header: FrameHeader = {
    layer,
    x: word(0),
    y: word(1),
    width: word(2),
    height: word(3),
    scale: word(4),
    minTick: word(5),
    maxTick: word(6),
  };
  const expected = FRAME_HEADER_BYTES + framePixelsBytes(layer, header);
  if (frame.byteLength !== expected) throw bad(`${frame.byteLength} bytes, expected ${expected}`);
  return header;
}
