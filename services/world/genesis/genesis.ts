import {
  below,
  mix,
  SECOND_STREAM,
  SPREAD_N,
  SPREAD_X,
  SPREAD_Y,
} from '../arithmetic/randomness.ts';
import { type CellBlock, wrap } from '../cells/cell-block.ts';
import type { WorldSpec } from '../spec/spec.ts';
import { cutSmallTerrain, isSmall } from './small-terrain.ts';
import { evaluateTerrain } from './terrain.ts';

/**
 * Side of a tile in cells, of genesis and of extinctions, counted from cell (0, 0), whatever the
 * shards are.
 */
export const TILE_SIDE = 250;
const TEMPLATES_PER_TILE = 3;
/** ⌊2^32 / 10⌋: one cell in ten is filled. */
const FILLED_END = 429496729;
/** Food on new land. */
export const FIRST_FOOD = 200;
/** Rows of a terrain that are evaluated at a time: what bounds the memory it takes. */
const TERRAIN_ROWS = 256;
const FIRST_HEALTH = 80;

const TILE_STREAM = 0x51ed270b;
const CELL_STREAM = 0x1b873593;

/** The first creatures of a tile are copies of one of its templates. */
interface Template {
  readonly colour: number;
  readonly size: number;
  readonly traits: number;
}

/**
 * Writes terrain and first creatures: state 0 of the block's cells, margin included. Each cell is a
 * function of (spec, x, y), whatever block it is in.
 */
export function writeGenesis(block: CellBlock, spec: WorldSpec): void {
  writeTerrain(block, spec.seed, 0);
  block.food.fill(Math.min(FIRST_FOOD, spec.rules.maxFood));
  writeCreatures(block, spec);
}

/** Sets extraFood to a terrain, margin included. Terrain 0 is the one a world begins with. */
export function writeTerrain(block: CellBlock, seed: number, number: number): void {
  const { x, y, halo, stride, rows, worldWidth, worldHeight } = block;
  const terrain = { seed, number, width: worldWidth, height: worldHeight };
  const cut = isSmall(terrain) ? cutSmallTerrain : evaluateTerrain;
  for (let row = 0; row < rows; row += TERRAIN_ROWS) {
    const count = Math.min(TERRAIN_ROWS, rows - row);
    const food = cut(terrain, x - halo, y - halo + row, stride, count);
    block.extraFood.set(food, row * stride);
  }
}

function writeCreatures(block: CellBlock, spec: WorldSpec): void {
  const { x, y, halo, stride, rows, worldWidth, worldHeight } = block;
  const health = Math.min(FIRST_HEALTH, spec.rules.maxHealth);
  const tiles = new Map<number, Template[]>();
  block.size.fill(0);
  let i = 0;
  for (let row = 0; row < rows; row++) {
    const globalY = wrap(y + row - halo, worldHeight);
    for (let column = 0; column < stride; column++, i++) {
      const globalX = wrap(x + column - halo, worldWidth);
      const draw = cellDrawAtGenesis(spec.seed, globalX, globalY);
      if (draw >>> 0 >= FILLED_END) continue;
      const tileX = Math.floor(globalX / TILE_SIDE);
      const tileY = Math.floor(globalY / TILE_SIDE);
      const tile = tileY * 65536 + tileX;
      let templates = tiles.get(tile);
      if (templates === undefined) {
        templates = templatesOf(spec.seed, tileX, tileY, spec.rules.maxSize);
        tiles.set(tile, templates);
      }
      const template = templates[below(TEMPLATES_PER_TILE, mix(draw))]!;
      block.size[i] = template.size;
      block.traits[i] = template.traits;
      block.health[i] = health;
      block.birth[i] = 0;
      block.colour[i] = template.colour;
      block.lineage[i] = template.colour;
    }
  }
}

function cellDrawAtGenesis(seed: number, x: number, y: number): number {
  const column = mix(((seed ^ CELL_STREAM) + Math.imul(x, SPREAD_X)) | 0);
  return mix((column + Math.imul(y, SPREAD_Y)) | 0);
}

function templatesOf(seed: number, tileX: number, tileY: number, maxSize: number): Template[] {
  const column = mix(((seed ^ TILE_STREAM) + Math.imul(tileX, SPREAD_X)) | 0);
  const key = mix((column + Math.imul(tileY, SPREAD_Y)) | 0);
  return Array.from({ length: TEMPLATES_PER_TILE }, (_, index) => {
    const look = mix((key + Math.imul(index + 1, SPREAD_N)) | 0);
    const body = mix(look ^ SECOND_STREAM);
    return {
      colour: look >>> 8,
      size: Math.min(15 + below(5, body), maxSize),
      traits: body & 3,
    };
  });
}
