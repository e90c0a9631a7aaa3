import { ColonyError } from '../common/errors.ts';

/** The most cells that are read at once. */
export const CELLS_READ_MAX = 4_096;

/**
 * A backend's answer to readCells: those cells of a rectangle that are in its shards. Little-endian:
 *
 *     0   u32  magic "DCCL"
 *     4   u32  format version (1)
 *     8   u32  least tick of the shards
 *     12  u32  greatest tick
 *     16  u32  number of cells, n
 *     20  u32  n × each of `CELL_COLUMNS`, one column after the other
 */
const HEADER_BYTES = 20;
const MAGIC = 0x4c43_4344;
const VERSION = 1;

/** What is told of a cell; of a blank one all that is a creature's is 0. */
export const CELL_COLUMNS = [
  'food',
  'extraFood',
  'size',
  'traits',
  'health',
  'ageTicks',
  'colour',
  'lineage',
] as const;
export type CellColumn = (typeof CELL_COLUMNS)[number];

/** The place of each cell in the rectangle, row by row, and what it has. */
const PLACED_COLUMNS = ['place', ...CELL_COLUMNS] as const;
export type PlacedCells = Record<(typeof PLACED_COLUMNS)[number], Uint32Array>;

export interface CellsPart {
  minTick: number;
  maxTick: number;
  cells: PlacedCells;
}

/** Columns of so many cells, all 0. */
export const placedCells = (count: number): PlacedCells =>
  Object.fromEntries(PLACED_COLUMNS.map((name) => [name, new Uint32Array(count)])) as PlacedCells;

export function encodeCells({ minTick, maxTick, cells }: CellsPart): Uint8Array {
  const count = cells.place.length;
  const words = new Uint32Array(HEADER_BYTES / 4 + PLACED_COLUMNS.length * count);
  words.set([MAGIC, VERSION, minTick, maxTick, count]);
  for (const [i, name] of PLACED_COLUMNS.entries()) {
    words.set(cells[name], HEADER_BYTES / 4 + i * count);
  }
  return new Uint8Array(words.buffer);
}

/**
 * Decodes what `encodeCells` wrote.
 *
 * @param asked how many cells the rectangle has: each has a place below it.
 * @throws BAD_REQUEST naming actual and expected.
 */
export function decodeCells(bytes: Uint8Array, asked: number): CellsPart {
  const bad = (what: string) => new ColonyError('BAD_REQUEST', `cells: ${what}`);
  if (bytes.byteLength < HEADER_BYTES) throw bad(`${bytes.byteLength} bytes are too few`);
  const aligned = bytes.slice(0, bytes.byteLength - (bytes.byteLength % 4));
  const words = new Uint32Array(aligned.buffer);
  const [magic, version, minTick, maxTick, count] = words as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (magic !== MAGIC) throw bad('the magic number is wrong');
  if (version !== VERSION) throw bad(`format version ${version}, expected ${VERSION}`);
  const expected = HEADER_BYTES + 4 * PLACED_COLUMNS.length * count;
  if (bytes.byteLength !== expected) throw bad(`${bytes.byteLength} bytes, expected ${expected}`);
  const columnOf = (i: number) =>
    words.subarray(HEADER_BYTES / 4 + i * count, HEADER_BYTES / 4 + (i + 1) * count);
  const cells = Object.fromEntries(
    PLACED_COLUMNS.map((name, i) => [name, columnOf(i)]),
  ) as PlacedCells;
  const beyond = cells.place.find((place) => place >= asked);
  if (beyond !== undefined) throw bad(`place ${beyond} of ${asked}`);
  return { minTick, maxTick, cells };
}
