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
  packedBytes,
  unpackCells,
} from '../../../../services/world/cells/packed-cells.ts';
import { digestOf } from '../../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { scatter, seeds } from '../worlds.ts';

const CREATURE = ['size', 'traits', 'health', 'birth', 'colour', 'lineage'] as const;

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

describe('packed cells', () => {
  it('are unpacked to the same state, with nothing where nobody lives', () => {
    fc.assert(
      fc.property(shapes, seeds, ({ halo, ...size }, seed) => {
        const block = blockOf({ ...size, halo });
        scatter(block, seed, DEFAULT_RULES);
        const target = blockOf({ ...size, halo: 2 });
        scatter(target, seed + 1, DEFAULT_RULES);
        const before = structuredClone(target);
        unpackCells(packCells(block), target);
        target.extraFood.set(before.extraFood);
        for (let row = -2; row < size.height + 2; row++) {
          for (let column = -2; column < size.width + 2; column++) {
            const i = cellIndex(target, column, row);
            const isInside = row >= 0 && row < size.height && column >= 0 && column < size.width;
            const from = isInside ? cellIndex(block, column, row) : i;
            const source = isInside ? block : before;
            const isDead = isInside && block.size[from] === 0;
            expect(target.food[i]).toBe(source.food[from]);
            for (const field of CREATURE) {
              expect(target[field][i]).toBe(isDead ? 0 : source[field][from]);
            }
          }
        }
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
        expect(packCells(block)).toEqual(bytes);
        const alive = block.size.reduce((sum, size, i) => {
          const row = Math.floor(i / block.stride) - block.halo;
          const column = (i % block.stride) - block.halo;
          const isInside = row >= 0 && row < block.height && column >= 0 && column < block.width;
          return sum + (isInside && size > 0 ? 1 : 0);
        }, 0);
        expect(bytes.length).toBe(packedBytes(shape.width * shape.height, alive));
      }),
      { numRuns: 40 },
    );
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
  // 3 x 3 cells, two of them with creatures.
  const block = blockOf({ width: 3, height: 3, halo: 0 });
  block.food.fill(300);
  for (const i of [1, 8]) block.size[i] = 5;
  const good = packCells(block);
  const bits = 18;

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['too short for the cells', (bytes) => bytes.slice(0, 19), /19 bytes are too few for 9/],
    ['cut', (bytes) => bytes.slice(0, -1), /43 bytes .* expected 44: 9 with 2 creatures/],
    ['too long', (bytes) => Uint8Array.of(...bytes, 0), /45 bytes .* expected 44/],
    ['with a creature more', (bytes) => bytes.with(bits, 6), /44 bytes .* expected 56/],
    [
      'with a creature beyond the cells',
      (bytes) => bytes.with(bits + 1, 3),
      /beyond the last of 9/,
    ],
    ['with a creature of no size', (bytes) => bytes.with(bits + 3, 0), /of size 0/],
    ['with traits that do not exist', (bytes) => bytes.with(bits + 5, 4), /the traits 4/],
  ])('%s are refused, and nothing is written', (_name, spoilt, reason) => {
    const target = blockOf({ width: 3, height: 3, halo: 0 });
    expect(() => unpackCells(spoilt(good), target)).toThrow(RangeError);
    expect(() => unpackCells(spoilt(good), target)).toThrow(reason);
    expect(target).toEqual(blockOf({ width: 3, height: 3, halo: 0 }));
    unpackCells(good, target);
    expect([...target.size]).toEqual([0, 5, 0, 0, 0, 0, 0, 0, 5]);
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
