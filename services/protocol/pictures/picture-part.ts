import { type CellRaster, cellIndex } from '../../world/cells/cell-block.ts';
import type { Region } from '../layout/regions.ts';
import type { Shades } from './palette.ts';
import { type PictureFormat, RGB_BYTES } from './stored-picture.ts';

/*
 * What one backend has of a picture, pieces in any order, little-endian. The object is that compressed by gzip,
 * whose CRC tells whether it is whole.
 *
 *     0   u32  magic "DCPP"
 *     4   …    pieces:   0  u16  first column, in pixels of the whole picture
 *                        2  u16  first row
 *                        4  u16  columns
 *                        6  u16  rows
 *                        8  …    red, green, blue of its pixels, row by row
 */
const MAGIC = 0x5050_4344;
const MAGIC_BYTES = 4;
const PIECE_HEADER_BYTES = 8;

/** The key of a backend's object beside its parts of a checkpoint. */
export const picturePartKey = (attemptFolder: string, bootId: string): string =>
  `${attemptFolder}${bootId}/picture`;

/** The most bytes that the parts of a picture take: no piece is smaller than a pixel. */
export const partMaxBytes = ({ columns, rows }: PictureFormat): number =>
  MAGIC_BYTES + columns * rows * (RGB_BYTES + PIECE_HEADER_BYTES);

/** Collects what one backend has of a picture. */
export class PicturePartWriter {
  readonly #format: PictureFormat;
  readonly #shades: Shades;
  readonly #pieces: Uint8Array[] = [magic()];

  constructor(format: PictureFormat, shades: Shades) {
    this.#format = format;
    this.#shades = shades;
  }

  /**
   * Adds the pixels whose cells lie in a region of the world.
   *
   * @param raster has the cells of the region, and maybe more rows below.
   */
  add(region: Region, raster: CellRaster): void {
    const { scale } = this.#format;
    const { food: ofFood } = this.#shades;
    const [column, row] = [Math.ceil(region.x / scale), Math.ceil(region.y / scale)];
    const columns = Math.ceil((region.x + region.width) / scale) - column;
    const rows = Math.ceil((region.y + region.height) / scale) - row;
    if (columns <= 0 || rows <= 0) return;
    const piece = new Uint8Array(PIECE_HEADER_BYTES + columns * rows * RGB_BYTES);
    const view = new DataView(piece.buffer);
    for (const [i, word] of [column, row, columns, rows].entries()) {
      view.setUint16(2 * i, word, true);
    }
    const { size, colour, food } = raster;
    let at = PIECE_HEADER_BYTES;
    for (let j = 0; j < rows; j++) {
      let cell = cellIndex(raster, column * scale - region.x, (row + j) * scale - region.y);
      for (let i = 0; i < columns; i++, cell += scale) {
        const isBlank = size[cell] === 0;
        const shade = (isBlank ? ofFood[food[cell] ?? 0] : colour[cell]) ?? 0;
        piece[at++] = shade >>> 16;
        piece[at++] = shade >>> 8;
        piece[at++] = shade;
      }
    }
    this.#pieces.push(piece);
  }

  /** All that was added. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return bytes;
  }
}

/**
 * Puts what a backend has into the whole picture; answers how many pixels that were.
 *
 * @param rgb the whole picture, row by row.
 * @throws RangeError if it is no part of a picture of this format.
 */
export function addPicturePart(part: Uint8Array, format: PictureFormat, rgb: Uint8Array): number {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  const bad = (what: string) => new RangeError(`a part of a picture: ${what}`);
  if (part.byteLength < MAGIC_BYTES || view.getUint32(0, true) !== MAGIC) {
    throw bad('the magic number is wrong');
  }
  let pixels = 0;
  for (let at = MAGIC_BYTES; at < part.byteLength; ) {
    if (at + PIECE_HEADER_BYTES > part.byteLength) throw bad('it ends in the middle of a piece');
    const word = (i: number) => view.getUint16(at + 2 * i, true);
    const [column, row, columns, rows] = [word(0), word(1), word(2), word(3)];
    at += PIECE_HEADER_BYTES;
    if (column + columns > format.columns || row + rows > format.rows) {
      throw bad(`a piece of ${columns} x ${rows} at (${column}, ${row}) lies outside`);
    }
    if (at + columns * rows * RGB_BYTES > part.byteLength) {
      throw bad('it ends in the middle of a piece');
    }
    for (let j = 0; j < rows; j++, at += columns * RGB_BYTES) {
      const target = ((row + j) * format.columns + column) * RGB_BYTES;
      rgb.set(part.subarray(at, at + columns * RGB_BYTES), target);
    }
    pixels += columns * rows;
  }
  return pixels;
}

function magic(): Uint8Array {
  const bytes = new Uint8Array(MAGIC_BYTES);
  new DataView(bytes.buffer).setUint32(0, MAGIC, true);
  return bytes;
}
