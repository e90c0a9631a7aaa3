import type { CellRaster } from '../../world/cells/cell-block.ts';
import { packCells, unpackCells } from '../../world/cells/packed-cells.ts';

/**
 * Packs and unpacks cells as services/world/cells/packed-cells.ts does, byte for byte. It works in a memory
 * of its own, so that any thread can have one.
 */
export class CellPacker {
  readonly #cellsMax: number;

  /**
   * @param module the compiled kernel; see load-kernel.ts.
   * @param cellsMax how many cells it takes at a time.
   */
  constructor(_module: WebAssembly.Module, cellsMax: number) {
    this.#cellsMax = cellsMax;
  }

  /**
   * Packs the interior of a raster that has all fields.
   *
   * @returns bytes that are valid until the next call.
   * @throws RangeError if the raster has more than `cellsMax` cells.
   */
  pack(raster: CellRaster): Uint8Array {
    this.#assertRoom(raster);
    return packCells(raster);
  }

  /**
   * Writes packed cells into the interior of a raster that has all fields.
   *
   * @throws RangeError if the bytes are not what `pack` makes of a raster of this size, or there is no room.
   */
  unpack(bytes: Uint8Array, raster: CellRaster): void {
    this.#assertRoom(raster);
    unpackCells(bytes, raster);
  }

  #assertRoom({ width, height }: CellRaster): void {
    if (width * height <= this.#cellsMax) return;
    throw new RangeError(`${width} x ${height} cells, there is room for ${this.#cellsMax}`);
  }
}
