import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { CELLS_READ_MAX, encodeCells, placedCells } from '../../protocol/wire/cells-codec.ts';
import type { ReadCellsRequest } from '../../protocol/wire/rpc.ts';
import { type CellBlock, cellIndex, wrap } from '../../world/cells/cell-block.ts';
import type { StandingAt } from '../shards/shard-set.ts';

type ReadCells = (
  look: (blocks: readonly CellBlock[], at: StandingAt) => Uint8Array,
) => Promise<Uint8Array>;

/** The cells of a rectangle that are in this backend's shards, all in one state. Throws CELLS_TOO_MANY. */
export async function cellsPart(
  shards: { read: ReadCells },
  world: Pick<Topology, 'width' | 'height'>,
  { x, y, width, height }: ReadCellsRequest,
): Promise<Uint8Array> {
  const asked = width * height;
  if (asked > CELLS_READ_MAX) {
    throw new ColonyError('CELLS_TOO_MANY', `${asked} cells, at most ${CELLS_READ_MAX} are given`);
  }
  return shards.read((blocks, at) => {
    const found: [place: number, block: CellBlock, cell: number][] = [];
    for (let place = 0; place < asked; place++) {
      const column = wrap(x + (place % width), world.width);
      const row = wrap(y + Math.floor(place / width), world.height);
      const block = blocks.find((one) => isInside(one, column, row));
      if (block !== undefined) {
        found.push([place, block, cellIndex(block, column - block.x, row - block.y)]);
      }
    }
    const cells = placedCells(found.length);
    for (const [i, [place, block, cell]] of found.entries()) {
      cells.place[i] = place;
      cells.food[i] = block.food[cell] as number;
      cells.extraFood[i] = block.extraFood[cell] as number;
      const size = block.size[cell] as number;
      if (size === 0) continue;
      cells.size[i] = size;
      cells.traits[i] = block.traits[cell] as number;
      cells.health[i] = block.health[cell] as number;
      cells.ageTicks[i] = (at.minTick - (block.birth[cell] as number)) & 0xffff;
      cells.colour[i] = block.colour[cell] as number;
      cells.lineage[i] = block.lineage[cell] as number;
    }
    return encodeCells({ ...at, cells });
  });
}

const isInside = (block: CellBlock, x: number, y: number): boolean =>
  x >= block.x && x < block.x + block.width && y >= block.y && y < block.y + block.height;
