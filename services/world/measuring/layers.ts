import { CAN_KILL, CAN_MOVE, type CellBlock, cellIndex } from '../cells/cell-block.ts';
import type { Rules } from '../spec/rules.ts';

/** What a picture of the world can show. */
export const LAYERS = [
  'colour',
  'lineage',
  'food',
  'extraFood',
  'size',
  'canKill',
  'canMove',
  'cost',
  'health',
  'age',
  'owner',
] as const;
export type Layer = (typeof LAYERS)[number];

/**
 * Bytes per pixel of each layer, little-endian. colour, lineage: 0 = empty, else 0xff000000 |
 * 0xRRGGBB. canKill, canMove: 0 empty, 1 no, 2 yes. age: 0 = empty, else min(age + 1, 65535).
 * size, health and cost (the health a creature pays each tick) are 0 in empty cells.
 */
export const LAYER_BYTES: Readonly<Record<Layer, 1 | 2 | 4>> = {
  colour: 4,
  lineage: 4,
  food: 2,
  extraFood: 1,
  size: 1,
  canKill: 1,
  canMove: 1,
  cost: 2,
  health: 2,
  age: 2,
  owner: 1,
};

/** A part of the world to be pictured, one pixel per scale × scale cells. No wrapping. */
export interface LayerRectangle {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
}

/** Pixels of the picture of a rectangle. */
export function pictureSize(rect: LayerRectangle): { columns: number; rows: number } {
  return {
    columns: Math.ceil(rect.width / rect.scale),
    rows: Math.ceil(rect.height / rect.scale),
  };
}

/**
 * Draws the part of a picture that lies in a block's interior. Pixel (i, j) shows the one cell
 * (x + i·scale, y + j·scale); pixels whose cell lies elsewhere are left as they are, so that the
 * owners of all shards can draw into one picture.
 *
 * @param tick the number of the state the block is in.
 * @param ownerIndex what the layer `owner` shows for this block, 0 to 255.
 * @param out the whole picture, row after row: columns · rows · LAYER_BYTES[layer] bytes.
 * @throws RangeError if the rectangle leaves the world or the bytes do not suffice.
 */
export function sampleLayer(
  block: CellBlock,
  layer: Layer,
  rules: Rules,
  tick: number,
  rect: LayerRectangle,
  ownerIndex: number,
  out: Uint8Array,
): void {
  assertPicture(block, layer, rect, out);
  const { columns, rows } = pictureSize(rect);
  const valueBytes = LAYER_BYTES[layer];
  const [firstColumn, endColumn] = pixelsWithin(block.x, block.width, rect.x, rect.scale, columns);
  const [firstRow, endRow] = pixelsWithin(block.y, block.height, rect.y, rect.scale, rows);
  for (let j = firstRow; j < endRow; j++) {
    const row = rect.y + j * rect.scale - block.y;
    let offset = (j * columns + firstColumn) * valueBytes;
    for (let i = firstColumn; i < endColumn; i++) {
      const cell = cellIndex(block, rect.x + i * rect.scale - block.x, row);
      const value = layerValue(block, cell, layer, rules, tick, ownerIndex);
      for (let byte = 0; byte < valueBytes; byte++) out[offset++] = value >>> (8 * byte);
    }
  }
}

/** The first pixel and the one behind the last whose cell lies in [start, start + length). */
function pixelsWithin(
  start: number,
  length: number,
  origin: number,
  scale: number,
  pixels: number,
): [first: number, end: number] {
  const first = Math.max(0, Math.ceil((start - origin) / scale));
  const end = Math.min(pixels, Math.ceil((start + length - origin) / scale));
  return [first, end];
}

function layerValue(
  block: CellBlock,
  cell: number,
  layer: Layer,
  rules: Rules,
  tick: number,
  ownerIndex: number,
): number {
  if (layer === 'owner') return ownerIndex;
  if (layer === 'food') return block.food[cell]!;
  if (layer === 'extraFood') return block.extraFood[cell]!;
  const size = block.size[cell]!;
  if (size === 0) return 0;
  const traits = block.traits[cell]!;
  switch (layer) {
    case 'colour':
      return 0xff000000 | block.colour[cell]!;
    case 'lineage':
      return 0xff000000 | block.lineage[cell]!;
    case 'size':
      return size;
    case 'canKill':
      return (traits & CAN_KILL) === 0 ? 1 : 2;
    case 'canMove':
      return (traits & CAN_MOVE) === 0 ? 1 : 2;
    case 'cost':
      return livingCost(size, traits, rules);
    case 'health':
      return block.health[cell]!;
    case 'age':
      return Math.min(((tick - block.birth[cell]!) & 0xffff) + 1, 65535);
  }
}

/** The health that a creature pays each tick. */
export function livingCost(size: number, traits: number, rules: Rules): number {
  let cost = rules.healthCostPerSizeUnit * size;
  if ((traits & CAN_KILL) !== 0) cost += rules.healthCostIfCanKill;
  if ((traits & CAN_MOVE) !== 0) cost += rules.healthCostIfCanMove;
  return cost;
}

function assertPicture(block: CellBlock, layer: Layer, rect: LayerRectangle, out: Uint8Array) {
  const { x, y, width, height, scale } = rect;
  const isInside =
    [x, y, width, height, scale].every(Number.isInteger) &&
    x >= 0 &&
    y >= 0 &&
    width >= 1 &&
    height >= 1 &&
    scale >= 1 &&
    x + width <= block.worldWidth &&
    y + height <= block.worldHeight;
  if (!isInside) {
    throw new RangeError(
      `rectangle ${width}x${height} at (${x}, ${y}), scale ${scale}, ` +
        `is not inside a world of ${block.worldWidth}x${block.worldHeight}`,
    );
  }
  const { columns, rows } = pictureSize(rect);
  const needed = columns * rows * LAYER_BYTES[layer];
  if (out.length < needed) {
    throw new RangeError(`the picture needs ${needed} bytes, but there are ${out.length}`);
  }
}
