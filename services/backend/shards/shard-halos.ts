import type { Engine } from '../../kernel/engine.ts';
import { exchangesBefore } from '../../protocol/layout/exchanges.ts';
import { haloPlan } from '../../protocol/layout/halo-plan.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import type { CellParcel } from '../../world/cells/cell-parcel.ts';
import { allocateHaloTurn, type HaloTurn, TURNS } from '../halos/halo-parcels.ts';

/** Where the halos of a backend's shards stand, for each of the exchanges that take turns. */
export class ShardHalos {
  readonly turns: readonly HaloTurn[];
  readonly #topology: Topology;

  constructor(engine: Engine, blocks: readonly CellBlock[], topology: Topology, ownIndex: number) {
    const plan = haloPlan(topology, ownIndex);
    this.turns = Array.from({ length: TURNS }, () => allocateHaloTurn(engine, blocks, plan));
    this.#topology = topology;
  }

  /** Indices of the backends that need cells of these shards, and whose cells these need. */
  get peers(): number[] {
    return [...(this.turns[0]?.incoming.keys() ?? [])];
  }

  /** The blocks that have cells which other backends need. */
  get blocksAtBorder(): ReadonlySet<CellBlock> {
    const sources = this.turns[0]?.packs.map(({ source }) => source as CellBlock);
    return new Set(sources);
  }

  /** The turn of the exchange at or before this tick. */
  turnOf(tick: number): number {
    return exchangesBefore(this.#topology, tick) % TURNS;
  }

  departing(peer: number, tick: number): Uint8Array {
    return messageOf(this.turns[this.turnOf(tick)]?.outgoing, peer);
  }

  arriving(peer: number, tick: number): Uint8Array {
    return messageOf(this.turns[this.turnOf(tick)]?.incoming, peer);
  }
}

function messageOf(parcels: ReadonlyMap<number, CellParcel> | undefined, peer: number): Uint8Array {
  const parcel = parcels?.get(peer);
  if (parcel === undefined) throw new Error(`backend ${peer} is no neighbour`);
  return parcel.message;
}
