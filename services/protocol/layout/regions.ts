import { shardsOf, type Topology } from './topology.ts';

/** A rectangle of cells of the world, in global coordinates; it does not cross the edge of the world. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Joins the shards of one backend into as few rectangles as a greedy search finds. The result depends
 * on the topology only, so all processes find the same rectangles.
 */
export function regionsOf(t: Topology, backendIndex: number): Region[] {
  const columns = t.width / t.shardSize;
  const places = shardsOf(t, backendIndex).map((shard): Place => {
    return [shard % columns, Math.floor(shard / columns)];
  });
  const rowByRow = merge(places);
  const columnByColumn = merge(places.map(flip)).map(({ x, y, width, height }): Region => {
    return { x: y, y: x, width: height, height: width };
  });
  const fewest = columnByColumn.length < rowByRow.length ? columnByColumn : rowByRow;
  return fewest.map(({ x, y, width, height }) => ({
    x: x * t.shardSize,
    y: y * t.shardSize,
    width: width * t.shardSize,
    height: height * t.shardSize,
  }));
}

type Place = readonly [column: number, row: number];
const flip = ([column, row]: Place): Place => [row, column];
const keyOf = (column: number, row: number): number => row * 2 ** 16 + column;

/** Takes the first place that is left, row by row, extends it as far right as possible, then down. */
function merge(places: readonly Place[]): Region[] {
  const sorted = [...places].sort(([a, b], [c, d]) => b - d || a - c);
  const left = new Set(sorted.map(([column, row]) => keyOf(column, row)));
  const regions: Region[] = [];
  for (const [x, y] of sorted) {
    if (!left.has(keyOf(x, y))) continue;
    let width = 1;
    while (left.has(keyOf(x + width, y))) width++;
    const isRow = (row: number) => {
      for (let column = x; column < x + width; column++) {
        if (!left.has(keyOf(column, row))) return false;
      }
      return true;
    };
    let height = 1;
    while (isRow(y + height)) height++;
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) left.delete(keyOf(column, row));
    }
    regions.push({ x, y, width, height });
  }
  return regions;
}
