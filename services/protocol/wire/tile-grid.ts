import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';
import { ColonyError } from '../common/errors.ts';
import { PICTURE_MAX_BYTES } from './picture-codec.ts';

/** A tile has so many pixels a side, fewer at the right and the lower edge of the world. */
export const TILE_PIXELS = 256;
/** At zoom z a pixel stands for 2^z × 2^z cells. */
export const ZOOM_MAX = 8;

/** A rectangle of tiles. Tile (x, y) begins at cell (x · 256 · 2^zoom, y · 256 · 2^zoom). */
export interface TileRange {
  layer: Layer;
  zoom: number;
  x: number;
  y: number;
  columns: number;
  rows: number;
}

/** A world's size in cells. */
export interface WorldSize {
  width: number;
  height: number;
}

/** The pixels of the whole world at a zoom. */
export const pixelsOfWorld = (world: WorldSize, zoom: number): WorldSize => ({
  width: Math.ceil(world.width / 2 ** zoom),
  height: Math.ceil(world.height / 2 ** zoom),
});

/** How many tiles the whole world has at a zoom. */
export function tilesOfWorld(world: WorldSize, zoom: number): { columns: number; rows: number } {
  const { width, height } = pixelsOfWorld(world, zoom);
  return { columns: Math.ceil(width / TILE_PIXELS), rows: Math.ceil(height / TILE_PIXELS) };
}

/** Width and height of a tile in pixels; 0 or less outside the world. */
export function tileSize(world: WorldSize, zoom: number, x: number, y: number): WorldSize {
  const { width, height } = pixelsOfWorld(world, zoom);
  return {
    width: Math.min(TILE_PIXELS, width - x * TILE_PIXELS),
    height: Math.min(TILE_PIXELS, height - y * TILE_PIXELS),
  };
}

/** The places of the tiles of a range, row by row. */
export function tilesOf({ x, y, columns, rows }: Omit<TileRange, 'layer' | 'zoom'>) {
  return Array.from({ length: columns * rows }, (_, i) => ({
    x: x + (i % columns),
    y: y + Math.floor(i / columns),
  }));
}

/** Bytes that the pixels of a range take. */
function tilePixelsBytes(range: TileRange, world: WorldSize): number {
  const { width, height } = pixelsOfWorld(world, range.zoom);
  const across = Math.min(width, (range.x + range.columns) * TILE_PIXELS) - range.x * TILE_PIXELS;
  const down = Math.min(height, (range.y + range.rows) * TILE_PIXELS) - range.y * TILE_PIXELS;
  return across * down * LAYER_BYTES[range.layer];
}

/** Throws TILES_OUTSIDE_WORLD or TILES_TOO_LARGE, before anything is allocated. */
export function assertTiles(range: TileRange, world: WorldSize): void {
  const { x, y, columns, rows, zoom } = range;
  const all = tilesOfWorld(world, zoom);
  if (x + columns > all.columns || y + rows > all.rows) {
    throw new ColonyError(
      'TILES_OUTSIDE_WORLD',
      `x ${x} + columns ${columns}, y ${y} + rows ${rows} reach beyond the ${all.columns} x ${all.rows} tiles of zoom ${zoom}`,
    );
  }
  const bytes = tilePixelsBytes(range, world);
  if (bytes > PICTURE_MAX_BYTES) {
    throw new ColonyError(
      'TILES_TOO_LARGE',
      `the tiles have ${bytes} bytes of pixels, at most ${PICTURE_MAX_BYTES} are given`,
    );
  }
}
