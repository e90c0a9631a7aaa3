import { KERNEL_MEMORY_MAX_BYTES } from '../../kernel/kernel-memory.ts';
import { cutRegions } from '../../kernel/lockstep/cut-regions.ts';
import { memoryBlockBytes, memoryBlockSpanBytes } from '../../kernel/memory-block.ts';
import { extentOfRegion, haloCells, haloPlan } from '../../protocol/layout/halo-plan.ts';
import { regionsOf } from '../../protocol/layout/regions.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { BlockExtent } from '../../world/cells/cell-block.ts';
import { planStaging, type StagingPlan, stagingBytes } from '../checkpoints/staging.ts';
import { haloTurnsBytes } from '../halos/halo-parcels.ts';

/** The blocks that hold the shards of a backend, cut for so many threads. */
export function blocksOf(topology: Topology, ownIndex: number, threads: number): BlockExtent[] {
  const regions = regionsOf(topology, ownIndex);
  const blocks = cutRegions(regions, { threads, halo: haloCells(topology) });
  return blocks.map((block) => extentOfRegion(topology, block));
}

/** The bytes that the shards of one backend take, with margins, padding, messages, and slots if there are any. */
export interface ShardSetSize {
  readonly bytes: number;
  /** Addresses in the compiled kernel's memory: more, for some are never touched. */
  readonly addressBytes: number;
}

export function shardSetSize(
  topology: Topology,
  ownIndex: number,
  threads = 1,
  staging?: StagingPlan,
): ShardSetSize {
  const messages = haloTurnsBytes(haloPlan(topology, ownIndex));
  const extents = blocksOf(topology, ownIndex, threads);
  const others = messages + (staging === undefined ? 0 : stagingBytes(staging));
  const total = (bytes: number[]) => bytes.reduce((sum, some) => sum + some, others);
  return {
    bytes: total(extents.map(memoryBlockBytes)),
    addressBytes: total(extents.map(memoryBlockSpanBytes)),
  };
}

/** The slots for the checkpoints of one backend: they take what its shards leave, and need no more than that. */
export function stagingOf(
  topology: Topology,
  ownIndex: number,
  { threads, memoryLimitBytes }: { threads?: number | undefined; memoryLimitBytes: number },
): StagingPlan {
  const { bytes: shardBytes, addressBytes } = shardSetSize(topology, ownIndex, threads);
  const roomBytes = Math.min(memoryLimitBytes - shardBytes, KERNEL_MEMORY_MAX_BYTES - addressBytes);
  return planStaging(topology, ownIndex, { shardBytes, roomBytes });
}
