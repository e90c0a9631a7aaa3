import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import { canonicalJson, sha256 } from '../../protocol/common/canonical-json.ts';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { assignShards } from './assign-shards.ts';
import type { LiveBackend } from './discovery.ts';

/** Wider margins save messages. A backend with all shards sends none, but sweeps two ticks at once. */
const ALONE = 2;

/** Plans a topology that gives the shards of a world to these backends. Pure. */
export function planTopology(o: {
  spec: WorldSpec;
  backends: readonly LiveBackend[];
  colonyInstanceId: string;
  generation: number;
  topologyVersion: number;
  ticksPerExchange: number;
  origin: TopologyOrigin;
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
    origin: o.origin,
  };
}

/** Whether a new plan for these backends would use exactly the backends of this one. */
export function isPlanFor(topology: Topology, backends: readonly LiveBackend[]): boolean {
  const used = usedBackends(backends, topology.owners.length);
  return (
    used.length === topology.backends.length &&
    used.every(({ bootId }, index) => bootId === topology.backends[index]?.bootId)
  );
}

/** The backends that get shards: as many as there are shards, the first ones. */
const usedBackends = (backends: readonly LiveBackend[], shards: number) =>
  backends.slice(0, Math.min(BACKENDS_MAX, shards));

/**
 * The name under which a topology is stored. It contains a hash of the content: if two leaders, or two
 * attempts of one, plan the same version differently, they write two objects, and the record points at
 * one of them.
 */
export function topologyRef(topology: Topology): string {
  const { colonyInstanceId, topologyVersion } = topology;
  const content = sha256(canonicalJson(topology)).slice(0, 16);
  return `topology#${colonyInstanceId}#${topologyVersion}-${content}`;
}
