import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import {
  type LeaseObservation,
  observeLeader,
} from '../../../../services/coordinator/term/lease.ts';
import type { Clock } from '../../../../services/platform/runtime/clock.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  type Leader,
} from '../../../../services/protocol/record/colony-record.ts';
import {
  beatChange,
  takeLeadershipChange,
} from '../../../../services/protocol/record/leadership-changes.ts';

const LEASE_MS = 8_000;
const LEADER = { id: 'c1', address: 'http://127.0.0.1:8083', epoch: 1, beat: 5 };

const observe = (
  before: LeaseObservation | undefined,
  leader: Leader | undefined,
  sentMs: number,
  answeredMs = sentMs,
) => observeLeader(before, leader, { sentMs, answeredMs }, LEASE_MS);

describe('observing the leader', () => {
  test('without a leader the lead may be taken at once', () => {
    expect(observe(undefined, undefined, 100).mayTakeOver).toBe(true);
  });

  test('from a leader that resigned the lead may be taken at once', () => {
    expect(observe(undefined, { ...LEADER, resigned: true }, 100).mayTakeOver).toBe(true);
  });

  test('the first look at a leader never allows to take over', () => {
    expect(observe(undefined, LEADER, 1_000_000).mayTakeOver).toBe(false);
  });

  test('the same beat for less than a lease does not allow it', () => {
    const { observation } = observe(undefined, LEADER, 0, 100);
    expect(observe(observation, LEADER, 100 + LEASE_MS - 1).mayTakeOver).toBe(false);
  });

  test('the same beat for a whole lease allows it', () => {
    const { observation } = observe(undefined, LEADER, 0, 100);
    expect(observe(observation, LEADER, 100 + LEASE_MS).mayTakeOver).toBe(true);
  });

  test('the lease counts from the answer of the first read to the sending of the last', () => {
    const { observation } = observe(undefined, LEADER, 0, 3_000);
    expect(observe(observation, LEADER, LEASE_MS, 3_000 + LEASE_MS).mayTakeOver).toBe(false);
  });

  test('looks in between do not restart the lease', () => {
    const first = observe(undefined, LEADER, 0);
    const second = observe(first.observation, LEADER, 4_000);
    expect(observe(second.observation, LEADER, LEASE_MS).mayTakeOver).toBe(true);
  });

  test.each([{ beat: 6 }, { epoch: 2 }, { id: 'c2' }])(
    'a change of %o restarts the lease',
    (change) => {
      const first = observe(undefined, LEADER, 0);
      const second = observe(first.observation, { ...LEADER, ...change }, LEASE_MS);
      expect(second.mayTakeOver).toBe(false);
      const third = observe(second.observation, { ...LEADER, ...change }, 2 * LEASE_MS - 1);
      expect(third.mayTakeOver).toBe(false);
    },
  );
});

interface Candidate {
  id: string;
  address: string;
  clock: Clock;
  observation: LeaseObservation | undefined;
  term: LeaderTerm | undefined;
}

/**
 * Candidates with clocks of different origins that campaign and beat by the rules, over a store
 * and a network whose delays (and pauses of the processes) are drawn from a list. Calls back
 * before and after everything that happens.
 */
function simulate(
  offsetsMs: number[],
  delaysMs: number[],
  endMs: number,
  check: (acting: Candidate[]) => void,
): ColonyRecord {
  let nowMs = 0;
  let record: ColonyRecord = ABSENT_RECORD;
  let draws = 0;
  const queue: { atMs: number; run: () => void }[] = [];
  const later = (run: () => void) => {
    const atMs = nowMs + delaysMs[draws++ % delaysMs.length]!;
    const before = queue.findIndex((event) => event.atMs > atMs);
    queue.splice(before < 0 ? queue.length : before, 0, { atMs, run });
  };
  const campaign = (c: Candidate) => {
    const sentMs = c.clock.nowMs();
    later(() => {
      const { leader } = record;
      later(() => {
        const read = { sentMs, answeredMs: c.clock.nowMs() };
        const { observation, mayTakeOver } = observeLeader(c.observation, leader, read, LEASE_MS);
        c.observation = observation;
        if (!mayTakeOver && leader?.id !== c.id) return later(() => campaign(c));
        const takenMs = c.clock.nowMs();
        later(() => {
          const next = takeLeadershipChange(leader, c).apply(record);
          record = next ?? record;
          later(() => {
            if (next?.leader === undefined) return campaign(c);
            const { epoch } = next.leader;
            const times = { clock: c.clock, leaseMs: LEASE_MS, sentMs: takenMs };
            c.term = new LeaderTerm({ leaderId: c.id, epoch, ...times });
            beat(c, c.term);
          });
        });
      });
    });
  };
  const beat = (c: Candidate, term: LeaderTerm) => {
    if (!term.mayAct) {
      c.term = undefined;
      return campaign(c);
    }
    const sentMs = c.clock.nowMs();
    later(() => {
      const next = beatChange({ id: c.id, epoch: term.epoch }).apply(record);
      record = next ?? record;
      later(() => {
        if (next === undefined) term.end();
        else term.extend(sentMs);
        later(() => beat(c, term));
      });
    });
  };
  const candidates = offsetsMs.map((offsetMs, index): Candidate => {
    const clock = { nowMs: () => nowMs + offsetMs } as Clock;
    const id = `c${index}`;
    return { id, address: `http://${id}:1`, clock, observation: undefined, term: undefined };
  });
  const acting = () => candidates.filter(({ term }) => term?.mayAct);
  for (const candidate of candidates) campaign(candidate);
  for (let event = queue.shift(); event && event.atMs <= endMs; event = queue.shift()) {
    nowMs = event.atMs;
    check(acting());
    event.run();
    check(acting());
  }
  return record;
}

describe('leases', () => {
  const delayMs = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 * LEASE_MS }) },
  );

  test('never do two lead, however long messages take and whatever clocks show', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 4 }),
        fc.array(delayMs, { minLength: 1, maxLength: 60 }),
        (offsetsMs, delaysMs) => {
          simulate(offsetsMs, delaysMs, 40 * LEASE_MS, (acting) => {
            if (acting.length > 1) throw new Error(`${acting.map(({ id }) => id)} lead at once`);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('while nothing is late the first leader keeps the lead', () => {
    const record = simulate([0, 500, -500], [10], 40 * LEASE_MS, () => undefined);
    expect(record.leader?.epoch).toBe(1);
  });

  test('a leader that is paused for longer than a lease is followed by another', () => {
    const pauses = [...new Array<number>(40).fill(500), 3 * LEASE_MS, 1];
    const leaders = new Set<string>();
    simulate([0, 7_000, 20], pauses, 100 * LEASE_MS, (acting) => {
      for (const { id } of acting) leaders.add(id);
    });
    expect(leaders.size).toBeGreaterThan(1);
  });
});
