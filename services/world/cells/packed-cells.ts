import { CAN_KILL, CAN_MOVE, type CellRaster, cellIndex } from './cell-block.ts';

/*
 * Cells as a checkpoint stores them, plane behind plane without gaps; in each, cells go row after row:
 *
 *     food │ food >> 8 │ a bit for each cell, set where somebody lives │ planes of CREATURE_PLANES
 *       1        1       1/8, the lowest bit of a byte first, then 0s    1 byte for each creature
 *
 * It is the state and nothing else: the same state is always the same bytes. Where nobody lives, there
 * is nothing of a creature. Terrain is not in it, for it follows from the conditions (`restoreTerrain`).
 */

/** The planes of the creatures' bytes: a field, and how far it is shifted. Colours have 24 bits. */
const CREATURE_PLANES = [
  ['size', 0],
  ['traits', 0],
  ['health', 0],
  ['health', 8],
  ['birth', 0],
  ['birth', 8],
  ['colour', 0],
  ['colour', 8],
  ['colour', 16],
  ['lineage', 0],
  ['lineage', 8],
  ['lineage', 16],
] as const;

/** How many bits each byte has set. */
const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits++;
  return bits;
});

const BAND_CELLS = 2 ** 18;

/**
 * How many rows of a shard are packed together: a band. The last one of a shard may have fewer.
 *
 * @param shardSize cells a side of a shard.
 */
export const bandRows = (shardSize: number): number =>
  Math.max(1, Math.floor(BAND_CELLS / shardSize));

/** A band of a raster or of a block as a raster of its own, which has the same cells in it. */
export function bandOf(raster: CellRaster, firstRow: number, height: number): CellRaster {
  const { width, halo, stride } = raster;
  const rows = height + 2 * halo;
  const cut = <T extends Uint8Array | Uint16Array | Uint32Array>(field: T): T =>
    field.subarray(firstRow * stride, (firstRow + rows) * stride) as T;
  return {
    ...{ width, height, halo, stride, rows },
    ...(raster.fields !== undefined && { fields: raster.fields }),
    food: cut(raster.food),
    size: cut(raster.size),
    traits: cut(raster.traits),
    health: cut(raster.health),
    birth: cut(raster.birth),
    colour: cut(raster.colour),
    lineage: cut(raster.lineage),
  };
}

/** The bytes of so many cells, `population` of them with creatures. */
export const packedBytes = (cells: number, population: number): number =>
  2 * cells + Math.ceil(cells / 8) + CREATURE_PLANES.length * population;

/** Packs the interior of a raster that has all fields. */
export function packCells(raster: CellRaster): Uint8Array {
  const { food, size } = raster;
  const cells = interiorOf(raster);
  const living = cells.filter((i) => size[i] !== 0);
  const bytes = new Uint8Array(packedBytes(cells.length, living.length));
  let at = 0;
  for (const shift of [0, 8]) {
    for (const i of cells) bytes[at++] = food[i]! >> shift;
  }
  cells.forEach((i, n) => {
    if (size[i] !== 0) bytes[at + (n >> 3)]! |= 1 << (n & 7);
  });
  at += Math.ceil(cells.length / 8);
  for (const [field, shift] of CREATURE_PLANES) {
    for (const i of living) bytes[at++] = raster[field][i]! >> shift;
  }
  return bytes;
}

/**
 * Writes packed cells into the interior of a raster that has all fields. Where nobody lives, the fields
 * of a creature become 0.
 *
 * @throws RangeError if the bytes are not what `packCells` makes of a raster of this size.
 */
export function unpackCells(bytes: Uint8Array, raster: CellRaster): void {
  const cells = interiorOf(raster);
  assertPacked(bytes, cells.length);
  cells.forEach((i, n) => {
    raster.food[i] = bytes[n]! | (bytes[cells.length + n]! << 8);
    for (const [field] of CREATURE_PLANES) raster[field][i] = 0;
  });
  const bits = 2 * cells.length;
  const living = cells.filter((_, n) => ((bytes[bits + (n >> 3)]! >> (n & 7)) & 1) === 1);
  let at = packedBytes(cells.length, 0);
  for (const [field, shift] of CREATURE_PLANES) {
    for (const i of living) raster[field][i]! |= bytes[at++]! << shift;
  }
}

/**
 * Asserts that bytes can be unpacked.
 *
 * @param cells how many there should be.
 * @returns how many have creatures.
 * @throws RangeError if the bytes are not what `packCells` makes of so many cells.
 */
export function assertPacked(bytes: Uint8Array, cells: number): number {
  const bitsEnd = packedBytes(cells, 0);
  if (bytes.length < bitsEnd) {
    throw new RangeError(`${bytes.length} bytes are too few for ${cells} packed cells`);
  }
  const unused = 8 * Math.ceil(cells / 8) - cells;
  if (unused > 0 && bytes[bitsEnd - 1]! >> (8 - unused) !== 0) {
    throw new RangeError(`packed cells have creatures beyond the last of ${cells} cells`);
  }
  let population = 0;
  for (let i = 2 * cells; i < bitsEnd; i++) population += BITS_SET[bytes[i]!]!;
  const expected = packedBytes(cells, population);
  if (bytes.length !== expected) {
    throw new RangeError(
      `${bytes.length} bytes of packed cells, expected ${expected}: ${cells} with ${population} creatures`,
    );
  }
  const traits = bitsEnd + population;
  if (bytes.subarray(bitsEnd, traits).includes(0)) {
    throw new RangeError('packed cells have a creature of size 0');
  }
  for (let i = traits; i < traits + population; i++) {
    if (bytes[i]! > (CAN_KILL | CAN_MOVE)) {
      throw new RangeError(`packed cells have a creature with the traits ${bytes[i]}`);
    }
  }
  return population;
}

/** The indexes of the cells without the margin, row after row. */
function interiorOf(raster: CellRaster): Uint32Array {
  const { width, height, fields = 'all' } = raster;
  if (fields !== 'all') throw new RangeError(`cells with only the ${fields} cannot be packed`);
  return Uint32Array.from({ length: width * height }, (_, n) =>
    cellIndex(raster, n % width, Math.floor(n / width)),
  );
}
