import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of a leader that drives a colony. */
export const DRIVING_BUGS: readonly PlantedBug[] = [
  {
    name: 'pause-at-what-is-seen',
    what: 'A pause is answered with the tick at which backends were seen, not with what they may run to.',
    file: 'services/coordinator/control/run-control.ts',
    changes: [
      [
        'return answerOf(await this.#pauseAt(granted), granted);',
        'return answerOf(await this.#pauseAt(ticker.maxTick), ticker.maxTick);',
      ],
    ],
    found: { seed: 1, invariant: 'horizon' },
  },
  {
    name: 'step-not-recognised',
    what: 'The key of a step is compared with hashes of keys: a step that is asked for again is done again.',
    file: 'services/coordinator/control/run-control.ts',
    changes: [
      [
        'handledKeys.find((one) => one.keyHash === keyHash)',
        'handledKeys.find((one) => one.keyHash === key)',
      ],
    ],
    found: { seed: 1, invariant: 'asked-for' },
  },
  {
    name: 'grant-beyond-reservation',
    what: 'A leader grants what it wants, though the record does not have it reserved yet.',
    file: 'services/coordinator/ticking/grants.ts',
    changes: [
      [
        'return Math.min(limitOf(record), wanted);',
        'return stands(record) ? Math.min(limitOf(record), wanted) : wanted;',
      ],
    ],
    found: { seed: 1, invariant: 'horizon' },
  },
  {
    name: 'recall-not-awaited',
    what: 'A pause does not wait until backends have acknowledged how far they run.',
    file: 'services/coordinator/ticking/backend-grant.ts',
    changes: [
      [
        'while ((this.#sent.at(-1)?.horizon ?? Number.POSITIVE_INFINITY) <= horizon) this.#sent.pop();',
        'this.#sent = [];\n    this.#acknowledged = { number: 0, horizon };',
      ],
    ],
    found: { seed: 5, invariant: 'horizon' },
  },
  {
    name: 'log-not-awaited',
    what: 'Events leave the record before the log has them.',
    file: 'services/coordinator/events/event-keeper.ts',
    changes: [
      [
        'for (const entry of record.pendingEvents) await this.#put(entry);',
        'for (const entry of record.pendingEvents) void this.#put(entry).catch(() => {});',
      ],
    ],
    found: { seed: 5, invariant: 'events' },
  },
  {
    name: 'row-without-a-shard',
    what: 'A row of statistics is stored though the sample of one shard is missing.',
    file: 'services/coordinator/ticking/journal/sample-merger.ts',
    changes: [
      ['if (sum.shards < this.#shards) continue;', 'if (sum.shards < this.#shards - 1) continue;'],
    ],
    found: { seed: 11, invariant: 'determinism' },
  },
  {
    name: 'passed-is-durable',
    what: 'What a backend has passed is taken for stored, though the leader has it in memory alone.',
    file: 'services/coordinator/ticking/journal/journal.ts',
    changes: [
      [
        'const oldestKept = samples[0]?.tick ?? tick;',
        'const oldestKept = samples.at(-1)?.tick ?? tick;',
      ],
    ],
    found: { seed: 1, invariant: 'durable' },
  },
  {
    name: 'event-key-not-recognised',
    what: 'The event log is asked for the hash of the body in place of that of the key: an event is taken again.',
    file: 'services/coordinator/control/injection.ts',
    changes: [
      [
        'const known = book.find(keyHash) ?? pending;',
        'const known = book.find(bodyHash) ?? pending;',
      ],
    ],
    found: { seed: 5, invariant: 'events' },
  },
  {
    name: 'start-told-too-early',
    what: 'Who asks again for a start that is under way is told that the colony is there.',
    file: 'services/coordinator/start/start-colony.ts',
    changes: [["'in-progress': { httpStatus: 202,", "'in-progress': { httpStatus: 200,"]],
    found: { seed: 4, invariant: 'told' },
  },
  {
    name: 'durable-by-the-fastest',
    what: 'What one of the logs has stored is called durable, though the others have not.',
    file: 'services/coordinator/ticking/journal/journal.ts',
    changes: [['const everywhere = Math.min(...this', 'const everywhere = Math.max(...this']],
    found: { seed: 1, invariant: 'durable' },
  },
  {
    name: 'checkpoint-before-the-logs',
    what: 'The record points at a checkpoint while what was measured before it is not stored.',
    file: 'services/coordinator/checkpoints/checkpointer.ts',
    changes: [
      ['while (durableThroughTick() < measuredTick) {', 'while (durableThroughTick() < 0) {'],
    ],
    found: { seed: 23, invariant: 'durable' },
  },
];
