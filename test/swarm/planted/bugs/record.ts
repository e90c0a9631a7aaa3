import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of what the record takes, and of what it forgets. */
export const RECORD_BUGS: readonly PlantedBug[] = [
  {
    name: 'claim-without-condition',
    what: 'A start looks whether the colony is free, and claims it whether it still is or not.',
    file: 'services/protocol/record/start-changes.ts',
    changes: [
      [
        "if (r.status !== 'NotInitialized' || r.claimId === claim.claimId) return undefined;",
        'if (r.claimId === claim.claimId) return undefined;',
      ],
    ],
    found: { seed: 5, invariant: 'record' },
  },
  {
    name: 'stopped-key-forgotten',
    what: 'A stop does not remember the key of the colony: it could start another one.',
    file: 'services/protocol/record/start-changes.ts',
    changes: [
      [
        'retired: { ...Object.fromEntries(newest), [keyHash]: { colonyInstanceId, generation } },',
        'retired: Object.fromEntries(newest),',
      ],
    ],
    found: { seed: 5, invariant: 'record' },
  },
  {
    name: 'generation-given-back',
    what: 'A start that fails gives its generation back.',
    file: 'services/protocol/record/start-changes.ts',
    changes: [
      [
        'return { ...withoutColony(r), lastFailure: withBoundedReason(failure) };',
        'return { ...withoutColony(r), generation: r.generation - 1, lastFailure: withBoundedReason(failure) };',
      ],
    ],
    found: { seed: 13, invariant: 'record' },
  },
  {
    name: 'checkpoint-lost-by-topology',
    what: 'The record forgets its checkpoint with each new topology: that one has none yet.',
    file: 'services/protocol/record/run-changes.ts',
    changes: [
      [
        'revised(r, { topologyRef, topologyVersion,',
        'revised(r, { checkpoint: undefined, topologyRef, topologyVersion,',
      ],
    ],
    found: { seed: 22, invariant: 'record' },
  },
];
