import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of who leads, and of what a leader does at the beginning. */
export const LEADING_BUGS: readonly PlantedBug[] = [
  {
    name: 'lease-twice-as-long',
    what: 'A leader acts for two leases after its last beat.',
    file: 'services/coordinator/term/leader-term.ts',
    changes: [
      [
        'if (this.#clock.nowMs() >= this.#actingUntilMs) this.end();',
        'if (this.#clock.nowMs() >= this.#actingUntilMs + this.#leaseMs) this.end();',
      ],
    ],
    found: { seed: 3, invariant: 'lease' },
  },
  {
    name: 'epoch-not-raised',
    what: 'Who succeeds a leader that has resigned leads under its epoch.',
    file: 'services/protocol/record/leadership-changes.ts',
    changes: [
      [
        'const epoch = (seen?.epoch ?? 0) + 1;',
        'const epoch = (seen?.epoch ?? 0) + (seen?.resigned ? 0 : 1);',
      ],
    ],
    found: { seed: 34, invariant: 'record' },
  },
  {
    name: 'not-registered-again',
    what: 'A process whose entry of the registry is gone never writes it again.',
    file: 'services/platform/registry/registration.ts',
    changes: [
      [
        'const isMissing = isFirst || !(await registry.has(role, bootId));',
        'const isMissing = isFirst;',
      ],
    ],
    found: { seed: 135, invariant: 'liveness' },
  },
];
