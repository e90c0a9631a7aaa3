import type { CellRaster } from './cell-block.ts';

/** The fields of a raster in the order in which they are packed, each with the bytes of a value. */
export const RASTER_FIELDS = [
  ['food', 2],
  ['size', 1],
  ['traits', 1],
  ['health', 2],
  ['birth', 2],
  ['colour', 4],
  ['lineage', 4],
] as const;

/** Bytes of a packed cell. */
const HALO_CELL_BYTES = 16;

/** How many cells. */
export interface RasterSize {
  readonly width: number;
  readonly height: number;
}

/** Rasters that are packed one behind the other: what a halo message carries. */
export interface CellParcel {
  readonly bytes: Uint8Array;
  readonly rasters: readonly CellRaster[];
}

/** Bytes of a parcel. */
export const parcelBytes = (sizes: readonly RasterSize[]): number =>
  sizes.reduce((sum, { width, height }) => sum + width * height * HALO_CELL_BYTES, 0);

/**
 * Looks at bytes as a parcel. Each raster is packed field after field (food u16, size u8, traits u8,
 * health u16, birth u16, colour u32, lineage u32), in each field row after row, without gaps, and
 * little-endian, as are the typed arrays of all machines that this runs on.
 *
 * @param offset where the parcel begins; a multiple of 4.
 * @throws RangeError if there are too few bytes.
 */
export function viewParcel(
  buffer: ArrayBufferLike,
  offset: number,
  sizes: readonly RasterSize[],
): CellParcel {
  const bytes = new Uint8Array(buffer, offset, parcelBytes(sizes));
  const rasters = sizes.map(({ width, height }): CellRaster => {
    const cells = width * height;
    const at = offset;
    offset += cells * HALO_CELL_BYTES;
    return {
      ...{ width, height, halo: 0, stride: width, rows: height },
      food: new Uint16Array(buffer, at, cells),
      size: new Uint8Array(buffer, at + 2 * cells, cells),
      traits: new Uint8Array(buffer, at + 3 * cells, cells),
      health: new Uint16Array(buffer, at + 4 * cells, cells),
      birth: new Uint16Array(buffer, at + 6 * cells, cells),
      colour: new Uint32Array(buffer, at + 8 * cells, cells),
      lineage: new Uint32Array(buffer, at + 12 * cells, cells),
    };
  });
  return { bytes, rasters };
}
