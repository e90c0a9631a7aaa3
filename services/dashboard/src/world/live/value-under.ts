import {
  cssColour,
  hexColour,
  NOBODY,
  scaleOf,
  valueColour,
} from '../../../../protocol/pictures/scales.ts';
import { ZOOM_MAX } from '../../../../protocol/wire/tile-grid.ts';
import { LAYER_BYTES, type Layer } from '../../../../world/measuring/layers.ts';
import type { Rules } from '../../../../world/spec/rules.ts';
import type { Cells } from '../../api/world-client.ts';
import { cellValue } from '../cells/cell-looks.ts';
import { indexOf } from '../cells/cells.ts';
import { pixelValue } from '../colours/pixel-value.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import type { Point, World } from '../view/camera.ts';
import { tileCells } from '../view/cover.ts';

/** The value of a layer at a cell, as it is drawn. */
export interface ValueThere {
  value: number;
  /** It is of a square of so many cells a side. */
  side: number;
}

/**
 * The finest value that is known of a cell: of the cell itself, else of the pixel of the finest tile.
 *
 * @param cells single cells, where they are at hand.
 */
export function valueAt(
  { x, y }: Point,
  layer: Layer,
  known: { store: TileStore; cells: Cells | undefined; world: World; rules: Rules },
): ValueThere | undefined {
  const { store, cells, world, rules } = known;
  const index = cells && indexOf(cells, world, { x, y });
  if (cells !== undefined && index !== undefined) {
    return { value: cellValue(layer, cells.cells, index, rules), side: 1 };
  }
  for (let zoom = 0; zoom <= ZOOM_MAX; zoom++) {
    const step = tileCells(zoom);
    const [column, row] = [Math.floor(x / step), Math.floor(y / step)];
    const tile = store.get(layer, zoom, column, row);
    if (tile === undefined) continue;
    const side = 2 ** zoom;
    const pixelX = Math.floor((x - column * step) / side);
    const pixelY = Math.floor((y - row * step) / side);
    const value = pixelValue(layer, tile.pixels, pixelY * tile.width + pixelX);
    return { value, side };
  }
  return undefined;
}

const numbers = new Intl.NumberFormat('en');

/** A value in words, with its colour as a swatch. */
export function valueWords(
  layer: Layer,
  { value, side }: ValueThere,
  rules: Rules,
  backends: readonly string[],
): { text: string; colour: string } {
  const isColour = LAYER_BYTES[layer] === 4;
  const scale = scaleOf(layer, rules);
  const of = side === 1 ? '' : `, ${gathered(layer)} ${side} × ${side} cells`;
  const isNobody = value === 0 && layer !== 'food' && layer !== 'extraFood';
  const colour = cssColour(isColour ? NOBODY : valueColour(layer, scale, value));
  if (isNobody) return { text: layer === 'owner' ? 'no backend' : `nobody${of}`, colour };
  if (isColour) {
    const hex = hexColour(value % 0x1000000);
    return { text: `${hex}${of}`, colour: hex };
  }
  return { text: `${valueText(layer, value, scale?.unit ?? '', backends)}${of}`, colour };
}

function valueText(layer: Layer, value: number, unit: string, backends: readonly string[]): string {
  switch (layer) {
    case 'owner':
      return backends[value - 1] ?? `backend ${value}`;
    case 'canKill':
      return value === 2 ? 'can kill' : 'cannot kill';
    case 'canMove':
      return value === 2 ? 'can move' : 'cannot move';
    case 'age':
      // Tiles keep 0 for nobody.
      return `${numbers.format(value - 1)} ${unit}`;
    default:
      return `${numbers.format(value)} ${unit}`;
  }
}

function gathered(layer: Layer): string {
  const isCategory = LAYER_BYTES[layer] === 4 || layer === 'owner';
  const isTrait = layer === 'canKill' || layer === 'canMove';
  return isCategory || isTrait ? 'most of' : 'mean of';
}
