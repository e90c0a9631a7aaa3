import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import { type CellCopy, copyCells } from '../../../../services/world/cells/cell-copy.ts';
import { CELL_FIELDS, type CellFields } from '../../../../services/world/cells/cell-fields.ts';
import { viewParcel } from '../../../../services/world/cells/cell-parcel.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { FIELDS, scatter, seeds, wholeBlock } from '../worlds.ts';

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

  it.each(['state', 'descent'] as const)('can be of %s alone, and leaves the rest', (fields) => {
    const [source, target, before] = [scattered(1), scattered(2), scattered(2)];
    const at = { sourceX: -3, sourceY: -3, targetX: -3, targetY: -3 };
    copyCells({ source, target, ...at, width: 26, height: 22, fields });
    const copied: readonly string[] = CELL_FIELDS[fields].map(([name]) => name);
    for (const field of FIELDS) {
      expect(target[field]).toEqual((copied.includes(field) ? source : before)[field]);
    }
  });

  it('takes every field but extraFood either as state or as descent', () => {
    const names = (fields: CellFields) => CELL_FIELDS[fields].map(([name]) => name as string);
    const both = [...names('state'), ...names('descent')].sort();
    expect(both).toEqual([...CARRIED].sort());
    expect(names('all').sort()).toEqual(both);
  });

  it('is refused where one of the two lacks the fields', () => {
    const block = scattered(1);
    const plans = [{ width: 2, height: 2, fields: 'state' }] as const;
    const [raster] = viewParcel(new ArrayBuffer(40), 0, plans).rasters;
    const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0, width: 2, height: 2 };
    const between = { source: block, target: raster!, ...at };
    expect(() => copyCells({ ...between, fields: 'state' })).not.toThrow();
    expect(() => copyCells({ ...between, fields: 'descent' })).toThrow(/only the state/);
    expect(() => copyCells(between)).toThrow(/all fields, but there is only the state/);
    expect(() => copyCells({ ...between, source: raster!, target: block })).toThrow(RangeError);
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
