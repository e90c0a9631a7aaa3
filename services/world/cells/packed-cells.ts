import { CAN_KILL, CAN_MOVE, type CellRaster, cellIndex } from './cell-block.ts';

/*
 * Cells as a checkpoint stores them: the state and nothing else, so that the same state is always the same
 * bytes. Where nobody lives there is nothing of a creature, and terrain follows from the conditions
 * (`restoreTerrain`). Parts lie one behind the other, cells go row after row, creatures as their cells do:
 *
 *     food │ food >> 8          1 byte for each cell
 *     lives                     1 bit for each cell, set where somebody lives
 *     health │ health >> 8      1 byte for each creature, likewise birth │ birth >> 8
 *     isOther                   1 bit for each creature, set if its kind is not that of the one before
 *     kinds                     8 bytes for each bit set there: two little-endian words,
 *                                 colour │ traits << 24   and   lineage │ size << 24
 *
 * The lowest bit of a byte comes first; what is left of the last byte is 0. A kind is all that a child
 * inherits. Neighbours are mostly kin, so that only one creature in three or four needs it.
 *
 * Chosen by measurement: bytes for each cell in a world of 500 x 500 of the default rules, seed 1, at ticks
 * 200, 1,000 and 20,000, where 63, 71 and 61 % of the cells have creatures; a cell in memory has 17.
 *
 *                                            packed             deflate-raw 1        zstd 1
 *     all fields as they are, 16 bytes       16.0 16.0 16.0     3.72 3.88 3.66     3.40 3.63 3.45
 *     creatures' fields where they live      10.9 12.1 10.6     2.88 3.19 2.82     2.70 3.07 2.71
 *     … in planes of bytes                    9.7 10.7  9.4     2.91 3.27 2.78     2.81 3.25 2.71
 *     … colour and lineage where they change  6.9  7.8  6.6     2.31 2.57 2.38     2.19 2.49 2.29
 *     … kinds where they change: this         6.1  7.1  5.9     2.07 2.30 2.20     1.97 2.24 2.10
 *
 * Less to compress also takes less time, which is most of what a checkpoint costs. What remains are mostly
 * the lower bytes of food, health and birth. Kinds in planes (2.36 at tick 200), colours as differences
 * (2.95 for all) and two-byte fields that are not split in planes (2.54) are larger.
 */

/** A creature's own fields by the byte: which, and how far it is shifted. */
const OWN_PLANES = [
  ['health', 0],
  ['health', 8],
  ['birth', 0],
  ['birth', 8],
] as const;

const KIND_BYTES = 8;

const COLOUR_MASK = 0xffffff;
const TRAITS_MAX = CAN_KILL | CAN_MOVE;

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

/** How many of what there are in packed cells. */
export interface PackedCounts {
  readonly cells: number;
  readonly population: number;
  /** Creatures whose kind is not that of the one before. */
  readonly kinds: number;
}

/** Where the parts of packed cells begin, in bytes; food is at 0. */
export function packedParts({ cells, population, kinds }: PackedCounts) {
  const lives = 2 * cells;
  const own = lives + bitBytes(cells);
  const isOther = own + OWN_PLANES.length * population;
  const kindsStart = isOther + bitBytes(population);
  return { lives, own, isOther, kinds: kindsStart, end: kindsStart + KIND_BYTES * kinds };
}

const bitBytes = (bits: number): number => Math.ceil(bits / 8);

/** The most bytes that so many cells take. */
export const packedBytesMax = (cells: number): number =>
  packedParts({ cells, population: cells, kinds: cells }).end;

/**
 * Packs the interior of a raster that has all fields.
 *
 * @throws RangeError if it lacks some.
 */
export function packCells(raster: CellRaster): Uint8Array {
  const { food, size, traits, colour, lineage } = raster;
  const cells = interiorOf(raster);
  const living = cells.filter((i) => size[i] !== 0);
  const looks = Array.from(living, (i) => (colour[i]! & COLOUR_MASK) | (traits[i]! << 24));
  const bodies = Array.from(living, (i) => (lineage[i]! & COLOUR_MASK) | (size[i]! << 24));
  const isOther = looks.map((look, n) => look !== looks[n - 1] || bodies[n] !== bodies[n - 1]);
  const counts = { cells: cells.length, population: living.length };
  const parts = packedParts({ ...counts, kinds: isOther.filter(Boolean).length });

  const bytes = new Uint8Array(parts.end);
  cells.forEach((i, n) => {
    bytes[n] = food[i]!;
    bytes[cells.length + n] = food[i]! >> 8;
    if (size[i] !== 0) setBit(bytes, parts.lives, n);
  });
  OWN_PLANES.forEach(([field, shift], plane) => {
    const start = parts.own + plane * living.length;
    living.forEach((i, n) => {
      bytes[start + n] = raster[field][i]! >> shift;
    });
  });
  const words = new DataView(bytes.buffer);
  let at = parts.kinds;
  isOther.forEach((isIt, n) => {
    if (!isIt) return;
    setBit(bytes, parts.isOther, n);
    words.setInt32(at, looks[n]!, true);
    words.setInt32(at + 4, bodies[n]!, true);
    at += KIND_BYTES;
  });
  return bytes;
}

