import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bounded,
  type Camera,
  cellUnder,
  centredOn,
  fitted,
  panned,
  pinched,
  pointOf,
  SCALE_MAX,
  shorterWay,
  wrapped,
  zoomed,
} from '../../../../services/dashboard/src/world/view/camera.ts';

const world = { width: 2000, height: 1250 };
const screen = { width: 936, height: 754 };

test('the whole world is as large as it fits, in the middle', () => {
  expect(fitted(world, screen)).toEqual({ x: 1000, y: 625, scale: 936 / 2000 });
});

test('the place under the pointer stays under it while zooming', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.record({ x: fc.integer({ min: 0, max: 935 }), y: fc.integer({ min: 0, max: 753 }) }),
      (factor, point) => {
        const before: Camera = { x: 10, y: 1240, scale: 2.5 };
        const after = zoomed(before, world, screen, point, factor);
        const place = (camera: Camera) => ({
          x: camera.x + (point.x - screen.width / 2) / camera.scale,
          y: camera.y + (point.y - screen.height / 2) / camera.scale,
        });
        expect(shorterWay(place(before).x, place(after).x, world.width)).toBeCloseTo(0, 6);
        expect(shorterWay(place(before).y, place(after).y, world.height)).toBeCloseTo(0, 6);
      },
    ),
  );
});

test('zoom ends at the whole world and at single cells', () => {
  const camera = { x: 5, y: 5, scale: 1 };
  const middle = { x: 468, y: 377 };
  expect(zoomed(camera, world, screen, middle, 1e9).scale).toBe(SCALE_MAX);
  expect(zoomed(camera, world, screen, middle, 1e-9).scale).toBe(fitted(world, screen).scale);
});

test('moving over an edge comes in at the other one', () => {
  const camera = { x: 1995, y: 3, scale: 2 };
  expect(panned(camera, world, { x: 20, y: -20 })).toEqual({ x: 5, y: 1243, scale: 2 });
});

test('a cell is found under the point where it is drawn, also across the edges', () => {
  const camera = { x: 1999.5, y: 0.5, scale: 20 };
  for (const cell of [
    { x: 3, y: 1248 },
    { x: 1990, y: 5 },
    { x: 0, y: 0 },
  ]) {
    const corner = pointOf(camera, world, screen, cell);
    const point = { x: corner.x + 10, y: corner.y + 10 };
    expect(cellUnder(camera, world, screen, point)).toEqual(cell);
  }
});

test('a cell that is jumped to is in the middle', () => {
  const camera = centredOn({ x: 0, y: 0, scale: 30 }, world, { x: 1999, y: 7 });
  const middle = { x: screen.width / 2, y: screen.height / 2 };
  expect(cellUnder(camera, world, screen, middle)).toEqual({ x: 1999, y: 7 });
});

test('two fingers that part zoom in, two that move together move', () => {
  const camera = { x: 100, y: 100, scale: 4 };
  const still = { x: 400, y: 300 };
  const parted = pinched(camera, world, screen, {
    still,
    from: { x: 500, y: 300 },
    to: { x: 600, y: 300 },
  });
  expect(parted.scale).toBeCloseTo(8);
  const turned = pinched(camera, world, screen, {
    still,
    from: { x: 500, y: 300 },
    to: { x: 400, y: 400 },
  });
  expect(turned.scale).toBeCloseTo(4);
});

describe('a camera of a link', () => {
  test('is brought into the world', () => {
    const camera = bounded({ x: -1, y: 1251, scale: 1e6 }, world, screen);
    expect(camera).toEqual({ x: 1999, y: 1, scale: SCALE_MAX });
  });
  test('that makes no sense shows the whole world', () => {
    expect(bounded({ x: Number.NaN, y: 0, scale: 1 }, world, screen)).toEqual(
      fitted(world, screen),
    );
  });
});

test('a wrapped coordinate is in the world, whatever it was', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (at) => {
      const inside = wrapped(at, 1250);
      return inside >= 0 && inside < 1250;
    }),
  );
});
