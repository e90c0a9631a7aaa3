import { ZOOM_MAX } from '../../../../protocol/wire/tile-grid.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import type { Tile, TileStore } from '../tiles/tile-store.ts';
import { type SeenTile, tileCells } from '../view/cover.ts';

/** A part of a tile, and where in the world it is drawn. */
export interface Piece {
  tile: Tile;
  /** World coordinates, not wrapped. */
  left: number;
  top: number;
  /** Cells. */
  width: number;
  height: number;
  /** The pixel of the tile at the upper left corner; may lie between pixels. */
  pixelX: number;
  pixelY: number;
}

/** What a picture consists of, from below to above. */
export interface DrawList {
  pieces: Piece[];
  /** Whether every tile of the zoom that is wanted is there. */
  isComplete: boolean;
  /** The least tick that any piece shows; undefined if there is none. */
  minTick: number | undefined;
}

/**
 * What to draw for the tiles seen. Where one has not come yet, a part of a coarser one stands in for
 * it, with finer ones over it.
 */
export function drawList(store: TileStore, layer: Layer, seen: readonly SeenTile[]): DrawList {
  const pieces: Piece[] = [];
  let isComplete = true;
  for (const place of seen) {
    const tile = store.get(layer, place.zoom, place.x, place.y);
    if (tile !== undefined) {
      pieces.push({ tile, ...area(place), pixelX: 0, pixelY: 0 });
      continue;
    }
    isComplete = false;
    pieces.push(...coarserPiece(store, layer, place), ...finerPieces(store, layer, place));
  }
  const ticks = pieces.map(({ tile }) => tile.minTick);
  return { pieces, isComplete, minTick: ticks.length === 0 ? undefined : Math.min(...ticks) };
}

const area = ({ left, top, width, height }: SeenTile) => ({ left, top, width, height });

function coarserPiece(store: TileStore, layer: Layer, place: SeenTile): Piece[] {
  for (let zoom = place.zoom + 1; zoom <= ZOOM_MAX; zoom++) {
    const factor = 2 ** (zoom - place.zoom);
    const [x, y] = [Math.floor(place.x / factor), Math.floor(place.y / factor)];
    const tile = store.get(layer, zoom, x, y);
    if (tile === undefined) continue;
    const pixels = tileCells(place.zoom) / 2 ** zoom;
    const pixelX = (place.x - x * factor) * pixels;
    const pixelY = (place.y - y * factor) * pixels;
    return [{ tile, ...area(place), pixelX, pixelY }];
  }
  return [];
}

function finerPieces(store: TileStore, layer: Layer, place: SeenTile): Piece[] {
  if (place.zoom === 0) return [];
  const zoom = place.zoom - 1;
  const step = tileCells(zoom);
  const pieces: Piece[] = [];
  for (const [i, j] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const tile = store.get(layer, zoom, 2 * place.x + i, 2 * place.y + j);
    if (tile === undefined) continue;
    pieces.push({
      tile,
      left: place.left + i * step,
      top: place.top + j * step,
      width: Math.min(step, place.width - i * step),
      height: Math.min(step, place.height - j * step),
      pixelX: 0,
      pixelY: 0,
    });
  }
  return pieces;
}
