import { wrap } from '../cells/cell-block.ts';
import { ofLastTerrain } from './of-last-terrain.ts';
import { evaluateTerrain, type TerrainSpec } from './terrain.ts';

/** Rivers of a world up to this size are near every cell of it, round the torus, many times over. */
const MOST_CELLS = 256 * 256;

const wholeOf = ofLastTerrain((terrain) =>
  evaluateTerrain(terrain, 0, 0, terrain.width, terrain.height),
);

/** Whether the terrain of this world is worth keeping whole. */
export const isSmall = ({ width, height }: TerrainSpec): boolean => width * height <= MOST_CELLS;

/**
 * As `evaluateTerrain` of a small world, of which all rivers are looked at once instead of once for each
 * rectangle: a block of it costs what it takes to copy its cells.
 */
export function cutSmallTerrain(
  terrain: TerrainSpec,
  x: number,
  y: number,
  width: number,
  height: number,
): Uint8Array {
  const whole = wholeOf(terrain);
  const out = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = wrap(y + row, terrain.height) * terrain.width;
    let column = wrap(x, terrain.width);
    for (let i = row * width; i < (row + 1) * width; i++) {
      out[i] = whole[start + column]!;
      column = column + 1 === terrain.width ? 0 : column + 1;
    }
  }
  return out;
}
