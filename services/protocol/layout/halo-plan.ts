import type { BlockExtent } from '../../world/cells/cell-block.ts';
import { haloPieces } from '../../world/cells/halo-pieces.ts';
import { marginDepths } from '../../world/tick/margin-copies.ts';
import { RADIUS } from '../../world/tick/tick.ts';
import { type Region, regionsOf } from './regions.ts';
import { shardPlace, shardsOf, type Topology } from './topology.ts';

export const haloCells = (t: Topology): number => RADIUS * t.ticksPerExchange;

/** A region of the world with the margin that the exchanges of a topology fill. */
export const extentOfRegion = (t: Topology, { x, y, width, height }: Region): BlockExtent => {
  return { x, y, width, height, halo: haloCells(t), worldWidth: t.width, worldHeight: t.height };
};

/** A rectangle of cells, and which of their fields are needed. */
interface HaloRectangle extends Region {
  readonly fields: HaloFields;
}

type HaloFields = keyof ReturnType<typeof marginDepths>;

/** The cells that one backend receives from its neighbours and sends to them. */
export interface HaloPlan {
  /** By index of the peer in topology.backends, ascending. */
  readonly incoming: ReadonlyMap<number, readonly HaloRectangle[]>;
  readonly outgoing: ReadonlyMap<number, readonly HaloRectangle[]>;
}

/**
 * Plans the halos of one backend. From the same topology, sender and receiver compute the same list of
 * rectangles in the same order, so a message needs no description of its content.
 */
export function haloPlan(t: Topology, backendIndex: number): HaloPlan {
  const own = regionsOf(t, backendIndex);
  const incoming = new Map<number, HaloRectangle[]>();
  const outgoing = new Map<number, HaloRectangle[]>();
  for (const peer of neighboursOf(t, backendIndex)) {
    const theirs = regionsOf(t, peer);
    incoming.set(peer, cellsNeeded(t, own, theirs));
    outgoing.set(peer, cellsNeeded(t, theirs, own));
  }
  return { incoming, outgoing };
}

/** Margins are symmetric: a backend needs cells of each neighbour that needs cells of it. */
function neighboursOf(t: Topology, backendIndex: number): number[] {
  const columns = t.width / t.shardSize;
  const rows = t.height / t.shardSize;
  const reach = Math.ceil(haloCells(t) / t.shardSize);
  const found = new Set<number>();
  for (const shard of shardsOf(t, backendIndex)) {
    const { x, y } = shardPlace(t, shard);
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const column = modulo(x / t.shardSize + dx, columns);
        const row = modulo(y / t.shardSize + dy, rows);
        found.add(t.owners[row * columns + column] as number);
      }
    }
  }
  found.delete(backendIndex);
  return [...found].sort((a, b) => a - b);
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n;

/** The cells of some regions that lie in the margins of others. Rectangles may overlap. */
function cellsNeeded(
  t: Topology,
  targets: readonly Region[],
  sources: readonly Region[],
): HaloRectangle[] {
  const depths = marginDepths(haloCells(t));
  // This is the order on the wire.
  const inOrder = ['state', 'descent'] as const;
  return inOrder.flatMap((fields) =>
    distinct(
      targets.flatMap((target) =>
        sources.flatMap((source) => overlaps(t, target, source, depths[fields])),
      ),
    ).map((region) => ({ ...region, fields })),
  );
}

/** The cells of a source that lie within so many cells of a target. */
const overlaps = (t: Topology, target: Region, source: Region, halo: number): Region[] =>
  haloPieces({ ...extentOfRegion(t, target), halo }, extentOfRegion(t, source)).map((piece) => {
    const { sourceX, sourceY, width, height } = piece;
    return { x: source.x + sourceX, y: source.y + sourceY, width, height };
  });

/** Leaves out rectangles that lie within another one. */
function distinct(regions: readonly Region[]): Region[] {
  return regions.filter((region, index) => {
    return !regions.some((other, i) => {
      return i !== index && contains(other, region) && (i < index || !contains(region, other));
    });
  });
}

const contains = (outer: Region, inner: Region): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
