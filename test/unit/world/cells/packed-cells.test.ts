import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CellRaster,
  cellIndex,
  createCellBlock,
} from '../../../../services/world/cells/cell-block.ts';
import { parcelBytes, viewParcel } from '../../../../services/world/cells/cell-parcel.ts';
import {
  bandOf,
  bandRows,
  packCells,
  packedBytesMax,
  packedParts,
  unpackCells,
} from '../../../../services/world/cells/packed-cells.ts';
import { digestOf } from '../../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { scatter, seeds } from '../worlds.ts';

const CREATURE = ['size', 'traits', 'health', 'birth', 'colour', 'lineage'] as const;
type Field = 'food' | (typeof CREATURE)[number];

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 20 }),
  halo: fc.integer({ min: 0, max: 4 }),
});

const blockOf = (shape: { width: number; height: number; halo: number }) =>
  createCellBlock({ x: 0, y: 0, ...shape, worldWidth: 100, worldHeight: 100 });

/** Changes what is not part of the state: margins, and creatures' fields where nobody lives. */
function spoil(raster: CellRaster, seed: number): void {
  const noise = createCellBlock({ ...raster, x: 0, y: 0, worldWidth: 100, worldHeight: 100 });
  scatter(noise, seed, DEFAULT_RULES);
  const inside = new Set<number>();
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      inside.add(cellIndex(raster, column, row));
    }
  }
  for (let i = 0; i < raster.food.length; i++) {
    const isDead = raster.size[i] === 0;
    if (!inside.has(i)) raster.food[i] = noise.food[i]!;
    for (const field of CREATURE) {
      const isStale = isDead && field !== 'size';
      if (!inside.has(i) || isStale) raster[field][i] = noise[field][i]!;
    }
  }
}

/** The cells of the interior as rows of a table, with 0s where nobody lives. */
function stateOf(raster: CellRaster): number[][] {
  const cells: number[][] = [];
  for (let row = 0; row < raster.height; row++) {
    for (let column = 0; column < raster.width; column++) {
      const i = cellIndex(raster, column, row);
      const isAlive = raster.size[i] !== 0;
      cells.push([raster.food[i]!, ...CREATURE.map((field) => (isAlive ? raster[field][i]! : 0))]);
    }
  }
  return cells;
}

/** All fields of all cells, margin included. */
const rawOf = (raster: CellRaster) =>
  [...raster.food].map((food, i) => [food, ...CREATURE.map((field) => raster[field][i]!)]);

