import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  shardPlace,
  shardsOf,
  type Topology,
  topologySchema,
} from '../../../../services/protocol/layout/topology.ts';
import type { TerrainShift } from '../../../../services/world/events/terrain-shift.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { topologies, topologyOf } from '../../../support/topologies.ts';

test('any topology passes its schema', () => {
  fc.assert(fc.property(topologies, (t) => topologySchema.safeParse(t).success));
});

test('shards are numbered row by row from the upper left', () => {
  const t = topologyOf({ columns: 3, rows: 2 });
  const places = t.owners.map((_, shard) => shardPlace(t, shard)).map(({ x, y }) => [x, y]);
  expect(places).toEqual([
    [0, 0],
    [16, 0],
    [32, 0],
    [0, 16],
    [16, 16],
    [32, 16],
  ]);
});

test('every shard belongs to exactly one backend', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const all = t.backends.flatMap((_, backend) => shardsOf(t, backend));
      expect(all.sort((a, b) => a - b)).toEqual(t.owners.map((_, shard) => shard));
    }),
  );
});

test('the shards of a backend that is not in the topology are none', () => {
  const t = topologyOf({ backends: 2 }, (shard) => shard % 2);
  expect(shardsOf(t, -1)).toEqual([]);
  expect(shardsOf(t, 2)).toEqual([]);
});

test('what is known of one topology is not said of another', () => {
  const t = topologyOf({ backends: 2 }, (shard) => shard % 2);
  const all = t.owners.map((_, shard) => shard);
  expect(shardsOf(t, 0).length).toBeLessThan(all.length);
  expect(shardsOf({ ...t, owners: t.owners.map(() => 0) }, 0)).toEqual(all);
});

const good = topologyOf({ backends: 2 }, (shard) => shard % 2);

test.each<[string, Partial<Topology>, RegExp]>([
  ['whose shards do not divide it', { width: 40 }, /do not divide a world of 40 x 32/],
  ['with a shard that no backend owns', { owners: [0, 1, 0] }, /3 owners given/],
  ['with an owner that is not there', { owners: [0, 1, 2, 0] }, /not in backends/],
  ['with one backend twice', { backends: [good.backends[0]!, good.backends[0]!] }, /twice/],
  ['without backends', { backends: [] }, /./],
  ['without a version', { topologyVersion: 0 }, /./],
])('a topology %s is refused', (_name, change, reason) => {
  const result = topologySchema.safeParse({ ...good, ...change });
  expect(result.success).toBe(false);
  expect(result.error?.issues.map(({ message }) => message).join('; ')).toMatch(reason);
});

test('a topology that was stored before there were origins starts at genesis', () => {
  const { origin: _, ...older } = good;
  expect(topologySchema.parse(older)).toEqual({ ...good, origin: { kind: 'genesis' } });
});

describe('a topology that starts in a later state', () => {
  const state = new SingleWorld({
    ...DEFAULT_WORLD_SPEC,
    width: 16,
    height: 16,
    shardSize: 16,
  }).originHere();
  const { conditions } = state;
  const shiftedBy = (change: Partial<TerrainShift>) => ({
    conditions: { ...conditions, terrainShift: { ...conditions.terrainShift, ...change } },
  });

  test('passes its schema unchanged, also as JSON', () => {
    const topology = { ...good, origin: state };
    expect(topologySchema.parse(JSON.parse(JSON.stringify(topology)))).toEqual(topology);
  });

  test.each<[string, object]>([
    ['before genesis', { tick: -1 }],
    ['beyond the last tick', { tick: 2 ** 32 }],
    ['without the schedule of a kind', { schedule: { due: [], silentUntil: 0 } }],
    ['with rules out of bounds', { conditions: { ...conditions, rules: { maxFood: -1 } } }],
    ['with a terrain that rose too far', shiftedBy({ amount: 256 })],
    ['with a terrain that fell too far', shiftedBy({ amount: -256 })],
    ['with more extraFood than a cell can have', shiftedBy({ most: 256 })],
    ['whose least extraFood exceeds the most', shiftedBy({ least: 11, most: 10 })],
    ['with a field that is not known', { cells: [] }],
  ])('%s is refused', (_name, change) => {
    const origin = { ...state, ...change };
    expect(topologySchema.safeParse({ ...good, origin }).success).toBe(false);
  });
});
