import { describe, expect, test } from 'vitest';
import {
  assertEngineVersion,
  assertSameColony,
  ownIndexIn,
} from '../../../../services/backend/hosting/initialization-rules.ts';
import { shardSetSize } from '../../../../services/backend/shards/shard-blocks.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { topologyOf } from '../topology-fixture.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 64, shardSize: 16 };
const colony = {
  generation: 1,
  colonyInstanceId: 'instance',
  stored: { engineVersion: ENGINE_VERSION, spec },
};
const fence = { generation: 1, epoch: 3, topologyVersion: 1 };
const owners = Array.from({ length: 16 }, (_, shard) => shard % 2);
const topology = topologyOf({ owners });
const ROOMY = { memoryLimitBytes: 2 ** 30 };

const problem = (code: string, says: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(says) });

describe('a topology', () => {
  test('that fits gives the index of this backend', () => {
    expect(ownIndexIn(topology, fence, colony, 'boot-1', ROOMY)).toBe(1);
  });

  const faults: [name: string, change: object, says: string][] = [
    ['another generation', { generation: 2 }, 'generation is 2, expected 1'],
    ['another version', { topologyVersion: 5 }, 'topologyVersion is 5, expected 1'],
    ['another instance', { colonyInstanceId: 'x' }, 'colonyInstanceId is x'],
    ['another width', { width: 128 }, 'width is 128, expected 64'],
    ['another height', { height: 128 }, 'height is 128, expected 64'],
    ['other shards', { shardSize: 32 }, 'shardSize is 32, expected 16'],
  ];
  test.each(faults)('of %s is refused', (_name, change, says) => {
    expect(() => ownIndexIn({ ...topology, ...change }, fence, colony, 'boot-0', ROOMY)).toThrow(
      problem('BAD_REQUEST', says),
    );
  });

  test('without this backend is refused', () => {
    expect(() => ownIndexIn(topology, fence, colony, 'boot-9', ROOMY)).toThrow(
      problem('BAD_REQUEST', 'this backend, boot-9, is not in it'),
    );
  });

  test('whose shards fit exactly is taken, with a byte less it is refused', () => {
    const { bytes } = shardSetSize(topology, 0);
    expect(ownIndexIn(topology, fence, colony, 'boot-0', { memoryLimitBytes: bytes })).toBe(0);
    expect(() =>
      ownIndexIn(topology, fence, colony, 'boot-0', { memoryLimitBytes: bytes - 1 }),
    ).toThrow(problem('WORLD_TOO_LARGE', `boot-0 need ${bytes} bytes, it may use ${bytes - 1}`));
  });
});

test('shards that the memory allows, but the addresses of the kernel do not, are refused', () => {
  const side = 25_000;
  const large = { ...spec, width: side, height: side, shardSize: 250 };
  const owners = Array<number>((side / 250) ** 2).fill(0);
  const whole = topologyOf({ width: side, height: side, shardSize: 250, owners });
  const stored = { engineVersion: ENGINE_VERSION, spec: large };
  const limits = { memoryLimitBytes: 2 ** 40 };
  expect(() => ownIndexIn(whole, fence, { ...colony, stored }, 'boot-0', limits)).toThrow(
    problem('WORLD_TOO_LARGE', 'bytes of addresses, the kernel has 4294967296: use more backends'),
  );
});

describe('a colony', () => {
  test('of another engine version is refused', () => {
    expect(() => assertEngineVersion({ engineVersion: ENGINE_VERSION + 1, spec })).toThrow(
      problem(
        'ENGINE_VERSION_MISMATCH',
        `the colony has engine version ${ENGINE_VERSION + 1}, this backend ${ENGINE_VERSION}`,
      ),
    );
  });

  test('is the same whatever the order of its fields', () => {
    const { width, ...rest } = spec;
    const stored = { spec: { ...rest, width }, engineVersion: ENGINE_VERSION };
    expect(() => assertSameColony(colony, { ...colony, stored })).not.toThrow();
  });
});
