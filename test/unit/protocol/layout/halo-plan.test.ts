import fc from 'fast-check';
import { expect, test } from 'vitest';
import { haloCells, haloPlan } from '../../../../services/protocol/layout/halo-plan.ts';
import type { Region } from '../../../../services/protocol/layout/regions.ts';
import {
  shardPlace,
  shardsOf,
  type Topology,
} from '../../../../services/protocol/layout/topology.ts';
import { topologies, topologyOf } from '../../../support/topologies.ts';

const modulo = (a: number, n: number) => ((a % n) + n) % n;

const ownerOf = (t: Topology, x: number, y: number): number => {
  const shard = Math.floor(y / t.shardSize) * (t.width / t.shardSize) + Math.floor(x / t.shardSize);
  return t.owners[shard] as number;
};

const cellsOf = (regions: readonly Region[]): string[] =>
  regions.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, i) => {
      return `${x + (i % width)},${y + Math.floor(i / width)}`;
    }),
  );

/** Who owns what lies so near to a backend's shards, by the definition of a torus. */
function cellsWithin(t: Topology, backend: number, depth: number): Map<number, Set<string>> {
  const needed = new Map<number, Set<string>>();
  for (const shard of shardsOf(t, backend)) {
    const place = shardPlace(t, shard);
    for (let dy = -depth; dy < t.shardSize + depth; dy++) {
      for (let dx = -depth; dx < t.shardSize + depth; dx++) {
        const [x, y] = [modulo(place.x + dx, t.width), modulo(place.y + dy, t.height)];
        const owner = ownerOf(t, x, y);
        if (owner === backend) continue;
        needed.set(owner, (needed.get(owner) ?? new Set()).add(`${x},${y}`));
      }
    }
  }
  return needed;
}

test.each([
  ['state', 3],
  ['descent', 1],
] as const)('a backend gets the %s of cells within %i cells for each tick', (fields, perTick) => {
  fc.assert(
    fc.property(topologies, (t) => {
      t.backends.forEach((_, backend) => {
        const { incoming } = haloPlan(t, backend);
        const cells = [...incoming].map(([peer, rectangles]): [number, Set<string>] => {
          const some = rectangles.filter((rectangle) => rectangle.fields === fields);
          return [peer, new Set(cellsOf(some))];
        });
        const found = new Map(cells.filter(([, some]) => some.size > 0));
        expect(found).toEqual(cellsWithin(t, backend, perTick * t.ticksPerExchange));
      });
    }),
    { numRuns: 30 },
  );
});

test('sender and receiver make the same list in the same order', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const plans = t.backends.map((_, backend) => haloPlan(t, backend));
      plans.forEach((plan, backend) => {
        for (const [peer, regions] of plan.incoming) {
          expect(plans[peer]?.outgoing.get(backend)).toEqual(regions);
        }
        for (const [peer, regions] of plan.outgoing) {
          expect(plans[peer]?.incoming.get(backend)).toEqual(regions);
        }
      });
    }),
    { numRuns: 60 },
  );
});

test('a message has no cell twice where the halo is narrower than the regions', () => {
  // Two columns of shards for each of four backends.
  const t = topologyOf(
    { columns: 8, rows: 5, shardSize: 32, ticksPerExchange: 2, backends: 4 },
    (s) => Math.floor((s % 8) / 2),
  );
  for (const rectangles of haloPlan(t, 1).incoming.values()) {
    const cells = cellsOf(rectangles.filter(({ fields }) => fields === 'state'));
    expect(cells).toHaveLength(haloCells(t) * t.height);
    expect(new Set(cells).size).toBe(cells.length);
  }
});

test('a shard that is the whole world exchanges nothing', () => {
  const { incoming, outgoing } = haloPlan(topologyOf({ columns: 1, rows: 1 }), 0);
  expect(incoming.size + outgoing.size).toBe(0);
});

test('a backend without a shard exchanges nothing', () => {
  const plan = haloPlan(topologyOf({ backends: 2 }), 1);
  expect(plan).toEqual({ incoming: new Map(), outgoing: new Map() });
});

test('a backend exchanges with those that its margins reach and with no others', () => {
  // Six columns of one shard, each its own backend: neighbours are left and right.
  const t = topologyOf({ columns: 6, rows: 1, backends: 6 }, (shard) => shard);
  const { incoming, outgoing } = haloPlan(t, 0);
  expect([...incoming.keys()]).toEqual([1, 5]);
  expect([...outgoing.keys()]).toEqual([1, 5]);
});
