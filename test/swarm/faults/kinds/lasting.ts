import { IMPAIRMENTS, type PortFault, someOf, type TimedFault } from '../fault-kind.ts';

/** The ports of what is stored in one place. */
const STORES: readonly (readonly string[])[] = [
  ['record'],
  ['objects'],
  ['digests', 'events', 'statistics', 'surveys'],
  ['snapshots'],
  ['registry'],
];

/** What lasts: longer than leases, or for good. */
export const LASTING_FAULTS: readonly (PortFault | TimedFault)[] = [
  {
    // Its machine hangs: no connection is refused, and nobody ever answers.
    name: 'hang',
    seam: 'timed',
    rate: [0.2, 1.5],
    strike: (stage, draws) => {
      const alive = stage.alive();
      if (alive.length > 0) stage.hang(draws.pick(alive));
    },
  },
  {
    name: 'store-away',
    seam: 'timed',
    rate: [0.5, 4],
    strike: (stage, draws) => {
      const victims = draws.chance(0.5) ? stage.alive() : someOf(stage.alive(), draws);
      const how = draws.pick(IMPAIRMENTS);
      stage.impairStore(victims, draws.pick(STORES), how, draws.logBetween(1_000, 30_000));
    },
  },
  {
    // One byte that is read is another one than was written.
    name: 'disk-damage',
    seam: 'port',
    ports: ['snapshots'],
    methods: ['get', 'getRange'],
    rate: [0.01, 0.3],
    strike: (fate, draws) => {
      const at = draws.fraction();
      fate.alter = (result) => {
        if (!(result instanceof Uint8Array) || result.byteLength === 0) return result;
        const bytes = result.slice();
        const i = Math.floor(at * bytes.byteLength);
        bytes[i] = (bytes[i] ?? 0) ^ (1 << draws.whole(0, 7));
        return bytes;
      };
    },
  },
];
