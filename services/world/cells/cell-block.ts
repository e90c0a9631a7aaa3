import type { CellFields } from './cell-fields.ts';
import { CHANGE_NAMES } from './change-counters.ts';

/**
 * A rectangle of cells with a margin (halo) on every side, as a structure of arrays.
 *
 *     stride = width + 2·halo
 *     ┌───────────────────────┐
 *     │ margin (halo cells)   │  rows = height + 2·halo
 *     │   ┌───────────────┐   │
 *     │   │ interior      │   │  index of interior cell (column, row):
 *     │   └───────────────┘   │    (row + halo)·stride + column + halo
 *     └───────────────────────┘
 *
 * x and y are the global coordinates of the first interior cell. Coordinates are taken modulo the
 * world's size, so the same cell may stand several times in the margin of a narrow world.
 */
export interface CellBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly halo: number;
  readonly worldWidth: number;
  readonly worldHeight: number;
  readonly stride: number;
  readonly rows: number;
  /** Food lying in the cell. */
  readonly food: Uint16Array;
  /** Food that grows there each tick: the terrain. */
  readonly extraFood: Uint8Array;
  /** Size of the creature; 0 = an empty cell, whose fields below are stale. */
  readonly size: Uint8Array;
  /** `CAN_KILL` | `CAN_MOVE`. */
  readonly traits: Uint8Array;
  readonly health: Uint16Array;
  /** Tick of birth modulo 65536. */
  readonly birth: Uint16Array;
  /** 0xRRGGBB, the mark of a species. */
  readonly colour: Uint32Array;
  /** 0xRRGGBB of the first ancestor. */
  readonly lineage: Uint32Array;
  /** How often what happened in the interior since it was counted last; see `takeChanges`. */
  readonly changes: Float64Array;
}

export const CAN_KILL = 1;
export const CAN_MOVE = 2;

/** Where a block lies and how large it is. */
export type BlockExtent = Pick<
  CellBlock,
  'x' | 'y' | 'width' | 'height' | 'halo' | 'worldWidth' | 'worldHeight'
>;

/** An empty block: no food, no terrain, no creatures. */
export function createCellBlock(extent: BlockExtent): CellBlock {
  const { x, y, width, height, halo, worldWidth, worldHeight } = extent;
  const stride = width + 2 * halo;
  const rows = height + 2 * halo;
  const cells = stride * rows;
  return {
    x,
    y,
    width,
    height,
    halo,
    worldWidth,
    worldHeight,
    stride,
    rows,
    food: new Uint16Array(cells),
    extraFood: new Uint8Array(cells),
    size: new Uint8Array(cells),
    traits: new Uint8Array(cells),
    health: new Uint16Array(cells),
    birth: new Uint16Array(cells),
    colour: new Uint32Array(cells),
    lineage: new Uint32Array(cells),
    changes: new Float64Array(CHANGE_NAMES.length),
  };
}

/**
 * Cells without their place in the world and the terrain, which each block makes for itself, and without
 * what happened in them.
 */
export type CellRaster = Omit<
  CellBlock,
  'x' | 'y' | 'worldWidth' | 'worldHeight' | 'extraFood' | 'changes'
> & {
  /** What it has of them. @default 'all' */
  readonly fields?: CellFields;
};

/** Remainder that is never negative: wraps a global coordinate round the torus. */
export function wrap(coordinate: number, size: number): number {
  return ((coordinate % size) + size) % size;
}

/** Index of a cell given by block-local interior coordinates; negative ones lie in the margin. */
export function cellIndex(block: CellRaster, column: number, row: number): number {
  return (row + block.halo) * block.stride + column + block.halo;
}
