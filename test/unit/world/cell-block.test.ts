import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellIndex,
  copyCells,
  createCellBlock,
  HALO_CELL_BYTES,
  packCells,
  unpackCells,
  wrap,
} from '../../../services/world/cell-block.ts';
import { DEFAULT_RULES } from '../../../services/world/rules.ts';
import { FIELDS, scatter, seeds, wholeBlock } from './worlds.ts';

const CARRIED = FIELDS.filter((field) => field !== 'extraFood');

function scattered(seed: number) {
  const block = wholeBlock(20, 16, 3);
  scatter(block, seed, DEFAULT_RULES);
  return block;
}

/** A rectangle in a block of 20 × 16 with a margin of 3, in local coordinates. */
const rectangles = fc
  .record({ x: fc.integer({ min: -3, max: 22 }), y: fc.integer({ min: -3, max: 18 }) })
  .chain(({ x, y }) =>
    fc.record({
      x: fc.constant(x),
      y: fc.constant(y),
      width: fc.integer({ min: 0, max: 23 - x }),
      height: fc.integer({ min: 0, max: 19 - y }),
    }),
  );

describe('a cell block', () => {
  it('finds the interior behind its margin', () => {
    const block = createCellBlock({
      x: 40,
      y: 20,
      width: 20,
      height: 10,
      halo: 3,
      worldWidth: 80,
      worldHeight: 40,
    });
    expect([block.stride, block.rows, block.food.length]).toEqual([26, 16, 416]);
    expect(cellIndex(block, 0, 0)).toBe(3 * 26 + 3);
    expect(cellIndex(block, -3, -3)).toBe(0);
    expect(cellIndex(block, 22, 12)).toBe(415);
  });

  it('wraps coordinates round the torus, however far they are', () => {
    expect([-33, -1, 0, 15, 16, 49].map((x) => wrap(x, 16))).toEqual([15, 15, 0, 15, 0, 1]);
  });

  it('copies any rectangle of cells, all fields but extraFood, and nothing else', () => {
    fc.assert(
      fc.property(rectangles, seeds, (rect, seed) => {
        const source = scattered(seed);
        const target = scattered(seed + 1);
        const before = scattered(seed + 1);
        copyCells(source, rect.x, rect.y, target, rect.x, rect.y, rect.width, rect.height);
        for (let row = -3; row < 19; row++) {
          for (let column = -3; column < 23; column++) {
            const i = cellIndex(target, column, row);
            const isInside =
              column >= rect.x &&
              column < rect.x + rect.width &&
              row >= rect.y &&
              row < rect.y + rect.height;
            const from = isInside ? source : before;
            const isRight =
              CARRIED.every((field) => target[field][i] === from[field][i]) &&
              target.extraFood[i] === before.extraFood[i];
            if (!isRight) throw new Error(`cell (${column}, ${row}) is wrong`);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('unpacks what it packed, at any offset, as a copy would have done', () => {
    fc.assert(
      fc.property(rectangles, seeds, fc.nat(40), ({ x, y, width, height }, seed, offset) => {
        const source = scattered(seed);
        const copied = scattered(seed + 1);
        const unpacked = scattered(seed + 1);
        const bytes = new Uint8Array(offset + width * height * HALO_CELL_BYTES);
        expect(packCells(source, x, y, width, height, bytes, offset)).toBe(bytes.length);
        expect(unpackCells(unpacked, x, y, width, height, bytes, offset)).toBe(bytes.length);
        copyCells(source, x, y, copied, x, y, width, height);
        for (const field of FIELDS) expect(unpacked[field]).toEqual(copied[field]);
      }),
      { numRuns: 30 },
    );
  });

  it('packs field after field, little-endian', () => {
    const block = wholeBlock(16, 16, 0);
    for (const [i, colour] of [0x010203, 0xfffefd].entries()) {
      block.food[i] = 0x1122 + i;
      block.size[i] = 0x33 + i;
      block.traits[i] = 2 + i;
      block.health[i] = 0x4455 + i;
      block.birth[i] = 0x6677 + i;
      block.colour[i] = colour;
      block.lineage[i] = 0xaabbcc + i;
    }
    const bytes = new Uint8Array(32);
    packCells(block, 0, 0, 2, 1, bytes, 0);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '22112311' +
        '3334' +
        '0203' +
        '55445644' +
        '77667866' +
        '03020100fdfeff00' +
        'ccbbaa00cdbbaa00',
    );
  });

  it.each([
    [
      'a rectangle that leaves the block',
      () => packCells(scattered(1), -4, 0, 1, 1, new Uint8Array(99), 0),
    ],
    [
      'a rectangle of negative width',
      () => packCells(scattered(1), 0, 0, -1, 1, new Uint8Array(99), 0),
    ],
    [
      'too few bytes to pack into',
      () => packCells(scattered(1), 0, 0, 1, 1, new Uint8Array(16), 1),
    ],
    ['too few bytes to unpack', () => unpackCells(scattered(1), 0, 0, 2, 1, new Uint8Array(31), 0)],
    [
      'a copy that leaves the target',
      () => copyCells(scattered(1), 0, 0, scattered(2), 20, 0, 4, 1),
    ],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(RangeError);
  });
});
