import { KERNEL_MEMORY_MAX_BYTES } from '../../kernel/kernel-memory.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import { shardSetSize, stagingOf } from '../shards/shard-blocks.ts';

/** The content of InitializeColony, which never changes within a generation. */
export interface ColonyContent {
  generation: number;
  colonyInstanceId: string;
  stored: StoredSpec;
}

const sameContent = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** Throws ENGINE_VERSION_MISMATCH if this process would compute another world. */
export function assertEngineVersion({ engineVersion }: StoredSpec): void {
  if (engineVersion === ENGINE_VERSION) return;
  throw new ColonyError(
    'ENGINE_VERSION_MISMATCH',
    `the colony has engine version ${engineVersion}, this backend ${ENGINE_VERSION}`,
  );
}

/** Throws if a repeated InitializeColony of one generation has other content. */
export function assertSameColony(held: ColonyContent, brought: ColonyContent): void {
  if (held.colonyInstanceId !== brought.colonyInstanceId) {
    throw new ColonyError(
      'COLONY_INSTANCE_MISMATCH',
      `generation ${held.generation} is ${held.colonyInstanceId} here, not ${brought.colonyInstanceId}`,
    );
  }
  if (!sameContent(held.stored, brought.stored)) {
    throw new ColonyError(
      'BAD_REQUEST',
      `generation ${held.generation} was initialized with another spec`,
    );
  }
}

/** Throws BAD_REQUEST if a repeated InitializeTopology of one version has other content. */
export function assertSameTopology(held: Topology, brought: Topology): void {
  if (sameContent(held, brought)) return;
  throw new ColonyError(
    'BAD_REQUEST',
    `version ${held.topologyVersion} of generation ${held.generation} was initialized with another topology`,
  );
}

/**
 * Checks a topology against the call, the colony and this backend.
 *
 * @returns the index of this backend in it.
 * @throws BAD_REQUEST if it does not fit; WORLD_TOO_LARGE if its shards do not fit into memory.
 */
export function ownIndexIn(
  topology: Topology,
  fence: Fence,
  colony: ColonyContent,
  bootId: string,
  limits: {
    memoryLimitBytes: number;
    threads?: number;
    originCells?: unknown;
    checkpoints?: unknown;
  },
): number {
  const { spec } = colony.stored;
  const pairs: [name: string, actual: unknown, expected: unknown][] = [
    ['generation', topology.generation, fence.generation],
    ['topologyVersion', topology.topologyVersion, fence.topologyVersion],
    ['colonyInstanceId', topology.colonyInstanceId, colony.colonyInstanceId],
    ['width', topology.width, spec.width],
    ['height', topology.height, spec.height],
    ['shardSize', topology.shardSize, spec.shardSize],
  ];
  for (const [name, actual, expected] of pairs) {
    if (actual !== expected) {
      throw new ColonyError('BAD_REQUEST', `topology: ${name} is ${actual}, expected ${expected}`);
    }
  }
  const ownIndex = topology.backends.findIndex((backend) => backend.bootId === bootId);
  if (ownIndex < 0) {
    throw new ColonyError('BAD_REQUEST', `topology: this backend, ${bootId}, is not in it`);
  }
  if (topology.origin.kind === 'state' && limits.originCells === undefined) {
    throw new ColonyError(
      'BAD_REQUEST',
      `topology: it starts in the state of tick ${topology.origin.tick}, this backend starts worlds from genesis only`,
    );
  }
  const { memoryLimitBytes, threads } = limits;
  const staging = limits.checkpoints ? stagingOf(topology, ownIndex, limits) : undefined;
  const { bytes, addressBytes } = shardSetSize(topology, ownIndex, threads, staging);
  if (bytes > memoryLimitBytes) {
    throw new ColonyError(
      'WORLD_TOO_LARGE',
      `the shards of backend ${bootId} need ${bytes} bytes, it may use ${memoryLimitBytes}`,
    );
  }
  if (addressBytes > KERNEL_MEMORY_MAX_BYTES) {
    throw new ColonyError(
      'WORLD_TOO_LARGE',
      `the shards of backend ${bootId} need ${addressBytes} bytes of addresses, ` +
        `the kernel has ${KERNEL_MEMORY_MAX_BYTES}: use more backends`,
    );
  }
  return ownIndex;
}
