import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
  RETIRED_KEYS_MAX,
} from '../../../../services/protocol/record/colony-record.ts';
import {
  beatChange,
  takeLeadershipChange,
} from '../../../../services/protocol/record/leadership-changes.ts';
import {
  runChange,
  topologyChange,
  wantedBackendsChange,
} from '../../../../services/protocol/record/run-changes.ts';
import {
  claimChange,
  completeChange,
  failChange,
  keyHashOf,
  stopChange,
} from '../../../../services/protocol/record/start-changes.ts';

const KEYS = ['A', 'B', 'C'];
const LEADERS = ['c1', 'c2'].map((id) => ({ id, address: `http://${id}:8083` }));

/** One attempt to write: what it does, by a picture of the record that may be behind. */
const attempts = fc.record({
  what: fc.constantFrom(
    'claim',
    'complete',
    'fail',
    'stop',
    'lead',
    'beat',
    'topology',
    'run',
    'scale',
  ),
  key: fc.constantFrom(...KEYS),
  leader: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1)),
  /** How many writes its picture is behind. */
  behind: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
  horizon: fc.nat(50),
});
type Attempt = typeof attempts extends fc.Arbitrary<infer T> ? T : never;

function attempt(now: ColonyRecord, seen: ColonyRecord, a: Attempt, count: number) {
  const me = LEADERS[a.leader]!;
  const { generation } = seen;
  const epoch = seen.leader?.epoch ?? 0;
  const term = { leaderId: me.id, epoch, generation };
  switch (a.what) {
    case 'claim':
      return claimChange({
        key: a.key,
        keyHash: keyHashOf(a.key),
        bodyHash: 'b',
        colonyInstanceId: `instance-${count}`,
        claimId: `claim-${count}`,
        specRef: 's',
        ticksPerSecond: null,
      }).apply(now);
    case 'complete':
      return completeChange(term, a.horizon).apply(now);
    case 'fail':
      return failChange(term, { key: a.key, code: 'X', reason: 'y', at: 'z', generation }).apply(
        now,
      );
    case 'stop':
      return seen.colonyInstanceId === undefined ? undefined : stopChange(seen).apply(now);
    case 'lead':
      return takeLeadershipChange(seen.leader, me).apply(now);
    case 'beat':
      return beatChange({ id: me.id, epoch }, { generation, horizon: a.horizon }).apply(now);
    case 'topology':
      return topologyChange(term, `t-${count}`, seen.topologyVersion + 1).apply(now);
    case 'scale':
      return wantedBackendsChange(term, a.horizon + 1).apply(now);
    default:
      return runChange(term, { paused: a.horizon % 2 === 0 }).apply(now);
  }
}

/** The record after each write of any course of attempts. */
const histories = fc.array(attempts, { minLength: 1, maxLength: 60, size: 'max' }).map((list) => {
  const history: ColonyRecord[] = [ABSENT_RECORD];
  list.forEach((a, count) => {
    const now = history.at(-1)!;
    const seen = history[Math.max(0, history.length - 1 - a.behind)]!;
    const next = attempt(now, seen, a, count);
    if (next !== undefined) history.push(next);
  });
  return history;
});

const steps = (history: ColonyRecord[]) =>
  history.slice(1).map((r, i) => [history[i]!, r] as const);

test('every write leaves a valid record and raises the revision by one', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const [before, after] of steps(history)) {
        expect(colonyRecordSchema.parse(after)).toEqual(after);
        expect(after.revision).toBe(before.revision + 1);
      }
    }),
  );
});

test('generation and epoch never fall, and only a claim raises the generation', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const [before, after] of steps(history)) {
        const isClaim = before.status === 'NotInitialized' && after.status === 'Initializing';
        expect(after.generation).toBe(before.generation + (isClaim ? 1 : 0));
        expect(after.leader?.epoch ?? 0).toBeGreaterThanOrEqual(before.leader?.epoch ?? 0);
      }
    }),
  );
});

test('the horizon and the topology version never fall within an instance', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const [before, after] of steps(history)) {
        if (after.colonyInstanceId !== before.colonyInstanceId) continue;
        expect(after.horizon).toBeGreaterThanOrEqual(before.horizon);
        expect(after.topologyVersion).toBeGreaterThanOrEqual(before.topologyVersion);
      }
    }),
  );
});

test('the status changes only along the arrows of the protocol', () => {
  const arrows = new Set([
    'NotInitialized → Initializing',
    'Initializing → TopographyInitialized',
    'Initializing → NotInitialized',
    'TopographyInitialized → NotInitialized',
  ]);
  fc.assert(
    fc.property(histories, (history) => {
      for (const [before, after] of steps(history)) {
        if (before.status === after.status) continue;
        expect(arrows).toContain(`${before.status} → ${after.status}`);
      }
    }),
  );
});

test('a colony has its key, instance and spec as long as it is there, and nothing of it after', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const r of history) {
        const isThere = r.status !== 'NotInitialized';
        expect(r.colonyInstanceId !== undefined).toBe(isThere);
        expect(r.specRef !== undefined).toBe(isThere);
        expect(r.startKey !== undefined).toBe(r.status === 'Initializing');
        expect(r.idempotencyKey !== undefined).toBe(r.status === 'TopographyInitialized');
        if (!isThere)
          expect([r.horizon, r.topologyRef, r.fault]).toEqual([0, undefined, undefined]);
      }
    }),
  );
});

test('a stopped key never becomes the key of a colony again', () => {
  fc.assert(
    fc.property(histories, (history) => {
      for (const r of history) {
        const key = r.startKey ?? r.idempotencyKey;
        if (key !== undefined) expect(Object.keys(r.retired)).not.toContain(keyHashOf(key));
        expect(Object.keys(r.retired).length).toBeLessThanOrEqual(RETIRED_KEYS_MAX);
      }
    }),
  );
});

test('courses reach every state, so that the properties above mean something', () => {
  const reached = new Set(
    fc
      .sample(histories, { numRuns: 200, seed: 1 })
      .flatMap((history) => history.map((r) => `${r.status} ${r.topologyVersion > 1}`)),
  );
  expect(reached).toContain('TopographyInitialized false');
  expect(reached).toContain('Initializing true');
});
