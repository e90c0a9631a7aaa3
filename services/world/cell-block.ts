/**
 * A rectangle of cells with a margin (halo) on every side, as a structure of arrays.
 *
 *     stride = width + 2·halo
 *     ┌───────────────────────┐
 *     │ margin (halo cells)   │  rows = height + 2·halo
 *     │   ┌───────────────┐   │
 *     │   │ interior      │   │  index of interior cell (column, row):
 *     │   └───────────────┘   │    (row + halo)·stride + column + halo
 *     └───────────────────────┘
 *
 * x and y are the global coordinates of the first interior cell. Coordinates are taken modulo the
 * world's size, so the same cell may stand several times in the margin of a narrow world.
 */
export interface CellBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly halo: number;
  readonly worldWidth: number;
  readonly worldHeight: number;
  readonly stride: number;
  readonly rows: number;
  /** Food lying in the cell. */
  readonly food: Uint16Array;
  /** Food that grows there each tick: the terrain. */
  readonly extraFood: Uint8Array;
  /** Size of the creature; 0 = nobody, and then the fields below are stale. */
  readonly size: Uint8Array;
  /** `CAN_KILL` | `CAN_MOVE`. */
  readonly traits: Uint8Array;
  readonly health: Uint16Array;
  /** Tick of birth modulo 65536. */
  readonly birth: Uint16Array;
  /** 0xRRGGBB, the mark of a species. */
  readonly colour: Uint32Array;
  /** 0xRRGGBB of the first ancestor. */
  readonly lineage: Uint32Array;
}

export const CAN_KILL = 1;
export const CAN_MOVE = 2;

/** Where a block lies and how large it is. */
export type BlockExtent = Pick<
  CellBlock,
  'x' | 'y' | 'width' | 'height' | 'halo' | 'worldWidth' | 'worldHeight'
>;

/** An empty block: no food, no terrain, nobody. */
export function createCellBlock(extent: BlockExtent): CellBlock {
  const { x, y, width, height, halo, worldWidth, worldHeight } = extent;
  const stride = width + 2 * halo;
  const rows = height + 2 * halo;
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
    food: new Uint16Array(cells),
    extraFood: new Uint8Array(cells),
    size: new Uint8Array(cells),
    traits: new Uint8Array(cells),
    health: new Uint16Array(cells),
    birth: new Uint16Array(cells),
    colour: new Uint32Array(cells),
    lineage: new Uint32Array(cells),
  };
}

/** Remainder that is never negative: wraps a global coordinate round the torus. */
export function wrap(coordinate: number, size: number): number {
  return ((coordinate % size) + size) % size;
}

/** Index of a cell given by block-local interior coordinates; negative ones lie in the margin. */
export function cellIndex(block: CellBlock, column: number, row: number): number {
  return (row + block.halo) * block.stride + column + block.halo;
}

/**
 * Asserts that a rectangle of block-local interior coordinates lies in the block, margin included.
 *
 * @throws RangeError if it does not: typed arrays would take it silently.
 */
function assertInside(block: CellBlock, x: number, y: number, width: number, height: number): void {
  const { halo, stride, rows } = block;
  const isInside =
    Number.isInteger(x) &&
    Number.isInteger(y) &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    width >= 0 &&
    height >= 0 &&
    x + halo >= 0 &&
    y + halo >= 0 &&
    x + halo + width <= stride &&
    y + halo + height <= rows;
  if (isInside) return;
  throw new RangeError(
    `rectangle ${width}x${height} at (${x}, ${y}) is not inside a block of ` +
      `${block.width}x${block.height} with a margin of ${halo}`,
  );
}

/** Bytes of a packed cell: every field but extraFood, which each shard makes for itself. */
export const HALO_CELL_BYTES = 16;

/**
 * Copies a rectangle of cells, all fields but extraFood. Coordinates are local to the interior of
 * each block and may be negative: in the margin.
 *
 * @throws RangeError if the rectangle leaves one of the blocks.
 */
export function copyCells(
  source: CellBlock,
  sourceX: number,
  sourceY: number,
  target: CellBlock,
  targetX: number,
  targetY: number,
  width: number,
  height: number,
): void {
  assertInside(source, sourceX, sourceY, width, height);
  assertInside(target, targetX, targetY, width, height);
  for (let row = 0; row < height; row++) {
    const from = cellIndex(source, sourceX, sourceY + row);
    const to = cellIndex(target, targetX, targetY + row);
    for (let i = 0; i < width; i++) {
      target.food[to + i] = source.food[from + i]!;
      target.size[to + i] = source.size[from + i]!;
      target.traits[to + i] = source.traits[from + i]!;
      target.health[to + i] = source.health[from + i]!;
      target.birth[to + i] = source.birth[from + i]!;
      target.colour[to + i] = source.colour[from + i]!;
      target.lineage[to + i] = source.lineage[from + i]!;
    }
  }
}

/** The fields of a packed cell in their order, each with the bytes of one value. */
const PACKED_FIELDS = [
  ['food', 2],
  ['size', 1],
  ['traits', 1],
  ['health', 2],
  ['birth', 2],
  ['colour', 4],
  ['lineage', 4],
] as const;

/**
 * Packs a rectangle of cells into bytes: field after field (food u16, size u8, traits u8,
 * health u16, birth u16, colour u32, lineage u32), in each field row after row, without gaps,
 * little-endian.
 *
 * @returns the offset behind what was written: offset + width · height · HALO_CELL_BYTES.
 * @throws RangeError if the rectangle leaves the block or the bytes do not suffice.
 */
export function packCells(
  block: CellBlock,
  x: number,
  y: number,
  width: number,
  height: number,
  out: Uint8Array,
  offset: number,
): number {
  assertInside(block, x, y, width, height);
  assertRoom(out, offset, width * height);
  for (const [name, valueBytes] of PACKED_FIELDS) {
    const field = block[name];
    for (let row = 0; row < height; row++) {
      const start = cellIndex(block, x, y + row);
      for (let i = start; i < start + width; i++) {
        const value = field[i]!;
        out[offset++] = value;
        if (valueBytes > 1) out[offset++] = value >>> 8;
        if (valueBytes > 2) {
          out[offset++] = value >>> 16;
          out[offset++] = value >>> 24;
        }
      }
    }
  }
  return offset;
}

/**
 * Unpacks what `packCells` wrote.
 *
 * @returns the offset behind what was read.
 * @throws RangeError if the rectangle leaves the block or the bytes do not suffice.
 */
export function unpackCells(
  block: CellBlock,
  x: number,
  y: number,
  width: number,
  height: number,
  bytes: Uint8Array,
  offset: number,
): number {
  assertInside(block, x, y, width, height);
  assertRoom(bytes, offset, width * height);
  for (const [name, valueBytes] of PACKED_FIELDS) {
    const field = block[name];
    for (let row = 0; row < height; row++) {
      const start = cellIndex(block, x, y + row);
      for (let i = start; i < start + width; i++) {
        let value = bytes[offset++]!;
        if (valueBytes > 1) value |= bytes[offset++]! << 8;
        if (valueBytes > 2) {
          value |= bytes[offset++]! << 16;
          value |= bytes[offset++]! << 24;
        }
        field[i] = value;
      }
    }
  }
  return offset;
}

function assertRoom(bytes: Uint8Array, offset: number, cells: number): void {
  const needed = cells * HALO_CELL_BYTES;
  if (Number.isInteger(offset) && offset >= 0 && offset + needed <= bytes.length) return;
  throw new RangeError(
    `${cells} cells need ${needed} bytes at offset ${offset}, but there are ${bytes.length}`,
  );
}
