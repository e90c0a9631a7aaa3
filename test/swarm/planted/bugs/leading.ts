import type { PlantedBug } from '../planted-bug.ts';

/** Mistakes of who leads, and of what a leader does at the beginning. */
export const LEADING_BUGS: readonly PlantedBug[] = [
  {
    name: 'lease-from-answer',
    what: 'A lease begins when a beat is answered, not when it was sent.',
    file: 'services/coordinator/term/leadership.ts',
    changes: [
      [
        'if (result.ok) term.extend(sentMs);',
        'if (result.ok) term.extend(this.#options.clock.nowMs());',
      ],
    ],
    found: { seed: 0, invariant: 'lease' },
  },
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
    found: { seed: 0, invariant: 'lease' },
  },
  {
    name: 'lease-of-wall-clock',
    what: 'A leader measures its lease by the time of day, which somebody may set.',
    file: 'services/coordinator/term/leader-term.ts',
    changes: [
      [
        'this.#actingUntilMs = o.sentMs + o.leaseMs;',
        'this.#actingUntilMs = o.sentMs + o.leaseMs;\n    this.#aheadMs = Date.parse(o.clock.wallTime()) - o.clock.nowMs();',
      ],
      ['  #grants = 0;', '  #grants = 0;\n  readonly #aheadMs: number;'],
      [
        'if (this.#clock.nowMs() >= this.#actingUntilMs) this.end();',
        'if (Date.parse(this.#clock.wallTime()) - this.#aheadMs >= this.#actingUntilMs) this.end();',
      ],
    ],
    found: { seed: 0, invariant: 'lease' },
  },
  {
    name: 'lead-taken-too-early',
    what: 'A candidate counts the time that its read took as a part of the silence of the leader.',
    file: 'services/coordinator/term/lease.ts',
    changes: [
      ['read.sentMs - before.sinceMs >= leaseMs', 'read.answeredMs - before.sinceMs >= leaseMs'],
    ],
    found: { seed: 0, invariant: 'lease' },
  },
  {
    name: 'fence-before-registry',
    what: 'Discovery makes its fence before it asks the registry, however long that takes.',
    file: 'services/coordinator/layout/discovery.ts',
    changes: [
      [
        "const entries = await this.#options.registry.list('backends');\n    const fence = fenceOf();",
        "const fence = fenceOf();\n    const entries = await this.#options.registry.list('backends');",
      ],
    ],
    found: { seed: 0, invariant: 'lease' },
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
    found: { seed: 0, invariant: 'record' },
  },
  {
    name: 'silent-backend-kept',
    what: 'A leader waits for a backend that is silent, however long.',
    file: 'services/coordinator/ticking/tracked-backend.ts',
    changes: [['return silentMs >= suspectMs ?', 'return silentMs >= suspectMs * 1e6 ?']],
    found: { seed: 0, invariant: 'liveness' },
  },
  {
    name: 'recovery-by-the-first-plan',
    what: 'A recovery tries its first plan again and again, though the backends are others by now.',
    file: 'services/coordinator/layout/recovery.ts',
    changes: [
      [
        'if (planned === undefined || !isPlanFor(planned, backends)) {',
        'if (planned === undefined) {',
      ],
    ],
    found: { seed: 0, invariant: 'liveness' },
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
    found: { seed: 0, invariant: 'liveness' },
  },
];
