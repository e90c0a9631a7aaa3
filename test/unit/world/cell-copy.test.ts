import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../services/world/cell-block.ts';
import { type CellCopy, copyCells } from '../../../services/world/cell-copy.ts';
import { viewParcel } from '../../../services/world/cell-parcel.ts';
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

describe('a copy of cells', () => {
  it('copies any rectangle, all fields but extraFood, and nothing else', () => {
    fc.assert(
      fc.property(rectangles, seeds, ({ x, y, width, height }, seed) => {
        const source = scattered(seed);
        const target = scattered(seed + 1);
        const before = scattered(seed + 1);
        const at = { sourceX: x, sourceY: y, targetX: x, targetY: y };
        copyCells({ source, target, ...at, width, height });
        for (let row = -3; row < 19; row++) {
          for (let column = -3; column < 23; column++) {
            const i = cellIndex(target, column, row);
            const isInside = column >= x && column < x + width && row >= y && row < y + height;
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

  it('goes by way of a parcel as it goes directly', () => {
    fc.assert(
      fc.property(rectangles, seeds, ({ x, y, width, height }, seed) => {
        const source = scattered(seed);
        const copied = scattered(seed + 1);
        const carried = scattered(seed + 1);
        const size = { width, height };
        const [raster] = viewParcel(new ArrayBuffer(width * height * 16), 0, [size]).rasters;
        const from = { source, sourceX: x, sourceY: y };
        const to = { targetX: x, targetY: y };
        copyCells({ ...from, target: copied, ...to, ...size });
        copyCells({ ...from, target: raster!, targetX: 0, targetY: 0, ...size });
        copyCells({ source: raster!, sourceX: 0, sourceY: 0, target: carried, ...to, ...size });
        for (const field of FIELDS) expect(carried[field]).toEqual(copied[field]);
      }),
      { numRuns: 30 },
    );
  });

  const whole = { sourceX: -3, sourceY: -3, targetX: -3, targetY: -3, width: 26, height: 22 };
  const faults: Partial<CellCopy>[] = [
    { sourceX: -4 },
    { sourceY: -4 },
    { targetX: -2 },
    { targetY: -2 },
    { width: 27 },
    { height: -1 },
    { sourceX: 0.5 },
  ];
  it.each(faults)('is refused with %o, which leaves a block', (fault) => {
    const copy = { source: scattered(1), target: scattered(2), ...whole };
    expect(() => copyCells(copy)).not.toThrow();
    expect(() => copyCells({ ...copy, ...fault })).toThrow(/block of 20x16 with a margin of 3/);
  });
});
