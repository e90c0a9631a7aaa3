import type { Cells } from '../../services/dashboard/src/api/world-client.ts';
import { cellIndex } from '../../services/world/cells/cell-block.ts';
import type { SingleWorld } from '../../services/world/single-world.ts';

/** The answer of `GET /cells` for a world in one process, read cell by cell. Shard i is held by backend i mod 4. */
export function cellsOf(
  world: SingleWorld,
  rect: { x: number; y: number; width: number; height: number },
): Cells {
  const { width, height } = world.spec;
  const columns: Cells['cells'] = {
    food: [],
    extraFood: [],
    size: [],
    traits: [],
    health: [],
    ageTicks: [],
    colour: [],
    lineage: [],
    owner: [],
    shard: [],
  };
  for (let row = 0; row < rect.height; row++) {
    for (let column = 0; column < rect.width; column++) {
      const [x, y] = [(rect.x + column) % width, (rect.y + row) % height];
      const shard = world.blocks.findIndex(
        (b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height,
      );
      const block = world.blocks[shard]!;
      const i = cellIndex(block, x - block.x, y - block.y);
      const lives = block.size[i]! > 0;
      columns.food.push(block.food[i]!);
      columns.extraFood.push(block.extraFood[i]!);
      columns.size.push(block.size[i]!);
      columns.traits.push(lives ? block.traits[i]! : 0);
      columns.health.push(lives ? block.health[i]! : 0);
      columns.ageTicks.push(lives ? (world.tick - block.birth[i]!) & 0xffff : 0);
      columns.colour.push(lives ? block.colour[i]! : 0);
      columns.lineage.push(lives ? block.lineage[i]! : 0);
      columns.owner.push(shard % 4);
      columns.shard.push(shard);
    }
  }
  const { tick } = world;
  return {
    ...rect,
    tick,
    maxTick: tick,
    colonyInstanceId: '6f0d1a52-4c1e-4b8e-9a55-0e2b7a3c9d10',
    cells: columns,
  };
}
