import { createHash } from 'node:crypto';
import { regionsOf } from '../../../protocol/layout/regions.ts';
import type { Topology } from '../../../protocol/layout/topology.ts';
import type { TilesAnswer } from '../../../protocol/wire/tile-codec.ts';
import {
  assertTiles,
  TILE_PIXELS,
  type TileRange,
  tileSize,
  tilesOf,
} from '../../../protocol/wire/tile-grid.ts';
import {
  decodeTilePart,
  TILE_PART_MAX_BYTES,
  type TilePart,
} from '../../../protocol/wire/tile-part-codec.ts';
import { combineShared } from '../../../world/measuring/shared-samples.ts';
import {
  imageOf,
  type PixelArea,
  type PixelImage,
  pixelsWithin,
} from '../../../world/measuring/squares.ts';
import { askParts, type ReadColony } from '../reading/backend-parts.ts';

/** A backend that is no further behind the foremost comes to its tick while it is asked again. */
const LAG_MAX_TICKS = 2;

/**
 * Asks the backends for their parts of some tiles and puts them together. Those that are a little behind
 * the foremost are asked again, for its tick: at a pace all tiles are of one tick then. Where the world
 * ticks as fast as it can, backends may be further apart between two exchanges of halos; then the
 * picture is not held up, and says of which ticks it is.
 */
export async function assembleTiles(colony: ReadColony, range: TileRange): Promise<TilesAnswer> {
  const { topology } = colony;
  assertTiles(range, topology);
  const area = pixelsOf(range, topology);
  const { layer, zoom } = range;
  const ask = (indices: readonly number[], fromTick: number) =>
    askParts(colony, indices, async (call) => {
      const request = { layer, zoom, ...area, fromTick };
      const bytes = await call('readTiles', request, { maxResponseBytes: TILE_PART_MAX_BYTES });
      return decodeTilePart(bytes, { layer, zoom, area });
    });
  const indices = topology.backends.map((_, index) => index);
  const shown = indices.filter((index) =>
    regionsOf(topology, index).some((region) => pixelsWithin(region, range, area)),
  );
  const parts = await ask(shown, 0);
  const foremost = Math.max(...parts.map(({ maxTick }) => maxTick));
  const lagOf = ({ minTick }: TilePart) => foremost - minTick;
  const isFar = parts.some((part) => lagOf(part) > LAG_MAX_TICKS);
  const behind = isFar ? [] : shown.filter((_, i) => lagOf(parts[i] as TilePart) > 0);
  const again = await ask(behind, foremost);
  const newest = shown.map((index, i) => again[behind.indexOf(index)] ?? (parts[i] as TilePart));
  return {
    ...range,
    world: { width: topology.width, height: topology.height },
    minTick: Math.min(...newest.map(({ minTick }) => minTick)),
    maxTick: Math.max(...newest.map(({ maxTick }) => maxTick)),
    tag: tagOf(topology, range, newest),
    tiles: drawTiles(topology, range, newest),
  };
}

/** The same pixels have the same tag, whoever leads: what is shown is a function of these. */
function tagOf(topology: Topology, range: TileRange, parts: readonly TilePart[]): string {
  const { colonyInstanceId, topologyVersion } = topology;
  const { layer, zoom, x, y, columns, rows } = range;
  const ticks = parts.flatMap(({ minTick, maxTick }) => [minTick, maxTick]);
  const what = [colonyInstanceId, topologyVersion, layer, zoom, x, y, columns, rows, ...ticks];
  return createHash('sha256').update(what.join()).digest('hex').slice(0, 16);
}

function pixelsOf(range: TileRange, world: { width: number; height: number }): PixelArea {
  const { zoom, columns, rows } = range;
  const last = tileSize(world, zoom, range.x + columns - 1, range.y + rows - 1);
  return {
    x: range.x * TILE_PIXELS,
    y: range.y * TILE_PIXELS,
    width: (columns - 1) * TILE_PIXELS + last.width,
    height: (rows - 1) * TILE_PIXELS + last.height,
  };
}

/** @returns the pixels of each tile, row by row. */
function drawTiles(
  world: { width: number; height: number },
  range: TileRange,
  parts: readonly TilePart[],
): Uint8Array[] {
  const { layer, zoom } = range;
  const tiles = tilesOf(range).map(({ x, y }) => {
    const size = tileSize(world, zoom, x, y);
    return imageOf({ x: x * TILE_PIXELS, y: y * TILE_PIXELS, ...size }, layer);
  });
  for (const tile of tiles) {
    for (const { images } of parts) for (const image of images) paste(image, tile);
  }
  const lists = parts.map(({ shared }) => shared);
  combineShared(layer, lists, (x, y, pixel) => {
    const column = Math.floor(x / TILE_PIXELS) - range.x;
    const row = Math.floor(y / TILE_PIXELS) - range.y;
    const tile = tiles[row * range.columns + column];
    const isInside = column >= 0 && column < range.columns && tile !== undefined;
    if (isInside) tile.pixels[(y - tile.y) * tile.width + x - tile.x] = pixel;
  });
  return tiles.map(({ pixels }) => new Uint8Array(pixels.buffer as ArrayBuffer));
}

/** Copies what two images have in common. */
function paste(from: PixelImage, to: PixelImage): void {
  const left = Math.max(from.x, to.x);
  const width = Math.min(from.x + from.width, to.x + to.width) - left;
  const top = Math.max(from.y, to.y);
  const bottom = Math.min(from.y + from.height, to.y + to.height);
  if (width <= 0) return;
  for (let y = top; y < bottom; y++) {
    const start = (y - from.y) * from.width + left - from.x;
    const row = from.pixels.subarray(start, start + width);
    to.pixels.set(row, (y - to.y) * to.width + left - to.x);
  }
}
