import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellAt,
  pan,
  pictureRect,
  type Viewport,
  wholeWorld,
  zoomAt,
} from '../../../../services/dashboard/src/world/viewport.ts';
import { LAYER_BYTES } from '../../../../services/world/measuring/layers.ts';

const world = { width: 2000, height: 1250 };
const canvas = { width: 936, height: 754 };

const sides = fc.record({
  width: fc.integer({ min: 16, max: 65_536 }),
  height: fc.integer({ min: 16, max: 65_536 }),
});
const screens = fc.record({
  width: fc.integer({ min: 1, max: 8000 }),
  height: fc.integer({ min: 1, max: 5000 }),
});
/** Zooms and moves, each somewhere on the canvas. */
const moves = fc.array(
  fc.record({
    factor: fc.double({ min: 0.1, max: 10, noNaN: true }),
    x: fc.double({ min: -5000, max: 5000, noNaN: true }),
    y: fc.double({ min: -5000, max: 5000, noNaN: true }),
  }),
  { maxLength: 8 },
);

test('the whole world is shown as large as it fits, centred', () => {
  const viewport = wholeWorld(world, canvas);
  expect(viewport.zoom).toBeCloseTo(936 / 2000);
  expect(viewport.x).toBeCloseTo(0);
  expect(viewport.y).toBeCloseTo((1250 - 754 / viewport.zoom) / 2);
});

test('zooming keeps the cell under the pointer', () => {
  const point = { x: 700, y: 300 };
  let viewport = zoomAt(wholeWorld(world, canvas), world, canvas, point, 4);
  const cell = cellAt(viewport, world, point);
  viewport = zoomAt(viewport, world, canvas, point, 2);
  expect(cellAt(viewport, world, point)).toEqual(cell);
});

test('zooming out ends with the whole world', () => {
  const far = zoomAt(wholeWorld(world, canvas), world, canvas, { x: 0, y: 0 }, 0.01);
  expect(far).toEqual(wholeWorld(world, canvas));
});

describe('whatever is done to the view', () => {
  const moved = (viewport: Viewport, w: typeof world, c: typeof canvas, move: MoveOf) =>
    pan(zoomAt(viewport, w, c, move, move.factor), w, c, move);
  type MoveOf = { factor: number; x: number; y: number };

  test('the picture asked for lies inside the world and stays below 6 MB', () => {
    fc.assert(
      fc.property(sides, screens, moves, (w, c, list) => {
        const viewport = list.reduce((v, move) => moved(v, w, c, move), wholeWorld(w, c));
        const rect = pictureRect(viewport, w, c, LAYER_BYTES.colour);
        expect(Object.values(rect).every(Number.isInteger)).toBe(true);
        expect(Math.min(rect.x, rect.y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(rect.width, rect.height, rect.scale)).toBeGreaterThanOrEqual(1);
        expect(rect.x + rect.width).toBeLessThanOrEqual(w.width);
        expect(rect.y + rect.height).toBeLessThanOrEqual(w.height);
        const pixels = Math.ceil(rect.width / rect.scale) * Math.ceil(rect.height / rect.scale);
        expect(pixels * 4).toBeLessThan(6_000_000);
      }),
    );
  });

  test('the picture covers every cell in sight', () => {
    fc.assert(
      fc.property(moves, fc.double({ min: 0, max: 0.999 }), (list, part) => {
        const viewport = list.reduce(
          (v, move) => moved(v, world, canvas, move),
          wholeWorld(world, canvas),
        );
        const rect = pictureRect(viewport, world, canvas, 4);
        const cell = cellAt(viewport, world, {
          x: part * canvas.width,
          y: (1 - part) * 0.999 * canvas.height,
        });
        if (cell === undefined) return;
        expect(cell.x).toBeGreaterThanOrEqual(rect.x);
        expect(cell.x).toBeLessThan(rect.x + rect.width);
        expect(cell.y).toBeGreaterThanOrEqual(rect.y);
        expect(cell.y).toBeLessThan(rect.y + rect.height);
      }),
    );
  });
});
