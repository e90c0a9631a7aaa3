import { TILE_PIXELS, ZOOM_MAX } from '../../../../protocol/wire/tile-grid.ts';
import { type Camera, type Screen, upperLeft, type World } from './camera.ts';

/** Cells of a side of a tile that is not cropped. */
export const tileCells = (zoom: number): number => TILE_PIXELS * 2 ** zoom;

/** Where a tile is seen. A tile is seen several times where the world is smaller than the screen. */
export interface SeenTile {
  zoom: number;
  /** Its place in the grid of tiles of its zoom. */
  x: number;
  y: number;
  /** World coordinates of its upper left corner in this image of the world, not wrapped. */
  left: number;
  top: number;
  /** Cells of it that lie in the world. */
  width: number;
  height: number;
}

/** Tiles to be asked for together, in the grid of tiles of their zoom. */
export interface TileRectangle {
  zoom: number;
  x: number;
  y: number;
  columns: number;
  rows: number;
}

/**
 * The finest zoom whose pixels are not smaller than is worth the bytes.
 *
 * @param pixelLeast CSS pixels that a pixel of a tile measures at least.
 */
export function tileZoom(scale: number, pixelLeast: number): number {
  const zoom = Math.ceil(Math.log2(pixelLeast / scale) - 1e-9);
  return Math.min(ZOOM_MAX, Math.max(0, zoom));
}

/** The zoom at which one tile is the whole world. */
export function overviewZoom(world: World): number {
  const zoom = Math.ceil(Math.log2(Math.max(world.width, world.height) / TILE_PIXELS));
  return Math.min(ZOOM_MAX, Math.max(0, zoom));
}

/** The tiles of a zoom that are seen, each image of the world with its own, row by row. */
export function seenTiles(camera: Camera, world: World, screen: Screen, zoom: number): SeenTile[] {
  const { left, top } = upperLeft(camera, screen);
  const columns = seenOnAxis(left, screen.width / camera.scale, world.width, zoom);
  const rows = seenOnAxis(top, screen.height / camera.scale, world.height, zoom);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      zoom,
      x: column.index,
      y: row.index,
      left: column.start,
      top: row.start,
      width: column.cells,
      height: row.cells,
    })),
  );
}

interface SeenSpan {
  index: number;
  start: number;
  cells: number;
}

function seenOnAxis(start: number, length: number, side: number, zoom: number): SeenSpan[] {
  const spans: SeenSpan[] = [];
  const step = tileCells(zoom);
  const end = start + length;
  for (let copy = Math.floor(start / side); copy * side < end; copy++) {
    const origin = copy * side;
    for (let index = Math.max(0, Math.floor((start - origin) / step)); ; index++) {
      const at = index * step;
      if (at >= side || origin + at >= end) break;
      spans.push({ index, start: origin + at, cells: Math.min(step, side - at) });
    }
  }
  return spans;
}

/** The least rectangles that hold all the tiles seen: one, or up to four where an edge of the world is seen. */
export function rectanglesOf(tiles: readonly SeenTile[]): TileRectangle[] {
  const [first] = tiles;
  if (first === undefined) return [];
  const columns = runs(tiles.map(({ x }) => x));
  const rows = runs(tiles.map(({ y }) => y));
  return rows.flatMap((row) =>
    columns.map((column) => ({
      zoom: first.zoom,
      x: column.first,
      columns: column.count,
      y: row.first,
      rows: row.count,
    })),
  );
}

function runs(indices: readonly number[]): { first: number; count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && last.first + last.count === index) last.count++;
    else found.push({ first: index, count: 1 });
  }
  return found;
}
