import type { CellsView } from '../../protocol/api/cells-view.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import {
  CELL_COLUMNS,
  CELLS_READ_MAX,
  type CellColumn,
  decodeCells,
} from '../../protocol/wire/cells-codec.ts';
import type { ReadCellsRequest } from '../../protocol/wire/rpc.ts';
import { wrap } from '../../world/cells/cell-block.ts';
import { askParts, type ReadColony } from './reading/backend-parts.ts';

/** Throws CELLS_OUTSIDE_WORLD or CELLS_TOO_MANY. */
export function assertCells(
  { x, y, width, height }: ReadCellsRequest,
  world: { width: number; height: number },
): void {
  if (x >= world.width || y >= world.height || width > world.width || height > world.height) {
    throw new ColonyError(
      'CELLS_OUTSIDE_WORLD',
      `${width} x ${height} cells from (${x}, ${y}) on, in a world of ${world.width} x ${world.height}`,
    );
  }
  if (width * height > CELLS_READ_MAX) {
    throw new ColonyError(
      'CELLS_TOO_MANY',
      `${width * height} cells, at most ${CELLS_READ_MAX} are given`,
    );
  }
}

/** Asks the backends for the cells of a rectangle, which may wrap around the torus. */
export async function assembleCells(
  colony: ReadColony,
  request: ReadCellsRequest,
): Promise<CellsView> {
  const { topology } = colony;
  assertCells(request, topology);
  const { x, y, width, height } = request;
  const asked = width * height;
  const shard = Array.from({ length: asked }, (_, place) => {
    const column = wrap(x + (place % width), topology.width);
    const row = wrap(y + Math.floor(place / width), topology.height);
    const { shardSize } = topology;
    return (
      Math.floor(row / shardSize) * (topology.width / shardSize) + Math.floor(column / shardSize)
    );
  });
  const owner = shard.map((one) => topology.owners[one] as number);
  const parts = await askParts(colony, [...new Set(owner)], async (call) =>
    decodeCells(await call('readCells', request), asked),
  );
  const cells = Object.fromEntries(
    CELL_COLUMNS.map((name) => [name, new Array<number>(asked).fill(0)]),
  ) as Record<CellColumn, number[]>;
  let told = 0;
  for (const { cells: placed } of parts) {
    told += placed.place.length;
    for (const name of CELL_COLUMNS) {
      for (const [i, place] of placed.place.entries())
        cells[name][place] = placed[name][i] as number;
    }
  }
  if (told !== asked) {
    throw new ColonyError('BACKEND_FAILED', `the backends told ${told} cells of ${asked}`);
  }
  return {
    colonyInstanceId: topology.colonyInstanceId,
    tick: Math.min(...parts.map(({ minTick }) => minTick)),
    maxTick: Math.max(...parts.map(({ maxTick }) => maxTick)),
    ...{ x, y, width, height },
    cells: { ...cells, owner, shard },
  };
}
