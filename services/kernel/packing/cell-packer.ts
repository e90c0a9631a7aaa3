import type { CellRaster } from '../../world/cells/cell-block.ts';
import { copyCells } from '../../world/cells/cell-copy.ts';
import { CELL_FIELDS } from '../../world/cells/cell-fields.ts';
import { countPacked, packedBytesMax } from '../../world/cells/packed-cells.ts';
import { instantiateKernel, type KernelExports } from '../kernel-exports.ts';
import * as layout from '../memory-layout.ts';

const PAGE_BYTES = 65536;

/** The word of the record that says where a field is. */
const FIELD_WORDS = {
  food: layout.PACKER_FOOD,
  size: layout.PACKER_SIZE,
  traits: layout.PACKER_TRAITS,
  health: layout.PACKER_HEALTH,
  birth: layout.PACKER_BIRTH,
  colour: layout.PACKER_COLOUR,
  lineage: layout.PACKER_LINEAGE,
} as const;

type FieldName = keyof typeof FIELD_WORDS;

/**
 * Packs and unpacks cells as services/world/cells/packed-cells.ts does, byte for byte and much
 * faster. It works in a memory of its own, of 31 bytes for each cell that it takes, so that any thread can
 * have one.
 */
export class CellPacker {
  readonly #cellsMax: number;
  readonly #kernel: KernelExports;
  readonly #record: number;
  readonly #cellsWord: Uint32Array;
  readonly #fields: Pick<CellRaster, FieldName>;
  /** The packed cells. */
  readonly #bytes: Uint8Array;

  /**
   * @param module the compiled kernel; see load-kernel.ts.
   * @param cellsMax how many cells it takes at a time.
   * @throws RangeError if there is no memory for them.
   */
  constructor(module: WebAssembly.Module, cellsMax: number) {
    this.#cellsMax = cellsMax;
    const places = placesOf(cellsMax);
    const pages = Math.ceil(places.end / PAGE_BYTES);
    // The kernel imports a shared memory, as its threads need it.
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { buffer } = memory;
    this.#record = places.record;
    const record = new DataView(buffer, places.record, layout.PACKER_RECORD_BYTES);
    const words: [word: number, address: number][] = [
      [layout.PACKER_BYTES, places.bytes],
      [layout.PACKER_HALF_TABLE, places.halfTable],
      [layout.PACKER_WORD_TABLE, places.wordTable],
    ];
    for (const name of Object.keys(FIELD_WORDS) as FieldName[]) {
      words.push([FIELD_WORDS[name], places.fields[name]]);
    }
    for (const [word, address] of words) record.setUint32(word, address, true);
    const cells = cellsMax + layout.VECTOR_CELLS;
    const { fields } = places;
    this.#fields = {
      food: new Uint16Array(buffer, fields.food, cells),
      size: new Uint8Array(buffer, fields.size, cells),
      traits: new Uint8Array(buffer, fields.traits, cells),
      health: new Uint16Array(buffer, fields.health, cells),
      birth: new Uint16Array(buffer, fields.birth, cells),
      colour: new Uint32Array(buffer, fields.colour, cells),
      lineage: new Uint32Array(buffer, fields.lineage, cells),
    };
    this.#cellsWord = new Uint32Array(buffer, places.record + layout.PACKER_CELLS, 1);
    this.#bytes = new Uint8Array(buffer, places.bytes, packedBytesMax(cellsMax));
    this.#kernel = instantiateKernel(module, memory);
    this.#kernel.fillPacker(this.#record);
  }

  /**
   * Packs the interior of a raster that has all fields.
   *
   * @returns bytes of a shared memory, valid until the next call.
   * @throws RangeError if the raster has more than `cellsMax` cells, or lacks fields.
   */
  pack(raster: CellRaster): Uint8Array {
    const { own, given, cells } = this.#open(raster);
    copyCells({ source: given, target: own, ...AT_ORIGIN, ...sizeOf(own) });
    this.#fields.size.fill(0, cells, cells + layout.VECTOR_CELLS);
    return this.#bytes.subarray(0, this.#kernel.pack(this.#record));
  }

  /**
   * Writes packed cells into the interior of a raster that has all fields. Where nobody lives, the fields
   * of a creature become 0.
   *
   * @throws RangeError if the bytes are not what `pack` makes of a raster of this size, or as `pack` does.
   */
  unpack(bytes: Uint8Array, raster: CellRaster): void {
    const { own, given, cells } = this.#open(raster);
    const { population } = countPacked(bytes, cells);
    this.#bytes.set(bytes);
    this.#kernel.unpack(this.#record, population);
    copyCells({ source: own, target: given, ...AT_ORIGIN, ...sizeOf(own) });
  }

  /** Views a raster and the packer's own cells alike: as one long row, if there is no margin. */
  #open(raster: CellRaster): { own: CellRaster; given: CellRaster; cells: number } {
    const { halo, stride, fields = 'all' } = raster;
    const cells = raster.width * raster.height;
    if (fields !== 'all') throw new RangeError(`cells with only the ${fields} cannot be packed`);
    if (cells > this.#cellsMax) {
      throw new RangeError(
        `${raster.width} x ${raster.height} cells, there is room for ${this.#cellsMax}`,
      );
    }
    this.#cellsWord[0] = cells;
    const isOneRow = halo === 0 && stride === raster.width;
    const width = isOneRow ? cells : raster.width;
    const height = isOneRow ? 1 : raster.height;
    const size = { width, height, stride: width, rows: height, halo: 0 };
    return {
      own: { ...size, ...this.#fields },
      given: isOneRow ? { ...raster, ...size } : raster,
      cells,
    };
  }
}

const AT_ORIGIN = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0 };

const sizeOf = ({ width, height }: CellRaster) => ({ width, height });

/** The addresses of a packer's parts, each with a guard before and behind it. */
function placesOf(cellsMax: number) {
  let end = 0;
  const place = (bytes: number): number => {
    const address = end + layout.GUARD_BYTES;
    end = Math.ceil((address + bytes) / layout.GUARD_BYTES) * layout.GUARD_BYTES;
    return address;
  };
  const record = place(layout.PACKER_RECORD_BYTES);
  const halfTable = place(layout.HALF_TABLE_BYTES);
  const wordTable = place(layout.WORD_TABLE_BYTES);
  const cells = cellsMax + layout.VECTOR_CELLS;
  const fields = Object.fromEntries(
    CELL_FIELDS.all.map(([name, valueBytes]) => [name, place(valueBytes * cells)]),
  ) as Record<FieldName, number>;
  const bytes = place(packedBytesMax(cellsMax));
  return { record, halfTable, wordTable, fields, bytes, end: end + layout.GUARD_BYTES };
}
