import type { CellRaster } from './cell-block.ts';
import { CELL_FIELDS, type CellFields } from './cell-fields.ts';

/** How many cells, and what of them. */
export interface RasterPlan {
  readonly width: number;
  readonly height: number;
  /** @default 'all' */
  readonly fields?: CellFields;
}

/** Rasters that are packed one behind the other: what a halo message carries. */
export interface CellParcel {
  /** Its bytes, with room for a header before them: what is sent, and where it is received. */
  readonly message: Uint8Array;
  readonly rasters: readonly CellRaster[];
}

/** Each raster begins at a multiple of this. */
const ALIGNMENT_BYTES = 4;

function rasterBytes({ width, height, fields = 'all' }: RasterPlan): number {
  const cellBytes = CELL_FIELDS[fields].reduce((sum, [, bytes]) => sum + bytes, 0);
  return Math.ceil((width * height * cellBytes) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** Bytes of a parcel. */
export const parcelBytes = (plans: readonly RasterPlan[]): number =>
  plans.reduce((sum, plan) => sum + rasterBytes(plan), 0);

/**
 * Looks at bytes as a parcel. Each raster is packed field after field, as in CELL_FIELDS, in each field
 * row after row, without gaps, and filled up to a multiple of 4 bytes; all little-endian, as are the
 * typed arrays of all machines that this runs on. Fields that a raster has not are empty in it.
 *
 * @param start where its message begins; a multiple of 4.
 * @param headerBytes room before the cells, a multiple of 4. @default 0
 * @throws RangeError if there are too few bytes.
 */
export function viewParcel(
  buffer: ArrayBufferLike,
  start: number,
  plans: readonly RasterPlan[],
  headerBytes = 0,
): CellParcel {
  let offset = start + headerBytes;
  const message = new Uint8Array(buffer, start, headerBytes + parcelBytes(plans));
  const rasters = plans.map((plan): CellRaster => {
    const raster = viewRaster(buffer, offset, plan);
    offset += rasterBytes(plan);
    return raster;
  });
  return { message, rasters };
}

function viewRaster(buffer: ArrayBufferLike, offset: number, plan: RasterPlan): CellRaster {
  const { width, height, fields = 'all' } = plan;
  const views: Record<string, unknown> = {};
  for (const [name, valueBytes] of CELL_FIELDS.all) {
    const isThere = CELL_FIELDS[fields].some(([there]) => there === name);
    const cells = isThere ? width * height : 0;
    // The view of an absent field is empty and begins at 0, where every type is aligned.
    views[name] = viewOf(valueBytes, buffer, isThere ? offset : 0, cells);
    offset += cells * valueBytes;
  }
  const shape = { width, height, halo: 0, stride: width, rows: height, fields };
  return { ...shape, ...(views as Pick<CellRaster, (typeof CELL_FIELDS.all)[number][0]>) };
}

function viewOf(valueBytes: 1 | 2 | 4, buffer: ArrayBufferLike, offset: number, cells: number) {
  if (valueBytes === 4) return new Uint32Array(buffer, offset, cells);
  if (valueBytes === 2) return new Uint16Array(buffer, offset, cells);
  return new Uint8Array(buffer, offset, cells);
}
