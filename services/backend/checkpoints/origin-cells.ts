import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';

/** Blocks that are to get the cells of the state that their topology starts from. */
export interface OriginRequest {
  readonly topology: Topology;
  readonly origin: Extract<TopologyOrigin, { kind: 'state' }>;
  /** Those of one backend. */
  readonly shards: readonly number[];
  /** They hold these shards, and are empty. */
  readonly blocks: readonly CellBlock[];
  readonly signal: AbortSignal;
  /** Called with the number of shards that are filled, whenever it grows. */
  readonly onShards: (shards: number) => void;
}

/**
 * Fills the interiors of blocks with the cells of a state. It leaves alone their terrain, which follows
 * from the conditions, and their margins, which the first exchange fills.
 *
 * Settles soon once the signal is aborted.
 *
 * @throws ColonyError CHECKPOINT_UNREADABLE if they are not to be had, STORE_UNAVAILABLE.
 */
export type OriginCells = (request: OriginRequest) => Promise<void>;
