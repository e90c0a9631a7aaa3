import fc from 'fast-check';
import type { Topology } from '../../services/protocol/layout/topology.ts';
import { GENESIS } from '../../services/world/events/origin.ts';

/** A topology of a few shards, its owners as given by a function of the shard. */
export function topologyOf(
  shape: {
    columns?: number;
    rows?: number;
    shardSize?: number;
    ticksPerExchange?: number;
    backends?: number;
  } = {},
  ownerOf: (shard: number) => number = () => 0,
): Topology {
  const { columns = 2, rows = 2, shardSize = 16, ticksPerExchange = 1, backends = 1 } = shape;
  return {
    colonyInstanceId: 'instance-1',
    generation: 1,
    topologyVersion: 1,
    width: columns * shardSize,
    height: rows * shardSize,
    shardSize,
    ticksPerExchange,
    origin: GENESIS,
    backends: Array.from({ length: backends }, (_, i) => ({
      bootId: `boot-${i}`,
      id: `backend-${i}`,
      address: `http://10.0.0.${i + 1}:9000`,
    })),
    owners: Array.from({ length: columns * rows }, (_, shard) => ownerOf(shard)),
  };
}

/** Any small topology: narrow worlds, wide halos, scattered owners, backends without a shard. */
export const topologies: fc.Arbitrary<Topology> = fc
  .record({
    columns: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 4 }),
    shardSize: fc.integer({ min: 16, max: 19 }),
    ticksPerExchange: fc.integer({ min: 1, max: 16 }),
    backends: fc.integer({ min: 1, max: 5 }),
  })
  .chain((shape) =>
    fc
      .array(fc.nat(shape.backends - 1), {
        minLength: shape.columns * shape.rows,
        maxLength: shape.columns * shape.rows,
      })
      .map((owners) => topologyOf(shape, (shard) => owners[shard] as number)),
  );
