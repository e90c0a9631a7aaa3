import type { CellColumns, Cells } from '../../api/world-client.ts';
import { type Point, shorterWay, type World, wrapped } from '../view/camera.ts';

/** All that is known of one cell. */
export type Cell = { [K in keyof CellColumns]: number } & Point;

/** Where in the columns of an answer a cell is; undefined if it is not in it. */
export function indexOf(cells: Cells, world: World, { x, y }: Point): number | undefined {
  const column = wrapped(x - cells.x, world.width);
  const row = wrapped(y - cells.y, world.height);
  return column < cells.width && row < cells.height ? row * cells.width + column : undefined;
}

/** @param index of the answer's columns. */
export function cellAt(cells: Cells, world: World, index: number): Cell {
  const at = (column: readonly number[]) => column[index] ?? 0;
  const { food, extraFood, size, traits, health, ageTicks, colour, lineage, owner, shard } =
    cells.cells;
  return {
    x: wrapped(cells.x + (index % cells.width), world.width),
    y: wrapped(cells.y + Math.floor(index / cells.width), world.height),
    food: at(food),
    extraFood: at(extraFood),
    size: at(size),
    traits: at(traits),
    health: at(health),
    ageTicks: at(ageTicks),
    colour: at(colour),
    lineage: at(lineage),
    owner: at(owner),
    shard: at(shard),
  };
}

/** A rectangle of cells around one, each side at most that of the world. */
export function around(cell: Point, world: World, reach: number) {
  const side = 2 * reach + 1;
  const [width, height] = [Math.min(side, world.width), Math.min(side, world.height)];
  return {
    x: wrapped(cell.x - Math.floor(width / 2), world.width),
    y: wrapped(cell.y - Math.floor(height / 2), world.height),
    width,
    height,
  };
}

/** How many ticks a creature needs at least from one cell to another: it moves by one cell a tick, also diagonally. */
export function ticksApart(a: Point, b: Point, world: World): number {
  const across = Math.abs(shorterWay(a.x, b.x, world.width));
  const down = Math.abs(shorterWay(a.y, b.y, world.height));
  return Math.max(across, down);
}
