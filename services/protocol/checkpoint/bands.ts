import { bandRows } from '../../world/cells/packed-cells.ts';
import type { Region } from '../layout/regions.ts';
import { shardPlace, type Topology } from '../layout/topology.ts';

/** Some rows of one shard, which are packed together. Which ones they are depends on the shard's size alone. */
export interface Band {
  readonly shard: number;
  /** Counted within the shard. */
  readonly firstRow: number;
  readonly rows: number;
}

type World = Pick<Topology, 'width' | 'shardSize'>;

/** The bands of some shards, in the order of the shards and of their rows. */
export function bandsOf({ shardSize }: World, shards: readonly number[]): Band[] {
  const most = bandRows(shardSize);
  return shards.flatMap((shard) =>
    Array.from({ length: Math.ceil(shardSize / most) }, (_, i): Band => {
      const firstRow = i * most;
      return { shard, firstRow, rows: Math.min(most, shardSize - firstRow) };
    }),
  );
}

/** Where a band lies in the world. */
export function regionOfBand(world: World, { shard, firstRow, rows }: Band): Region {
  const { x, y } = shardPlace(world, shard);
  return { x, y: y + firstRow, width: world.shardSize, height: rows };
}

/** The cells that two rectangles share; undefined if there are none. */
export function commonRegion(a: Region, b: Region): Region | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
