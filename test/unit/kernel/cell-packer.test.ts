import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellPacker } from '../../../services/kernel/packing/cell-packer.ts';
import { type CellBlock, createCellBlock } from '../../../services/world/cells/cell-block.ts';
import { CELL_FIELDS } from '../../../services/world/cells/cell-fields.ts';
import { parcelBytes, viewParcel } from '../../../services/world/cells/cell-parcel.ts';
import { bandOf, packCells, unpackCells } from '../../../services/world/cells/packed-cells.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { scatter, seeds, stream } from '../world/worlds.ts';

const CELLS_MAX = 70 * 40;
const packer = new CellPacker(kernelModule, CELLS_MAX);

const shapes = fc.record({
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 40 }),
  halo: fc.constantFrom(0, 0, 1, 3),
});

/** How many cells of ten have creatures, and how many creatures of ten are of another kind than before. */
const crowds = fc.record({ density: fc.integer({ min: 0, max: 10 }), variety: fc.nat(10) });

type Shape = { width: number; height: number; halo: number };

const emptyBlock = (shape: Shape): CellBlock =>
  createCellBlock({ x: 0, y: 0, ...shape, worldWidth: 100, worldHeight: 100 });

/** Anything in every field, but kin side by side; where nobody lives, the fields are stale. */
function crowdedBlock(shape: Shape, seed: number, crowd: { density: number; variety: number }) {
  const block = emptyBlock(shape);
  scatter(block, seed, DEFAULT_RULES);
  const draw = stream(seed + 1);
  let kin = 0;
  for (let i = 0; i < block.size.length; i++) {
    if (draw(10) >= crowd.density) {
      block.size[i] = 0;
      continue;
    }
    if (draw(10) < crowd.variety) kin = i;
    // One of the four may differ alone.
    const mutant = draw(3) === 0 ? draw(4) : 4;
    block.size[i] = mutant === 0 ? 1 + draw(255) : 1 + (kin % 255);
    block.traits[i] = mutant === 1 ? draw(4) : kin % 4;
    block.colour[i] = mutant === 2 ? draw(0x1000000) : kin * 4097;
    block.lineage[i] = mutant === 3 ? draw(0x1000000) : kin * 257;
  }
  return block;
}

/** The fields in which two blocks differ, anywhere. */
const differing = (a: CellBlock, b: CellBlock) =>
  CELL_FIELDS.all.map(([field]) => field).filter((field) => !isSame(a[field], b[field]));

const isSame = (a: ArrayBufferView, b: ArrayBufferView): boolean => bytesOf(a).equals(bytesOf(b));

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer, byteOffset, byteLength);

describe('the compiled packer', () => {
  it('packs as services/world does, byte for byte', () => {
    fc.assert(
      fc.property(shapes, seeds, crowds, (shape, seed, crowd) => {
        const block = crowdedBlock(shape, seed, crowd);
        expect(isSame(packer.pack(block), packCells(block))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('unpacks as services/world does, and leaves the margin', () => {
    fc.assert(
      fc.property(shapes, seeds, crowds, (shape, seed, crowd) => {
        const bytes = packCells(crowdedBlock(shape, seed, crowd));
        const [expected, actual] = [0, 1].map(() => crowdedBlock(shape, seed + 1, crowd));
        unpackCells(bytes, expected!);
        packer.unpack(bytes, actual!);
        expect(differing(actual!, expected!)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('unpacks what it packed, however full the rows are', () => {
    for (const density of [0, 1, 10]) {
      for (let cells = 1; cells <= 66; cells++) {
        const shape = { width: cells, height: 1, halo: 0 };
        const block = crowdedBlock(shape, cells, { density, variety: 3 });
        const copy = emptyBlock(shape);
        packer.unpack(packer.pack(block).slice(), copy);
        expect(isSame(packCells(copy), packCells(block))).toBe(true);
      }
    }
  });

  it('keeps nothing of what it packed before', () => {
    const full = crowdedBlock({ width: 70, height: 40, halo: 0 }, 1, { density: 10, variety: 10 });
    const small = crowdedBlock({ width: 5, height: 3, halo: 0 }, 2, { density: 6, variety: 5 });
    packer.pack(full);
    expect(isSame(packer.pack(small), packCells(small))).toBe(true);
  });

  it('takes parcels and bands of blocks', () => {
    const shape = { width: 33, height: 20, halo: 3 };
    const block = crowdedBlock(shape, 7, { density: 5, variety: 2 });
    const copy = emptyBlock(shape);
    const plans = [
      { width: 3, height: 3 },
      { width: 33, height: 8 },
    ];
    const [, parcelled] = viewParcel(new SharedArrayBuffer(parcelBytes(plans)), 0, plans).rasters;
    for (const [first, rows] of [
      [0, 12],
      [12, 8],
    ] as const) {
      const bytes = packer.pack(bandOf(block, first, rows)).slice();
      expect(bytes).toEqual(packCells(bandOf(block, first, rows)));
      packer.unpack(bytes, bandOf(copy, first, rows));
      if (rows !== 8) continue;
      packer.unpack(bytes, parcelled!);
      expect(isSame(packer.pack(parcelled!), bytes)).toBe(true);
    }
    expect(packCells(copy)).toEqual(packCells(block));
  });

  it('refuses more cells than it has room for, and rasters that lack fields', () => {
    const large = emptyBlock({ width: CELLS_MAX + 1, height: 1, halo: 0 });
    const plans = [{ width: 2, height: 2, fields: 'state' }] as const;
    const [partial] = viewParcel(new ArrayBuffer(parcelBytes(plans)), 0, plans).rasters;
    for (const call of [() => packer.pack(large), () => packer.unpack(packCells(large), large)]) {
      expect(call).toThrow(/2801 x 1 cells, there is room for 2800/);
    }
    expect(() => packer.pack(partial!)).toThrow('only the state');
    expect(() => packer.unpack(new Uint8Array(9), partial!)).toThrow('only the state');
  });

  it('refuses bytes that are no packed cells, and writes nothing', () => {
    const shape = { width: 9, height: 4, halo: 1 };
    const block = crowdedBlock(shape, 3, { density: 5, variety: 5 });
    const bytes = packCells(block);
    const target = emptyBlock(shape);
    expect(() => packer.unpack(bytes.slice(1), target)).toThrow(RangeError);
    expect(() => packer.unpack(bytes.slice(0, -1), target)).toThrow(/are no 36 packed cells/);
    expect(differing(target, emptyBlock(shape))).toEqual([]);
  });
});
