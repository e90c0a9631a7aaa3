import { canonicalJson, sha256 } from '../../protocol/common/canonical-json.ts';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { assignShards } from './assign-shards.ts';
import type { LiveBackend } from './discovery.ts';

/** Wider margins save messages. A backend that has all shards sends none: two ticks go in one sweep. */
const ALONE = 2;

/** The topology that gives the shards of a world to these backends. Pure. */
export function planTopology(o: {
  spec: WorldSpec;
  backends: readonly LiveBackend[];
  colonyInstanceId: string;
  generation: number;
  topologyVersion: number;
  ticksPerExchange: number;
}): Topology {
  const { width, height, shardSize } = o.spec;
  const columns = width / shardSize;
  const rows = height / shardSize;
  const used = usedBackends(o.backends, columns * rows);
  return {
    colonyInstanceId: o.colonyInstanceId,
    generation: o.generation,
    topologyVersion: o.topologyVersion,
    width,
    height,
    shardSize,
    ticksPerExchange: used.length === 1 ? Math.min(ALONE, o.ticksPerExchange) : o.ticksPerExchange,
    backends: used.map(({ bootId, id, origin }) => ({ bootId, id, address: origin })),
    owners: assignShards(columns, rows, used.length),
  };
}

/** Whether a new plan for these backends would be on just the backends that this one is on. */
export function isPlanFor(topology: Topology, backends: readonly LiveBackend[]): boolean {
  const used = usedBackends(backends, topology.owners.length);
  return (
    used.length === topology.backends.length &&
    used.every(({ bootId }, index) => bootId === topology.backends[index]?.bootId)
  );
}

/** The first ones; further backends would get no shard. */
const usedBackends = (backends: readonly LiveBackend[], shards: number) =>
  backends.slice(0, Math.min(BACKENDS_MAX, shards));

/**
 * Where a topology is stored. Its content is in the name: two leaders, or two attempts of one, that
 * plan the same version differently write two objects, and the record points at one of them.
 */
export function topologyRef(topology: Topology): string {
  const { colonyInstanceId, topologyVersion } = topology;
  const content = sha256(canonicalJson(topology)).slice(0, 16);
  return `topology#${colonyInstanceId}#${topologyVersion}-${content}`;
}
