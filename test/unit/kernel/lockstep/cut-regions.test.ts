import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutRegions } from '../../../../services/kernel/lockstep/cut-regions.ts';
import type { Region } from '../../../../services/protocol/layout/regions.ts';

const area = (regions: readonly Region[]) =>
  regions.reduce((sum, { width, height }) => sum + width * height, 0);

const isInside = (inner: Region, outer: Region) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const overlap = (a: Region, b: Region) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const side = fc.oneof(fc.integer({ min: 16, max: 300 }), fc.integer({ min: 300, max: 65_536 }));
const halos = fc.integer({ min: 1, max: 16 }).map((k) => 3 * k);
const regions = fc.record({
  x: fc.nat(100),
  y: fc.nat(100),
  width: side,
  height: fc.integer({ min: 16, max: 3000 }),
});

describe('regions that are cut into blocks', () => {
  test('are covered by them, each cell once, and none is too wide or too large', () => {
    fc.assert(
      fc.property(regions, fc.integer({ min: 1, max: 8 }), halos, (region, threads, halo) => {
        const blocks = cutRegions([region], { threads, halo });
        expect(area(blocks)).toBe(area([region]));
        expect(blocks.every((block) => isInside(block, region))).toBe(true);
        expect(Math.max(...blocks.map(({ width }) => width))).toBeLessThanOrEqual(2048);
        const padded = blocks.map(({ width, height }) => {
          return Math.ceil((width + 2 * halo) / 16) * 16 * (height + 2 * halo);
        });
        expect(Math.max(...padded)).toBeLessThanOrEqual(2 ** 20);
        blocks.slice(0, 20).forEach((a, i) => {
          expect(blocks.some((b, j) => j !== i && overlap(a, b))).toBe(false);
        });
      }),
      { numRuns: 60 },
    );
  });

  const quarter = { x: 500, y: 0, width: 500, height: 1250 };

  test('stay whole for one thread, as long as they are not too large', () => {
    expect(cutRegions([quarter], { threads: 1, halo: 12 })).toEqual([quarter]);
  });

  test.each([2, 3, 4])('give each of %i threads two blocks of about one size', (threads) => {
    const blocks = cutRegions([quarter], { threads, halo: 12 });
    expect(blocks).toHaveLength(2 * threads);
    const heights = blocks.map(({ height }) => height);
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1);
    expect(new Set(blocks.map(({ width }) => width))).toEqual(new Set([500]));
  });

  test('are not cut up where they are small', () => {
    const small = { x: 0, y: 0, width: 64, height: 64 };
    expect(cutRegions([small], { threads: 8, halo: 12 })).toEqual([small]);
  });

  test('are none where there are none', () => {
    expect(cutRegions([], { threads: 4, halo: 12 })).toEqual([]);
  });
});
