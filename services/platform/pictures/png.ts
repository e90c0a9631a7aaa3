import { constants } from 'node:zlib';
import { PNG } from 'pngjs';

/** Pixels row by row: red, green, blue, a byte each. */
export interface RgbImage {
  readonly columns: number;
  readonly rows: number;
  readonly rgb: Uint8Array;
}

const RGB_BYTES = 3;

/** A tenth more bytes than at the highest level, for a half of its time. */
const DEFLATE_LEVEL = 3;
/** Cells are no photograph: differences between neighbours compress worse than the pixels themselves. */
const NO_FILTER = 0;

/**
 * Encodes an image as a PNG. Compresses in the threads of Node, beside the caller. The same image gives the same
 * bytes, whoever encodes it.
 */
export function encodePng({ columns, rows, rgb }: RgbImage): Promise<Uint8Array> {
  if (rgb.byteLength !== columns * rows * RGB_BYTES) {
    throw new RangeError(`${rgb.byteLength} bytes for ${columns} x ${rows} pixels`);
  }
  const png = new PNG({
    ...{ width: columns, height: rows, filterType: NO_FILTER },
    ...{ colorType: 2, inputColorType: 2, inputHasAlpha: false },
    ...{ deflateLevel: DEFLATE_LEVEL, deflateStrategy: constants.Z_DEFAULT_STRATEGY },
  });
  png.data = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    png.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    png.on('error', reject);
    png.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    png.pack();
  });
}
