import { HALO_CELL_BYTES } from '../world/cell-block.ts';
import { RADIUS } from '../world/tick.ts';
import { shardPlace, shardsOf, type Topology } from './topology.ts';

/**
 * One rectangle that a shard's margin needs from a shard: the cells at (sourceX, sourceY) of the
 * source's interior go to (targetX, targetY) of the target, in block-local interior coordinates
 * (negative or ≥ shardSize in the margin).
 */
export interface HaloPiece {
  sourceShard: number;
  targetShard: number;
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
  width: number;
  height: number;
}

export const haloCells = (t: Topology): number => RADIUS * t.ticksPerExchange;

/** A run of padded coordinates on one axis that lies in one shard. */
interface Span {
  shardIndex: number;
  source: number;
  target: number;
  length: number;
}

/** Cuts the padded range [-halo, size + halo) of the shard at `origin` where shards meet, mod world. */
function spans(origin: number, size: number, halo: number, world: number): Span[] {
  const out: Span[] = [];
  for (let target = -halo; target < size + halo; ) {
    const global = (((origin + target) % world) + world) % world;
    const source = global % size;
    const length = Math.min(size - source, size + halo - target);
    out.push({ shardIndex: Math.floor(global / size), source, target, length });
    target += length;
  }
  return out;
}

/** All pieces of one shard's margin, row by row. A small world may be its own neighbour. */
export function marginPieces(t: Topology, targetShard: number): HaloPiece[] {
  const { x, y } = shardPlace(t, targetShard);
  const halo = haloCells(t);
  const columns = t.width / t.shardSize;
  const across = spans(x, t.shardSize, halo, t.width);
  const down = spans(y, t.shardSize, halo, t.height);
  return down.flatMap((v) =>
    across
      .filter((h) => !isInterior(h, t.shardSize) || !isInterior(v, t.shardSize))
      .map((h) => ({
        sourceShard: v.shardIndex * columns + h.shardIndex,
        targetShard,
        sourceX: h.source,
        sourceY: v.source,
        targetX: h.target,
        targetY: v.target,
        width: h.length,
        height: v.length,
      })),
  );
}

const isInterior = (s: Span, size: number): boolean => s.target === 0 && s.length === size;

/** What one backend exchanges: pieces it copies itself, and what it gets from and gives to peers. */
export interface HaloPlan {
  local: HaloPiece[];
  /** By index of the peer in topology.backends. */
  incoming: Map<number, HaloPiece[]>;
  outgoing: Map<number, HaloPiece[]>;
}

/**
 * The plan of one backend. Sender and receiver make the same list of pieces in the same order from
 * the same topology, so that a message needs no description of its content.
 */
export function haloPlan(t: Topology, backendIndex: number): HaloPlan {
  const plan: HaloPlan = { local: [], incoming: new Map(), outgoing: new Map() };
  const mine = new Set(shardsOf(t, backendIndex));
  const neighbours = new Set<number>();
  for (const shard of mine) {
    for (const piece of marginPieces(t, shard)) {
      const owner = t.owners[piece.sourceShard] as number;
      if (owner === backendIndex) plan.local.push(piece);
      else push(plan.incoming, owner, piece);
      if (owner !== backendIndex) neighbours.add(owner);
    }
  }
  // Margins reach symmetrically: whoever I need cells from needs cells from me.
  for (const peer of neighbours) {
    for (const shard of shardsOf(t, peer)) {
      for (const piece of marginPieces(t, shard)) {
        if (mine.has(piece.sourceShard)) push(plan.outgoing, peer, piece);
      }
    }
  }
  return plan;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Bytes of the cells of some pieces. */
export function piecesBytes(pieces: readonly HaloPiece[]): number {
  return pieces.reduce((sum, p) => sum + p.width * p.height, 0) * HALO_CELL_BYTES;
}
