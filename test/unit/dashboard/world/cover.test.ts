import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, wrapped } from '../../../../services/dashboard/src/world/view/camera.ts';
import {
  overviewZoom,
  rectanglesOf,
  seenTiles,
  tileCells,
  tileZoom,
} from '../../../../services/dashboard/src/world/view/cover.ts';
import { assertTiles } from '../../../../services/protocol/wire/tile-grid.ts';

const world = { width: 2000, height: 1250 };
const screen = { width: 900, height: 600 };

const sides = fc.integer({ min: 16, max: 65_536 });
const views = fc.record({
  world: fc.record({ width: sides, height: sides }),
  at: fc.record({
    x: fc.double({ min: 0, max: 0.999, noNaN: true }),
    y: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
  zoomedIn: fc.double({ min: 1, max: 500, noNaN: true }),
});

test('a pixel of a tile is about one of the screen', () => {
  expect(tileZoom(1, 1)).toBe(0);
  expect(tileZoom(0.5, 1)).toBe(1);
  expect(tileZoom(0.49, 1)).toBe(2);
  expect(tileZoom(40, 1)).toBe(0);
  expect(tileZoom(1e-5, 1)).toBe(8);
});

test('at the zoom of the overview one tile is the whole world', () => {
  for (const side of [16, 256, 257, 2000, 65_536]) {
    const zoom = overviewZoom({ width: side, height: 16 });
    expect(tileCells(zoom)).toBeGreaterThanOrEqual(side);
    if (zoom > 0) expect(tileCells(zoom - 1)).toBeLessThan(side);
  }
});

test('every point of the screen lies in exactly one tile seen, of the cell that is there', () => {
  fc.assert(
    fc.property(
      views,
      fc.record({
        right: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        down: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      }),
      (view, point) => {
        const fit = fitted(view.world, screen);
        const camera = {
          x: view.at.x * view.world.width,
          y: view.at.y * view.world.height,
          scale: fit.scale * view.zoomedIn,
        };
        const zoom = tileZoom(camera.scale, 1);
        const x = camera.x + ((point.right - 0.5) * screen.width) / camera.scale;
        const y = camera.y + ((point.down - 0.5) * screen.height) / camera.scale;
        const there = seenTiles(camera, view.world, screen, zoom).filter(
          (tile) =>
            x >= tile.left &&
            x < tile.left + tile.width &&
            y >= tile.top &&
            y < tile.top + tile.height,
        );
        expect(there).toHaveLength(1);
        const [tile] = there;
        expect(tile?.x).toBe(Math.floor(wrapped(x, view.world.width) / tileCells(zoom)));
        expect(tile?.y).toBe(Math.floor(wrapped(y, view.world.height) / tileCells(zoom)));
      },
    ),
  );
});

test('what is asked for lies in the world and holds all that is seen', () => {
  fc.assert(
    fc.property(views, (view) => {
      const camera = {
        x: view.at.x * view.world.width,
        y: view.at.y * view.world.height,
        scale: fitted(view.world, screen).scale * view.zoomedIn,
      };
      const tiles = seenTiles(camera, view.world, screen, tileZoom(camera.scale, 1));
      const rectangles = rectanglesOf(tiles);
      expect(rectangles.length).toBeGreaterThanOrEqual(1);
      expect(rectangles.length).toBeLessThanOrEqual(4);
      for (const rectangle of rectangles) {
        expect(() => assertTiles({ layer: 'colour', ...rectangle }, view.world)).not.toThrow();
      }
      const isHeldOnce = tiles.every(({ x, y }) => {
        const holds = rectangles.filter(
          (r) => x >= r.x && x < r.x + r.columns && y >= r.y && y < r.y + r.rows,
        );
        return holds.length === 1;
      });
      expect(isHeldOnce).toBe(true);
    }),
  );
});

test('where an edge of the world is seen, the tiles of both sides are asked for', () => {
  const camera = { x: 0, y: 600, scale: 10 };
  const rectangles = rectanglesOf(seenTiles(camera, world, screen, 0));
  expect(rectangles.map(({ x, columns }) => [x, columns])).toEqual([
    [0, 1],
    [7, 1],
  ]);
});
