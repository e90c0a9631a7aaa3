import { describe, expect, test } from 'vitest';
import {
  isPlanFor,
  planTopology,
  topologyRef,
} from '../../../../services/coordinator/layout/topology-plan.ts';
import { BACKENDS_MAX } from '../../../../services/protocol/common/limits.ts';
import { topologySchema } from '../../../../services/protocol/layout/topology.ts';
import { liveBackend, topologyOf, WORLD } from '../fixtures.ts';

const planOf = (backends: number, spec = WORLD) =>
  planTopology({
    spec,
    backends: Array.from({ length: backends }, (_, index) => liveBackend(index)),
    colonyInstanceId: 'instance-1',
    generation: 3,
    topologyVersion: 2,
    ticksPerExchange: 4,
  });

describe('a planned topology', () => {
  test('gives the shards of the spec to the backends that are there', () => {
    expect(planOf(2)).toEqual({
      colonyInstanceId: 'instance-1',
      generation: 3,
      topologyVersion: 2,
      width: 64,
      height: 32,
      shardSize: 16,
      ticksPerExchange: 4,
      backends: [
        { bootId: 'boot-0', id: 'b0', address: 'http://b0:9000' },
        { bootId: 'boot-1', id: 'b1', address: 'http://b1:9000' },
      ],
      owners: [0, 0, 1, 1, 0, 0, 1, 1],
    });
  });

  test('has narrower margins where one backend has all shards, and sends nothing', () => {
    expect(planOf(1).ticksPerExchange).toBe(2);
  });

  test('leaves out backends that would get no shard', () => {
    const plan = planOf(11);
    expect(plan.backends).toHaveLength(8);
    expect(new Set(plan.owners).size).toBe(8);
  });

  test('names no more backends than a topology may have', () => {
    const spec = { ...WORLD, width: 1_024, height: 512 };
    const plan = planOf(BACKENDS_MAX + 5, spec);
    expect(plan.backends).toHaveLength(BACKENDS_MAX);
    expect(topologySchema.safeParse(plan).success).toBe(true);
  });
});

describe('whether a topology is a plan for some backends', () => {
  const backends = (...indexes: number[]) => indexes.map((index) => liveBackend(index));

  test.each([
    ['the same', [0, 1], true],
    ['one is gone', [0], false],
    ['one is replaced', [0, 2], false],
    ['one has come', [0, 1, 2], false],
  ])('%s', (_what, indexes, expected) => {
    expect(isPlanFor(planOf(2), backends(...indexes))).toBe(expected);
  });

  test('one that would get no shard makes no difference', () => {
    expect(isPlanFor(planOf(8), backends(0, 1, 2, 3, 4, 5, 6, 7, 8))).toBe(true);
  });
});

describe('the name a topology is stored under', () => {
  test('is the same for the same topology', () => {
    expect(topologyRef(topologyOf(2))).toBe(topologyRef(topologyOf(2)));
  });

  test('differs for another plan of the same version: objects never change', () => {
    expect(topologyRef(topologyOf(2))).not.toBe(topologyRef(topologyOf(3)));
  });

  test('says which instance and version it is', () => {
    const ref = topologyRef(topologyOf(2, { topologyVersion: 7 }));
    expect(ref).toMatch(/^topology#instance-1#7-[0-9a-f]{16}$/);
  });
});
