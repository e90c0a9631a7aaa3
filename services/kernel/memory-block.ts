import { type BlockExtent, type CellBlock, wrap } from '../world/cells/cell-block.ts';
import { CHANGE_NAMES } from '../world/cells/change-counters.ts';
import type { KernelMemory } from './kernel-memory.ts';
import * as layout from './memory-layout.ts';

/** The fields of a block: bytes of a value, the word of the record that points to them, their plane. */
const FIELDS = [
  ['food', 2, layout.BLOCK_FOOD, layout.PLANE_FOOD],
  ['extraFood', 1, layout.BLOCK_EXTRA_FOOD, layout.PLANE_EXTRA_FOOD],
  ['size', 1, layout.BLOCK_SIZE, layout.PLANE_SIZE],
  ['traits', 1, layout.BLOCK_TRAITS, layout.PLANE_TRAITS],
  ['health', 2, layout.BLOCK_HEALTH, layout.PLANE_HEALTH],
  ['birth', 2, layout.BLOCK_BIRTH, layout.PLANE_BIRTH],
  ['colour', 4, layout.BLOCK_COLOUR, layout.PLANE_COLOUR],
  ['lineage', 4, layout.BLOCK_LINEAGE, layout.PLANE_LINEAGE],
] as const;

export type BlockSize = Pick<BlockExtent, 'width' | 'height' | 'halo'>;

type FieldName = (typeof FIELDS)[number][0];

/** Column numbers have 16 bits. */
const COLUMNS_MAX = 65520;

/** A block in the kernel's memory, with the address of its record. */
export interface MemoryBlock {
  readonly block: CellBlock;
  readonly address: number;
}

/** Cells of a row, padded to whole vectors, margins included. */
function paddedStride(columns: number): number {
  return Math.ceil(columns / layout.VECTOR_CELLS) * layout.VECTOR_CELLS;
}

/** Bytes that a block takes, guards and padding included. */
export function memoryBlockBytes(size: BlockSize): number {
  const { stride, rows } = paddedSize(size);
  return FIELDS.reduce(
    (sum, [, bytes]) => sum + bytes * stride * rows + layout.GUARD_BYTES,
    headBytes(stride, rows),
  );
}

/** Bytes from its first address to its last: more than it takes, for planes are rarely full. */
export function memoryBlockSpanBytes(size: BlockSize): number {
  const { planes, planeCells } = placesOf(0, size);
  return planes + layout.PLANES_BYTES * planeCells;
}

/** Bytes of its record and coordinates. */
const headBytes = (stride: number, rows: number): number =>
  aligned(layout.BLOCK_RECORD_BYTES + 4 * (stride + rows) + layout.GUARD_BYTES);

function paddedSize({ width, height, halo }: BlockSize): { stride: number; rows: number } {
  return { stride: paddedStride(width + 2 * halo), rows: height + 2 * halo };
}

/**
 * The smallest class of planes with room for so many cells, and the distance between planes in cells.
 *
 * @throws RangeError if there is none.
 */
function planesFor(cells: number): { planeClass: number; planeCells: number } {
  for (let planeClass = 0; planeClass < layout.PLANE_CLASSES; planeClass++) {
    const most = layout.PLANE_CELLS_MIN * 2 ** planeClass;
    if (cells <= most) return { planeClass, planeCells: most + layout.PLANE_SLACK_CELLS };
  }
  throw new RangeError(`a block of ${cells} cells, margin included, is too large for the kernel`);
}

/** The addresses of a block's parts. */
interface BlockPlaces {
  readonly stride: number;
  readonly rows: number;
  readonly columnX: number;
  readonly rowY: number;
  readonly planes: number;
  readonly planeClass: number;
  readonly planeCells: number;
  readonly fields: Readonly<Record<FieldName, number>>;
}

function placesOf(address: number, size: BlockSize): BlockPlaces {
  const { stride, rows } = paddedSize(size);
  const columnX = address + layout.BLOCK_RECORD_BYTES;
  const rowY = columnX + 4 * stride;
  const planes = address + headBytes(stride, rows);
  const { planeClass, planeCells } = planesFor(stride * rows);
  const fields = Object.fromEntries(
    FIELDS.map(([name, , , plane]) => [name, planes + plane * planeCells]),
  ) as Record<FieldName, number>;
  return { stride, rows, columnX, rowY, planes, planeClass, planeCells, fields };
}

/**
 * Creates an empty block.
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
  const { stride, rows, planeClass, planeCells, ...at } = placesOf(0, extent);
  const parts = FIELDS.map(([, bytes, , plane]) => ({
    offset: at.planes + plane * planeCells,
    bytes: bytes * stride * rows + layout.GUARD_BYTES,
  }));
  const address = memory.allocateSparsely(memoryBlockSpanBytes(extent), [
    { offset: 0, bytes: at.planes },
    ...parts,
  ]);
  const { columnX, rowY, planes, fields } = placesOf(address, extent);
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
    [layout.BLOCK_PLANES, planes],
    [layout.BLOCK_PLANE_CLASS, planeClass],
    ...FIELDS.map(([name, , word]): [number, number] => [word, fields[name]]),
  ];
  const record = new DataView(buffer, address, layout.BLOCK_RECORD_BYTES);
  for (const [offset, value] of words) record.setUint32(offset, value, true);
  return { block: viewMemoryBlock(buffer, address, extent), address };
}

/** Views a block that another thread created at an address. */
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
    changes: new Float64Array(buffer, address + layout.BLOCK_CHANGES, CHANGE_NAMES.length),
  };
}

/** What `viewMemoryBlock` needs, as plain data. */
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