/**
 * Writes packed cells into the interior of a raster that has all fields. Where nobody lives, the fields
 * of a creature become 0.
 *
 * @throws RangeError if it lacks some, or the bytes are not what `packCells` makes of a raster of this size.
 */
export function unpackCells(bytes: Uint8Array, raster: CellRaster): void {
  const { food, size, traits, health, birth, colour, lineage } = raster;
  const cells = interiorOf(raster);
  const counts = countPacked(bytes, cells.length);
  const { population } = counts;
  const parts = packedParts(counts);
  const words = wordsOf(bytes);
  const own = (plane: number, n: number): number => bytes[parts.own + plane * population + n]!;
  let creature = 0;
  let kind = parts.kinds - KIND_BYTES;
  cells.forEach((i, n) => {
    food[i] = bytes[n]! | (bytes[cells.length + n]! << 8);
    const isAlive = hasBit(bytes, parts.lives, n);
    if (isAlive && hasBit(bytes, parts.isOther, creature)) kind += KIND_BYTES;
    const look = isAlive ? words.getUint32(kind, true) : 0;
    const body = isAlive ? words.getUint32(kind + 4, true) : 0;
    health[i] = isAlive ? own(0, creature) | (own(1, creature) << 8) : 0;
    birth[i] = isAlive ? own(2, creature) | (own(3, creature) << 8) : 0;
    colour[i] = look & COLOUR_MASK;
    traits[i] = look >>> 24;
    lineage[i] = body & COLOUR_MASK;
    size[i] = body >>> 24;
    if (isAlive) creature++;
  });
}

/**
 * Counts what is in packed cells, and asserts that they are as `packCells` makes them: then all parts are
 * where `packedParts` says.
 *
 * @param cells how many there should be.
 * @throws RangeError if they are not, which says what is wrong.
 */
export function countPacked(bytes: Uint8Array, cells: number): PackedCounts {
  const wrong = (what: string): RangeError =>
    new RangeError(`${bytes.length} bytes are no ${cells} packed cells: ${what}`);
  const countBits = (start: number, bits: number): number => {
    const end = start + bitBytes(bits);
    if (bytes.length < end) throw wrong('they are cut');
    if (bits % 8 !== 0 && bytes[end - 1]! >> (bits % 8) !== 0) {
      throw wrong(`a bit is set beyond the last of ${bits}`);
    }
    let count = 0;
    for (let at = start; at < end; at++) count += BITS_SET[bytes[at]!]!;
    return count;
  };
  const { lives } = packedParts({ cells, population: 0, kinds: 0 });
  const population = countBits(lives, cells);
  const { isOther } = packedParts({ cells, population, kinds: 0 });
  const kinds = countBits(isOther, population);
  const parts = packedParts({ cells, population, kinds });
  if (bytes.length !== parts.end) throw wrong(`they should be ${parts.end}`);
  if (population > 0 && !hasBit(bytes, isOther, 0)) throw wrong('the first creature has no kind');
  const words = wordsOf(bytes);
  let [look, body] = [0, 0];
  for (let at = parts.kinds; at < parts.end; at += KIND_BYTES) {
    const [lookBefore, bodyBefore] = [look, body];
    look = words.getUint32(at, true);
    body = words.getUint32(at + 4, true);
    if (body >>> 24 === 0) throw wrong('a creature has the size 0');
    if (look >>> 24 > TRAITS_MAX) throw wrong(`a creature has the traits ${look >>> 24}`);
    if (look === lookBefore && body === bodyBefore) throw wrong('a kind comes twice in a row');
  }
  return { cells, population, kinds };
}

/** How many bits each byte has set. */
const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) bits++;
  return bits;
});

const hasBit = (bytes: Uint8Array, start: number, n: number): boolean =>
  ((bytes[start + (n >> 3)]! >> (n & 7)) & 1) === 1;

function setBit(bytes: Uint8Array, start: number, n: number): void {
  bytes[start + (n >> 3)]! |= 1 << (n & 7);
}

const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** The indexes of the cells without the margin, row after row. */
function interiorOf(raster: CellRaster): Uint32Array {
  const { width, height, fields = 'all' } = raster;
  if (fields !== 'all') throw new RangeError(`cells with only the ${fields} cannot be packed`);
  return Uint32Array.from({ length: width * height }, (_, n) =>
    cellIndex(raster, n % width, Math.floor(n / width)),
  );
}
