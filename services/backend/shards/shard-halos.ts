import type { Engine } from '../../kernel/engine.ts';
import { exchangesBefore } from '../../protocol/layout/exchanges.ts';
import { haloPlan } from '../../protocol/layout/halo-plan.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import type { CellParcel } from '../../world/cells/cell-parcel.ts';
import { allocateHaloTurn, type HaloTurn, TURNS } from '../halos/halo-parcels.ts';

/** The places of the halos of a backend's shards, for each of the exchanges that alternate. */
export class ShardHalos {
  readonly turns: readonly HaloTurn[];
  readonly #topology: Topology;

  constructor(engine: Engine, blocks: readonly CellBlock[], topology: Topology, ownIndex: number) {
    const plan = haloPlan(topology, ownIndex);
    this.turns = Array.from({ length: TURNS }, () => allocateHaloTurn(engine, blocks, plan));
    this.#topology = topology;
  }

  /** Indices of the neighbours: backends that need cells of these shards and own cells that these need. */
  get peers(): number[] {
    return [...(this.turns[0]?.incoming.keys() ?? [])];
  }

  /** The border blocks: those with cells that other backends need. */
  get blocksAtBorder(): ReadonlySet<CellBlock> {
    const sources = this.turns[0]?.packs.map(({ source }) => source as CellBlock);
    return new Set(sources);
  }

  /** Which of the alternating places the exchange at or before this tick uses. */
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
