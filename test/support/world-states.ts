import type { OriginCells } from '../../services/backend/checkpoints/origin-cells.ts';
import { type CellBlock, cellIndex, wrap } from '../../services/world/cells/cell-block.ts';
import { CELL_FIELDS } from '../../services/world/cells/cell-fields.ts';
import type { CellSource, StateOrigin } from '../../services/world/events/origin.ts';
import type { SingleWorld } from '../../services/world/single-world.ts';

/** A state of a world, to start others from: it stays as it is while the world goes on. */
export interface WorldState {
  origin: StateOrigin;
  cells: CellSource;
}

const FIELDS = [...CELL_FIELDS.all.map(([field]) => field), 'extraFood'] as const;

/** The present state of a world. */
export function stateOf(world: SingleWorld): WorldState {
  const blocks = structuredClone(world.blocks);
  const blockAt = (x: number, y: number): CellBlock => {
    const found = blocks.find(
      (b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height,
    );
    if (found === undefined) throw new Error(`no block has the cell (${x}, ${y})`);
    return found;
  };
  return {
    origin: world.originHere(),
    cells(target) {
      const { halo, stride, rows, worldWidth, worldHeight } = target;
      for (let i = 0; i < stride * rows; i++) {
        const x = wrap(target.x - halo + (i % stride), worldWidth);
        const y = wrap(target.y - halo + Math.floor(i / stride), worldHeight);
        const source = blockAt(x, y);
        const from = cellIndex(source, x - source.x, y - source.y);
        for (const field of FIELDS) target[field][i] = source[field][from] as number;
      }
    },
  };
}

/** The cells of such a state, for backends that start from it. */
export const originCellsOf =
  ({ cells }: Pick<WorldState, 'cells'>): OriginCells =>
  async ({ shards, blocks, onShards }) => {
    blocks.forEach(cells);
    onShards(shards.length);
  };
