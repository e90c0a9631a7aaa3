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
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'retired-key-claims',
    what: 'A claim does not look whether its key was retired since the start table was asked.',
    file: 'services/protocol/record/start-changes.ts',
    changes: [['if (Object.hasOwn(r.retired, keyHash)) return undefined;', '']],
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'keys-lost-by-failed-start',
    what: 'A start that fails takes the retired keys out of the record.',
    file: 'services/protocol/record/start-changes.ts',
    changes: [
      [
        'return { ...withoutColony(r), lastFailure: withBoundedReason(failure) };',
        'return { ...withoutColony(r), retired: {}, lastFailure: withBoundedReason(failure) };',
      ],
    ],
    found: { seed: 0, invariant: 'record' },
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
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'beat-of-a-former-leader',
    what: 'A beat goes through, whoever leads by now.',
    file: 'services/protocol/record/leadership-changes.ts',
    changes: [
      [
        'if (r.leader === undefined || !isLedBy(r, by)) return undefined;\n    const leader =',
        'if (r.leader === undefined) return undefined;\n    const leader =',
      ],
    ],
    found: { seed: 0, invariant: 'lease' },
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
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'version-not-compared',
    what: 'A write that is bound to the record as it was seen goes through whatever was written since.',
    file: 'services/protocol/record/record-change.ts',
    changes: [['(r.revision === seen.revision ? change.apply(r) : undefined)', 'change.apply(r)']],
    found: { seed: 0, invariant: 'horizon' },
  },
  {
    name: 'horizon-of-former-topologies-lost',
    what: 'A new topology forgets how far those before it may have run.',
    file: 'services/protocol/record/run-changes.ts',
    changes: [['topologyHorizon: limitOf(r) }', 'topologyHorizon: 0 }']],
    found: { seed: 0, invariant: 'events' },
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
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'pending-events-cleared',
    what: 'When events are logged, those that came meanwhile leave the record too.',
    file: 'services/protocol/record/event-changes.ts',
    changes: [
      [
        'if (!hasEventsOf(r, seen)) return undefined;\n      return revised(r, {\n        eventHead: throughSequence,\n        pendingEvents: r.pendingEvents.filter(({ sequence }) => sequence > throughSequence),',
        'return revised(r, {\n        eventHead: r.eventSeq,\n        pendingEvents: [],',
      ],
    ],
    found: { seed: 0, invariant: 'events' },
  },
];
