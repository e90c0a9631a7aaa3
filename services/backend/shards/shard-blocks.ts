import { memoryBlockBytes, memoryBlockSpanBytes } from '../../kernel/memory-block.ts';
import { extentOfRegion, haloCells, haloPlan } from '../../protocol/layout/halo-plan.ts';
import { regionsOf } from '../../protocol/layout/regions.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { BlockExtent } from '../../world/cells/cell-block.ts';
import { haloTurnsBytes } from '../halos/halo-parcels.ts';
import { cutRegions } from './cut-regions.ts';

/** The blocks that hold the shards of a backend, cut for so many threads. */
export function blocksOf(topology: Topology, ownIndex: number, threads: number): BlockExtent[] {
  const regions = regionsOf(topology, ownIndex);
  const blocks = cutRegions(regions, { threads, halo: haloCells(topology) });
  return blocks.map((block) => extentOfRegion(topology, block));
}

/** The bytes that the shards of one backend take, with margins, padding and messages. */
export interface ShardSetSize {
  readonly bytes: number;
  /** Addresses in the compiled kernel's memory: more, for some are never touched. */
  readonly addressBytes: number;
}

export function shardSetSize(topology: Topology, ownIndex: number, threads = 1): ShardSetSize {
  const messages = haloTurnsBytes(haloPlan(topology, ownIndex));
  const extents = blocksOf(topology, ownIndex, threads);
  const total = (bytes: number[]) => bytes.reduce((sum, some) => sum + some, messages);
  return {
    bytes: total(extents.map(memoryBlockBytes)),
    addressBytes: total(extents.map(memoryBlockSpanBytes)),
  };
}
