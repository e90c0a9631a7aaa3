import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of a backend. */
export const BACKEND_BUGS: readonly PlantedBug[] = [
  {
    name: 'foreign-boot-obeyed',
    what: 'A backend obeys calls that are meant for the process which had its address before.',
    file: 'services/platform/rpc/call-receiver.ts',
    changes: [['if (call.targetBootId !== bootId) {', "if (call.targetBootId === '') {"]],
    found: { seed: 128, invariant: 'fence' },
  },
  {
    name: 'events-forgotten-by-topology',
    what: 'The shards of a topology look for events where none ever come: the argument is left out.',
    file: 'services/backend/hosting/hosting.ts',
    changes: [
      [
        'new HostedTopology(topology, ownIndex, spec, grant, this.#options, events)',
        'new HostedTopology(topology, ownIndex, spec, grant, this.#options)',
      ],
    ],
    found: { seed: 5, invariant: 'determinism' },
  },
  {
    name: 'event-a-tick-late',
    what: 'An event happens a tick after its own.',
    file: 'services/backend/ticking/held-events.ts',
    changes: [['return this.#byTick.get(tick)?.map', 'return this.#byTick.get(tick - 1)?.map']],
    found: { seed: 5, invariant: 'determinism' },
  },
  {
    name: 'halo-of-another-tick',
    what: 'Halos are packed in the place of the exchange before: neighbours are sent cells of an earlier tick.',
    file: 'services/backend/shards/shard-set.ts',
    changes: [['packTurn: this.#halos.turnOf(tick + ticks)', 'packTurn: this.#halos.turnOf(tick)']],
    found: { seed: 1, invariant: 'determinism' },
  },
];
