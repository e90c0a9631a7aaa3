import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  shardPlace,
  shardsOf,
  type Topology,
  topologySchema,
} from '../../../../services/protocol/layout/topology.ts';
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

const good = topologyOf({ backends: 2 }, (shard) => shard % 2);

test.each<[string, Partial<Topology>, RegExp]>([
  ['whose shards do not divide it', { width: 40 }, /do not divide a world of 40 x 32/],
  ['with a shard that nobody owns', { owners: [0, 1, 0] }, /3 owners given/],
  ['with an owner that is not there', { owners: [0, 1, 2, 0] }, /not in backends/],
  ['with one backend twice', { backends: [good.backends[0]!, good.backends[0]!] }, /twice/],
  ['without backends', { backends: [] }, /./],
  ['without a version', { topologyVersion: 0 }, /./],
])('a topology %s is refused', (_name, change, reason) => {
  const result = topologySchema.safeParse({ ...good, ...change });
  expect(result.success).toBe(false);
  expect(result.error?.issues.map(({ message }) => message).join('; ')).toMatch(reason);
});
