import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of a backend. */
export const BACKEND_BUGS: readonly PlantedBug[] = [
  {
    name: 'heartbeat-without-fence',
    what: 'A backend obeys heartbeats whatever their fence.',
    file: 'services/backend/hosting/hosting.ts',
    changes: [
      [
        'heartbeat(fence: Fence, request: HeartbeatRequest): HeartbeatReply {\n    this.#holding.admitUnreleased(fence);',
        'heartbeat(fence: Fence, request: HeartbeatRequest): HeartbeatReply {',
      ],
    ],
    found: { seed: 0, invariant: 'fence' },
  },
  {
    name: 'epoch-not-compared',
    what: 'Of two fences of one topology the epochs are not compared.',
    file: 'services/protocol/wire/fence.ts',
    changes: [
      [
        'a.generation - b.generation || a.epoch - b.epoch || a.topologyVersion',
        'a.generation - b.generation || a.topologyVersion',
      ],
    ],
    found: { seed: 0, invariant: 'fence' },
  },
  {
    name: 'foreign-boot-obeyed',
    what: 'A backend obeys calls that are meant for the process which had its address before.',
    file: 'services/platform/rpc/call-receiver.ts',
    changes: [['if (call.targetBootId !== bootId) {', "if (call.targetBootId === '') {"]],
    found: { seed: 0, invariant: 'fence' },
  },
  {
    name: 'old-grant-obeyed',
    what: 'A heartbeat that was overtaken raises what a later one has lowered.',
    file: 'services/backend/ticking/grant.ts',
    changes: [['if (!isNewer) return;', 'if (!isNewer && horizon <= this.#horizon) return;']],
    found: { seed: 0, invariant: 'horizon' },
  },
  {
    name: 'horizon-without-its-events',
    what: 'A backend runs as far as those may that have more events than it.',
    file: 'services/backend/hosting/hosting.ts',
    changes: [['const isForThis = held.events.through >= eventSeq;', 'const isForThis = true;']],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'grant-of-former-topology',
    what: 'What was granted to the shards of a former topology is granted to those of the next one.',
    file: 'services/backend/hosting/hosting.ts',
    changes: [['grant.startAt(firstTickOf(topology.origin));', '']],
    found: { seed: 0, invariant: 'horizon' },
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
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'event-a-tick-late',
    what: 'An event happens a tick after its own.',
    file: 'services/backend/ticking/held-events.ts',
    changes: [['return this.#byTick.get(tick)?.map', 'return this.#byTick.get(tick - 1)?.map']],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'cancelled-event-happens',
    what: 'An event that was cancelled happens, where the backend has it already.',
    file: 'services/backend/ticking/held-events.ts',
    changes: [['there.filter((one) => one.sequence !== event.cancels)', 'there']],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'halo-of-another-tick',
    what: 'Halos are packed in the place of the exchange before: neighbours are sent cells of an earlier tick.',
    file: 'services/backend/shards/shard-set.ts',
    changes: [['packTurn: this.#halos.turnOf(tick + ticks)', 'packTurn: this.#halos.turnOf(tick)']],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'halo-pulled-for-old-topology',
    what: 'A halo that is pulled is put into the memory of a topology which was dropped meanwhile.',
    file: 'services/backend/halos/halo-exchange.ts',
    changes: [['timeoutMs });\n      if (this.#isClosed) return;', 'timeoutMs });']],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'digest-of-stale-cells',
    what: 'A checkpoint of a tick without a sample takes the digest of the last sample.',
    file: 'services/backend/ticking/tick-loop.ts',
    changes: [
      [
        'const sample = await this.#sample(tick);',
        'const taken = await this.#sample(tick);\n      if (taken?.digest !== undefined) last = taken;\n      const sample = last;',
      ],
      [
        'const isWanted = () => !this.#isStopped;',
        'const isWanted = () => !this.#isStopped;\n    let last: Sample | undefined;',
      ],
    ],
    found: { seed: 0, invariant: 'determinism' },
  },
  {
    name: 'samples-forgotten-early',
    what: 'A backend forgets samples up to the tick after the one that is durable.',
    file: 'services/backend/ticking/sample-buffer.ts',
    changes: [
      [
        'filter(({ tick }) => tick > durableThroughTick)',
        'filter(({ tick }) => tick > durableThroughTick + 10)',
      ],
    ],
    found: { seed: 0, invariant: 'durable' },
  },
  {
    name: 'bands-not-checked',
    what: 'The cells of a checkpoint are believed unchecked when a world is restored.',
    file: 'services/platform/checkpoints/read-bands.ts',
    changes: [['checkBand(band, stored, source);', '']],
    found: { seed: 0, invariant: 'determinism' },
  },
];
