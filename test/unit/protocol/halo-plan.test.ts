import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type HaloPiece,
  haloCells,
  haloPlan,
  marginPieces,
  piecesBytes,
} from '../../../services/protocol/halo-plan.ts';
import { shardPlace, shardsOf, type Topology } from '../../../services/protocol/topology.ts';
import { HALO_CELL_BYTES } from '../../../services/world/cell-block.ts';
import { topologies, topologyOf } from '../../support/topologies.ts';

const modulo = (a: number, n: number) => ((a % n) + n) % n;

/**
 * Applies pieces to the padded block of one shard: which global cell each padded cell got.
 * Fails on a cell that is filled twice, that lies inside, or that comes from outside its source.
 */
function fill(t: Topology, shard: number, pieces: readonly HaloPiece[]): Map<string, string> {
  const filled = new Map<string, string>();
  const halo = haloCells(t);
  for (const p of pieces) {
    expect(p.targetShard).toBe(shard);
    const source = shardPlace(t, p.sourceShard);
    for (let j = 0; j < p.height; j++) {
      for (let i = 0; i < p.width; i++) {
        const [tx, ty] = [p.targetX + i, p.targetY + j];
        const [sx, sy] = [p.sourceX + i, p.sourceY + j];
        const isInside = tx >= 0 && tx < t.shardSize && ty >= 0 && ty < t.shardSize;
        const isPadded =
          Math.min(tx, ty) >= -halo && Math.max(tx, ty) < t.shardSize + halo && !isInside;
        const isOfSource = Math.min(sx, sy) >= 0 && Math.max(sx, sy) < t.shardSize;
        if (!isPadded || !isOfSource || filled.has(`${tx},${ty}`)) {
          throw new Error(`cell ${tx},${ty} from ${sx},${sy} of ${JSON.stringify(p)}`);
        }
        filled.set(`${tx},${ty}`, `${source.x + sx},${source.y + sy}`);
      }
    }
  }
  return filled;
}

/** What the margin of a shard must hold, cell by cell, by the definition of a torus. */
function expectedMargin(t: Topology, shard: number): Map<string, string> {
  const { x, y } = shardPlace(t, shard);
  const halo = haloCells(t);
  const expected = new Map<string, string>();
  for (let ty = -halo; ty < t.shardSize + halo; ty++) {
    for (let tx = -halo; tx < t.shardSize + halo; tx++) {
      if (tx >= 0 && tx < t.shardSize && ty >= 0 && ty < t.shardSize) continue;
      expected.set(`${tx},${ty}`, `${modulo(x + tx, t.width)},${modulo(y + ty, t.height)}`);
    }
  }
  return expected;
}

test('every margin cell is filled exactly once, with the right cell of the torus', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const shard = t.owners.length - 1;
      expect(fill(t, shard, marginPieces(t, shard))).toEqual(expectedMargin(t, shard));
    }),
    { numRuns: 40 },
  );
});

test('local and incoming pieces of a backend together are the margins of all its shards', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      t.backends.forEach((_, backend) => {
        const plan = haloPlan(t, backend);
        const pieces = [...plan.local, ...[...plan.incoming.values()].flat()];
        const mine = shardsOf(t, backend);
        const key = (p: HaloPiece) => [p.targetShard, p.targetY, p.targetX].join();
        const expected = mine.flatMap((shard) => marginPieces(t, shard));
        expect(pieces.map(key).sort()).toEqual(expected.map(key).sort());
      });
    }),
    { numRuns: 40 },
  );
});

test('pieces are local exactly where both shards are of the backend, else come from the owner', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      t.backends.forEach((_, backend) => {
        const { local, incoming } = haloPlan(t, backend);
        expect(local.every((p) => t.owners[p.sourceShard] === backend)).toBe(true);
        expect(incoming.has(backend)).toBe(false);
        for (const [peer, pieces] of incoming) {
          expect(pieces.every((p) => t.owners[p.sourceShard] === peer)).toBe(true);
        }
      });
    }),
    { numRuns: 40 },
  );
});

test('sender and receiver make the same list in the same order', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const plans = t.backends.map((_, backend) => haloPlan(t, backend));
      plans.forEach((plan, backend) => {
        for (const [peer, pieces] of plan.incoming) {
          expect(plans[peer]?.outgoing.get(backend)).toEqual(pieces);
        }
        for (const [peer, pieces] of plan.outgoing) {
          expect(plans[peer]?.incoming.get(backend)).toEqual(pieces);
        }
      });
    }),
    { numRuns: 60 },
  );
});

test('a shard that is the whole world is its own neighbour on all sides', () => {
  const t = topologyOf({ columns: 1, rows: 1 });
  const { local, incoming, outgoing } = haloPlan(t, 0);
  expect(incoming.size + outgoing.size).toBe(0);
  expect(new Set(local.map((p) => p.sourceShard))).toEqual(new Set([0]));
  expect(fill(t, 0, local)).toEqual(expectedMargin(t, 0));
});

test('a halo wider than the world holds its cells several times', () => {
  const t = topologyOf({ columns: 1, rows: 2, ticksPerExchange: 16 });
  expect(haloCells(t)).toBeGreaterThan(t.width);
  expect(fill(t, 1, marginPieces(t, 1))).toEqual(expectedMargin(t, 1));
});

test('a backend without a shard exchanges nothing', () => {
  const plan = haloPlan(topologyOf({ backends: 2 }), 1);
  expect(plan).toEqual({ local: [], incoming: new Map(), outgoing: new Map() });
});

test('a backend exchanges with those that its margins reach and with no others', () => {
  // Six columns of one shard, each its own backend: neighbours are left and right.
  const t = topologyOf({ columns: 6, rows: 1, backends: 6 }, (shard) => shard);
  const { incoming, outgoing } = haloPlan(t, 0);
  expect([...incoming.keys()].sort()).toEqual([1, 5]);
  expect([...outgoing.keys()].sort()).toEqual([1, 5]);
});

test('the bytes of pieces are those of their cells', () => {
  const t = topologyOf({ columns: 1, rows: 1 });
  const side = t.shardSize + 2 * haloCells(t);
  const cells = side * side - t.shardSize * t.shardSize;
  expect(piecesBytes(marginPieces(t, 0))).toBe(cells * HALO_CELL_BYTES);
  expect(piecesBytes([])).toBe(0);
});