describe('packed cells', () => {
  it('are unpacked to the same state, with 0s where nobody lives, and the margin is left', () => {
    fc.assert(
      fc.property(shapes, seeds, ({ halo, ...size }, seed) => {
        const block = blockOf({ ...size, halo });
        scatter(block, seed, DEFAULT_RULES);
        const target = blockOf({ ...size, halo: 2 });
        scatter(target, seed + 1, DEFAULT_RULES);
        const expected = rawOf(target);
        const state = stateOf(block);
        for (let n = 0; n < state.length; n++) {
          const i = cellIndex(target, n % size.width, Math.floor(n / size.width));
          expected[i] = state[n]!;
        }
        unpackCells(packCells(block), target);
        expect(String(rawOf(target))).toBe(String(expected));
      }),
      { numRuns: 40 },
    );
  });

  it('are the same bytes for the same state, whatever stands in stale fields and margins', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const block = blockOf(shape);
        scatter(block, seed, DEFAULT_RULES);
        const bytes = packCells(block);
        const digest = digestOf(block);
        spoil(block, seed + 1);
        expect(digestOf(block)).toBe(digest);
        expect(Buffer.compare(packCells(block), bytes)).toBe(0);
        expect(bytes.length).toBeLessThanOrEqual(packedBytesMax(shape.width * shape.height));
      }),
      { numRuns: 40 },
    );
  });

  it('are laid out as the module says', () => {
    const block = blockOf({ width: 5, height: 2, halo: 1 });
    const set = (column: number, row: number, fields: Partial<Record<Field, number>>) => {
      for (const [field, value] of Object.entries(fields)) {
        block[field as Field][cellIndex(block, column, row)] = value;
      }
    };
    const kind = { size: 9, traits: 3, colour: 0x112233, lineage: 0x445566 };
    set(0, 0, { food: 0x0102 });
    set(1, 0, { ...kind, health: 0x0304, birth: 0x0506 });
    set(4, 0, { ...kind, health: 7, birth: 8 });
    set(3, 1, { ...kind, size: 10, food: 0x0900, health: 0x1000 });
    expect(Buffer.from(packCells(block)).toString('hex')).toBe(
      [
        ...['02000000000000000000', '01000000000000000900'],
        ...['1201', '040700', '030010', '060800', '050000'],
        ...['05', '3322110366554409', '332211036655440a'],
      ].join(''),
    );
  });

  it('that are changed by a byte are refused, or are another state', () => {
    const spoilt = fc.record({ at: fc.nat(), to: fc.nat(255) });
    const sizes = fc.record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 3 }),
    });
    let refused = 0;
    let runs = 0;
    fc.assert(
      fc.property(sizes, seeds, spoilt, (size, seed, { at, to }) => {
        const block = blockOf({ ...size, halo: 0 });
        scatter(block, seed, DEFAULT_RULES);
        const bytes = packCells(block);
        bytes[at % bytes.length] = to;
        runs++;
        try {
          unpackCells(bytes, block);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          refused++;
          return;
        }
        expect(Buffer.compare(packCells(block), bytes)).toBe(0);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(runs);
  });

  it('of a band are those of the rows it is cut from', () => {
    const block = blockOf({ width: 13, height: 10, halo: 3 });
    scatter(block, 5, DEFAULT_RULES);
    const copy = blockOf({ width: 13, height: 10, halo: 3 });
    for (const [first, rows] of [
      [0, 4],
      [4, 4],
      [8, 2],
    ] as const) {
      unpackCells(packCells(bandOf(block, first, rows)), bandOf(copy, first, rows));
    }
    copy.extraFood.set(block.extraFood);
    expect(digestOf(copy)).toBe(digestOf(block));
  });

  it('cannot be made of cells that lack fields', () => {
    const plans = [{ width: 2, height: 2, fields: 'state' }] as const;
    const [raster] = viewParcel(new ArrayBuffer(parcelBytes(plans)), 0, plans).rasters;
    expect(() => packCells(raster!)).toThrow('only the state');
    expect(() => unpackCells(new Uint8Array(9), raster!)).toThrow('only the state');
  });
});

describe('bytes that are no packed cells', () => {
  // 3 x 3 cells, two of them with creatures of two kinds.
  const block = blockOf({ width: 3, height: 3, halo: 0 });
  for (const i of [1, 8]) block.size[i] = i;
  const good = packCells(block);
  const { lives, isOther, kinds } = packedParts({ cells: 9, population: 2, kinds: 2 });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['cut before the bits', (bytes) => bytes.slice(0, 19), /19 bytes .* they are cut/],
    ['cut before the kinds', (bytes) => bytes.slice(0, isOther), /they are cut/],
    ['cut at the end', (bytes) => bytes.slice(0, -1), /they should be 45/],
    ['too long', (bytes) => Uint8Array.of(...bytes, 0), /they should be 45/],
    ['with a creature more', (bytes) => bytes.with(lives, 6), /bytes are no 9 packed cells/],
    ['with a cell too many', (bytes) => bytes.with(lives + 1, 3), /beyond the last of 9/],
    ['with a kind too many', (bytes) => bytes.with(isOther, 7), /beyond the last of 2/],
    ['with a kind less', (bytes) => bytes.with(isOther, 1), /they should be 37/],
    ['without a first kind', (bytes) => bytes.with(isOther, 2).slice(0, -8), /first .* no kind/],
    ['with no size', (bytes) => bytes.with(kinds + 15, 0), /the size 0/],
    ['with unknown traits', (bytes) => bytes.with(kinds + 3, 4), /the traits 4/],
    ['with one kind twice', (bytes) => bytes.with(kinds + 15, 1), /twice in a row/],
  ])('%s are refused, and nothing is written', (_name, spoilt, reason) => {
    const target = blockOf({ width: 3, height: 3, halo: 0 });
    expect(() => unpackCells(spoilt(good), target)).toThrow(RangeError);
    expect(() => unpackCells(spoilt(good), target)).toThrow(reason);
    expect(target).toEqual(blockOf({ width: 3, height: 3, halo: 0 }));
    unpackCells(good, target);
    expect([...target.size]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 8]);
  });
});

describe('a band', () => {
  it.each([
    [1, 262_144],
    [250, 1048],
    [512, 512],
    [10_000, 26],
    [300_000, 1],
  ])('of shards of %i cells a side has %i rows', (shardSize, rows) => {
    expect(bandRows(shardSize)).toBe(rows);
  });
});
