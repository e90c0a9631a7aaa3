import { type BlockExtent, type CellBlock, wrap } from '../world/cell-block.ts';
import type { KernelMemory } from './kernel-memory.ts';
import * as layout from './memory-layout.ts';

/** The fields of a block with the bytes of a value and the word of the record that points to it. */
const FIELDS = [
  ['food', 2, layout.BLOCK_FOOD],
  ['extraFood', 1, layout.BLOCK_EXTRA_FOOD],
  ['size', 1, layout.BLOCK_SIZE],
  ['traits', 1, layout.BLOCK_TRAITS],
  ['health', 2, layout.BLOCK_HEALTH],
  ['birth', 2, layout.BLOCK_BIRTH],
  ['colour', 4, layout.BLOCK_COLOUR],
  ['lineage', 4, layout.BLOCK_LINEAGE],
] as const;

export type BlockSize = Pick<BlockExtent, 'width' | 'height' | 'halo'>;

type FieldName = (typeof FIELDS)[number][0];

/** Columns are counted in 16 bits. */
const COLUMNS_MAX = 65520;

/** A block in the memory of the kernel, and where its record and its fields begin. */
export interface MemoryBlock {
  readonly block: CellBlock;
  readonly address: number;
  readonly fields: Readonly<Record<FieldName, number>>;
}

/** Cells of a row: enough vectors for the columns and their margin. */
function paddedStride(columns: number): number {
  return Math.ceil(columns / layout.VECTOR_CELLS) * layout.VECTOR_CELLS;
}

/** Bytes that a block takes, its guards and padding included. */
export function memoryBlockBytes({ width, height, halo }: BlockSize): number {
  const stride = paddedStride(width + 2 * halo);
  const rows = height + 2 * halo;
  const record = layout.BLOCK_RECORD_BYTES + 4 * (stride + rows) + layout.GUARD_BYTES;
  return FIELDS.reduce(
    (sum, [, bytes]) => sum + aligned(bytes * stride * rows + layout.GUARD_BYTES),
    aligned(record),
  );
}

/** Where the parts of a block lie. */
interface BlockPlaces {
  readonly stride: number;
  readonly rows: number;
  readonly columnX: number;
  readonly rowY: number;
  readonly fields: Readonly<Record<FieldName, number>>;
}

function placesOf(address: number, { width, height, halo }: BlockExtent): BlockPlaces {
  const stride = paddedStride(width + 2 * halo);
  const rows = height + 2 * halo;
  const columnX = address + layout.BLOCK_RECORD_BYTES;
  const rowY = columnX + 4 * stride;
  const fields: Partial<Record<FieldName, number>> = {};
  let next = address + aligned(rowY + 4 * rows + layout.GUARD_BYTES - address);
  for (const [name, bytes] of FIELDS) {
    fields[name] = next;
    next += aligned(bytes * stride * rows + layout.GUARD_BYTES);
  }
  return { stride, rows, columnX, rowY, fields: fields as Record<FieldName, number> };
}

/**
 * Lays an empty block.
 *
 * @throws RangeError if it is too wide, or there is no room for it.
 */
export function layMemoryBlock(memory: KernelMemory, extent: BlockExtent): MemoryBlock {
  const { x, y, width, height, halo, worldWidth, worldHeight } = extent;
  const columns = width + 2 * halo;
  if (columns > COLUMNS_MAX) {
    throw new RangeError(
      `a block of ${columns} columns, margin included: the compiled kernel takes ${COLUMNS_MAX}`,
    );
  }
  const address = memory.allocate(memoryBlockBytes(extent));
  const { stride, rows, columnX, rowY, fields } = placesOf(address, extent);
  const { buffer } = memory;
  writeCoordinates(new Uint32Array(buffer, columnX, stride), x - halo, worldWidth);
  writeCoordinates(new Uint32Array(buffer, rowY, rows), y - halo, worldHeight);
  const words: [offset: number, value: number][] = [
    [layout.BLOCK_STRIDE, stride],
    [layout.BLOCK_ROWS, rows],
    [layout.BLOCK_WIDTH, width],
    [layout.BLOCK_HEIGHT, height],
    [layout.BLOCK_HALO, halo],
    [layout.BLOCK_COLUMN_X, columnX],
    [layout.BLOCK_ROW_Y, rowY],
    ...FIELDS.map(([name, , word]): [number, number] => [word, fields[name]]),
  ];
  const record = new DataView(buffer, address, layout.BLOCK_RECORD_BYTES);
  for (const [offset, value] of words) record.setUint32(offset, value, true);
  return { block: viewMemoryBlock(buffer, address, extent), address, fields };
}

/** A block that was laid at an address, for whichever thread looks at it. */
export function viewMemoryBlock(
  buffer: SharedArrayBuffer,
  address: number,
  extent: BlockExtent,
): CellBlock {
  const { x, y, width, height, halo, worldWidth, worldHeight } = extent;
  const { stride, rows, fields } = placesOf(address, extent);
  const cells = stride * rows;
  return {
    x,
    y,
    width,
    height,
    halo,
    worldWidth,
    worldHeight,
    stride,
    rows,
    food: new Uint16Array(buffer, fields.food, cells),
    extraFood: new Uint8Array(buffer, fields.extraFood, cells),
    size: new Uint8Array(buffer, fields.size, cells),
    traits: new Uint8Array(buffer, fields.traits, cells),
    health: new Uint16Array(buffer, fields.health, cells),
    birth: new Uint16Array(buffer, fields.birth, cells),
    colour: new Uint32Array(buffer, fields.colour, cells),
    lineage: new Uint32Array(buffer, fields.lineage, cells),
  };
}

/** What `viewMemoryBlock` needs to know of a block: plain data. */
export function extentOf(block: CellBlock): BlockExtent {
  const { x, y, width, height, halo, worldWidth, worldHeight } = block;
  return { x, y, width, height, halo, worldWidth, worldHeight };
}

function writeCoordinates(out: Uint32Array, first: number, worldSide: number): void {
  for (let i = 0; i < out.length; i++) out[i] = wrap(first + i, worldSide);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / layout.GUARD_BYTES) * layout.GUARD_BYTES;
}
