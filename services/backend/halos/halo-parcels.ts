import type { Engine } from '../../kernel/engine.ts';
import type { ExchangeTurn } from '../../kernel/worker-pool.ts';
import type { HaloPlan } from '../../protocol/layout/halo-plan.ts';
import type { Region } from '../../protocol/layout/regions.ts';
import { HALO_HEADER_BYTES } from '../../protocol/wire/halo-codec.ts';
import type { CellBlock, CellRaster } from '../../world/cells/cell-block.ts';
import type { CellCopy } from '../../world/cells/cell-copy.ts';
import { type CellParcel, parcelBytes, type RasterPlan } from '../../world/cells/cell-parcel.ts';
import { marginCopies } from '../../world/tick/margin-copies.ts';

/**
 * Exchanges alternate between sets of messages: a backend receives the next ones while it uses the
 * present ones, and keeps those that it sent last while it packs the next.
 */
export const TURNS = 2;

/**
 * The parcels of one turn, from peers and for peers, and the copies between them and the blocks: those
 * that fill the margins, from blocks and from parcels, and those that pack.
 */
export interface HaloTurn extends ExchangeTurn {
  /** By index of the peer. */
  readonly incoming: ReadonlyMap<number, CellParcel>;
  readonly outgoing: ReadonlyMap<number, CellParcel>;
}

/** The place of the message from a peer, or for one, of the exchange at a tick. */
export type HaloPlaces = (peer: number, tick: number) => Uint8Array;

/** The bytes that the messages of all turns take. */
export function haloTurnsBytes({ incoming, outgoing }: HaloPlan): number {
  const bytes = [...incoming.values(), ...outgoing.values()].map(
    (regions) => HALO_HEADER_BYTES + parcelBytes(regions),
  );
  return TURNS * bytes.reduce((sum, some) => sum + some, 0);
}

/** Allocates the parcels of one exchange beside the blocks of an engine. */
export function allocateHaloTurn(
  engine: Engine,
  blocks: readonly CellBlock[],
  { incoming, outgoing }: HaloPlan,
): HaloTurn {
  const arriving = layParcels(engine, incoming);
  const departing = layParcels(engine, outgoing);
  const held = blocks.map((block): Placed => ({ region: block, raster: block }));
  const sources = [...held, ...placed(incoming, arriving)];
  const fills = blocks.flatMap((target) =>
    sources.flatMap(({ region, raster }) => marginCopies(target, raster, region)),
  );
  const packs = placed(outgoing, departing).flatMap(({ region, raster }) =>
    blocks.flatMap((block) => overlap(block, region, raster)),
  );
  return { incoming: arriving, outgoing: departing, fills, packs };
}

/** Cells, and which cells of the world they are. */
interface Placed {
  readonly region: Region;
  readonly raster: CellRaster;
}

type Regions = HaloPlan['incoming'];

function layParcels(engine: Engine, regions: Regions): Map<number, CellParcel> {
  const parcel = (of: readonly RasterPlan[]) => engine.createParcel(of, HALO_HEADER_BYTES);
  return new Map([...regions].map(([peer, of]) => [peer, parcel(of)]));
}

function placed(regions: Regions, parcels: ReadonlyMap<number, CellParcel>): Placed[] {
  return [...regions].flatMap(([peer, of]) =>
    of.map((region, i) => ({ region, raster: parcels.get(peer)?.rasters[i] as CellRaster })),
  );
}

/** The copies from a block into the raster of a region. */
function overlap(block: CellBlock, region: Region, target: CellRaster): CellCopy[] {
  const x = Math.max(block.x, region.x);
  const y = Math.max(block.y, region.y);
  const width = Math.min(block.x + block.width, region.x + region.width) - x;
  const height = Math.min(block.y + block.height, region.y + region.height) - y;
  if (width <= 0 || height <= 0) return [];
  return [
    {
      ...{ source: block, sourceX: x - block.x, sourceY: y - block.y },
      ...{ target, targetX: x - region.x, targetY: y - region.y, width, height },
      ...(target.fields && { fields: target.fields }),
    },
  ];
}
