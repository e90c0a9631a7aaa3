import type { Topology } from '../../../services/protocol/layout/topology.ts';
import { GENESIS } from '../../../services/world/events/origin.ts';

/** A topology of backends `boot-0`, `boot-1`, … with shards of 16. */
export function topologyOf(change: Partial<Topology> & Pick<Topology, 'owners'>): Topology {
  const backends = Math.max(...change.owners) + 1;
  return {
    colonyInstanceId: 'instance',
    generation: 1,
    topologyVersion: 1,
    width: 64,
    height: 64,
    shardSize: 16,
    ticksPerExchange: 1,
    origin: GENESIS,
    backends: Array.from({ length: backends }, (_, index) => ({
      bootId: `boot-${index}`,
      id: `b${index}`,
      address: `http://backend-${index}:9000`,
    })),
    ...change,
  };
}
