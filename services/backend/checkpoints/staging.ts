import type { Engine } from '../../kernel/engine.ts';
import type { ExchangeTurn } from '../../kernel/worker-pool.ts';
import { type Band, bandsOf, commonRegion, regionOfBand } from '../../protocol/checkpoint/bands.ts';
import { shardsOf, type Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import type { CellCopy } from '../../world/cells/cell-copy.ts';
import { type CellParcel, parcelBytes, type RasterPlan } from '../../world/cells/cell-parcel.ts';
import { bandRows } from '../../world/cells/packed-cells.ts';

/*
 * Where the cells of a state are copied to, so that the world can tick on while they are written: slots,
 * each with room for a band. Bands take them in turn. Where there is a slot for each band, all are copied
 * at once; else in rounds, between which the world stands.
 *
 *     bands  0 1 2 3 4 5 6      round 0: 0 1 2   round 1: 3 4 5   round 2: 6
 *     slots  0 1 2 0 1 2 0
 */

/** So much is staged at once, or this share of what the shards take, if that is more. */
const STAGED_BYTES = 64 * 2 ** 20;
const STAGED_SHARE = 0.05;

/** What decides how many slots a backend gets. */
export interface StagingBounds {
  /** What its shards take. */
  readonly shardBytes: number;
  /** What is left for slots. */
  readonly roomBytes: number;
}

const PAGE_BYTES = 4096;

/** A band and the slot that it is copied to. */
export interface StagedBand {
  readonly band: Band;
  readonly slot: number;
}

export interface StagingPlan extends StagingBounds {
  readonly bands: readonly Band[];
  /** What each slot has room for. */
  readonly slot: RasterPlan;
  /** How many slots there are: none if there are no shards. */
  readonly slots: number;
}

/** Plans the slots: as many as there is room for, but at least one. */
export function planStaging(
  topology: Topology,
  ownIndex: number,
  { shardBytes, roomBytes }: StagingBounds,
): StagingPlan {
  const { shardSize } = topology;
  const bands = bandsOf(topology, shardsOf(topology, ownIndex));
  const slot = { width: shardSize, height: Math.min(shardSize, bandRows(shardSize)) };
  const bytes = Math.min(roomBytes, Math.max(STAGED_BYTES, STAGED_SHARE * shardBytes));
  const slots = Math.max(1, Math.floor(bytes / parcelBytes([slot])));
  return { bands, slot, slots: Math.min(slots, bands.length), shardBytes, roomBytes };
}

/** The bytes of a plan's slots. */
export const stagingBytes = ({ slot, slots }: StagingPlan): number => slots * parcelBytes([slot]);

/** The slots of one topology, beside its blocks. */
export class Staging {
  readonly plan: StagingPlan;
  /** The cells of all slots. */
  readonly cells: CellParcel;
  /** Which bands are copied together. */
  readonly rounds: readonly (readonly StagedBand[])[];

  /** @throws RangeError if there is no room for it. */
  constructor(engine: Engine, plan: StagingPlan) {
    const { bands, slot, slots } = plan;
    this.plan = plan;
    this.cells = engine.createParcel(Array.from({ length: slots }, () => slot));
    const { message } = this.cells;
    // Memory that was never touched takes longer to be written for the first time, and then the world stands.
    for (let at = 0; at < message.length; at += PAGE_BYTES) message[at] = 0;
    const rounds = slots === 0 ? 0 : Math.ceil(bands.length / slots);
    this.rounds = Array.from({ length: rounds }, (_, round) =>
      bands.slice(round * slots, (round + 1) * slots).map((band, i) => ({ band, slot: i })),
    );
  }

  /** What copies the bands of each round out of the blocks, as a pool packs parcels. */
  turns(topology: Topology, blocks: readonly CellBlock[]): ExchangeTurn[] {
    return this.rounds.map((staged) => ({
      fills: [],
      packs: staged.flatMap(({ band, slot }) => {
        const to = regionOfBand(topology, band);
        const target = this.cells.rasters[slot];
        if (target === undefined) throw new Error(`there is no slot ${slot}`);
        return blocks.flatMap((source): CellCopy[] => {
          const common = commonRegion(to, source);
          if (common === undefined) return [];
          const { x, y, width, height } = common;
          const from = { source, sourceX: x - source.x, sourceY: y - source.y };
          return [{ ...from, target, targetX: x - to.x, targetY: y - to.y, width, height }];
        });
      }),
    }));
  }
}
