import { describe, expect, test } from 'vitest';
import type { LoggedEvent } from '../../../../services/protocol/colony/colony-event.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
} from '../../../../services/protocol/record/colony-record.ts';
import {
  eventsLoggedChange,
  injectChange,
} from '../../../../services/protocol/record/event-changes.ts';
import {
  beatChange,
  resignChange,
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
  stopChange,
} from '../../../../services/protocol/record/start-changes.ts';
import { claimOf, failureOf, LEADER, termOf } from '../../../support/colony-records.ts';

/** Records as the rules themselves make them. */
const led: ColonyRecord = {
  ...ABSENT_RECORD,
  revision: 1,
  leader: { ...LEADER, epoch: 1, beat: 0 },
};
const claimed = claimChange(claimOf('K1')).apply(led)!;
const term = termOf(claimed);
const pointed = topologyChange(term, 'topology#1', 1).apply(claimed)!;
const started = completeChange(term, 10).apply(pointed)!;
const failed = failChange(term, failureOf(claimed)).apply(claimed)!;
const stopped = stopChange(started).apply(started)!;
const claimedAgain = claimChange(claimOf('K2')).apply(stopped)!;

describe('a start is completed', () => {
  test('from Initializing with a topology, which moves the key', () => {
    expect(started).toMatchObject({ status: 'TopographyInitialized', idempotencyKey: 'K1' });
    expect(started).not.toHaveProperty('startKey');
  });

  test.each<[string, ColonyRecord]>([
    ['without a topology', claimed],
    ['twice', started],
    ['after it failed', failed],
    ['in the next generation', { ...pointed, generation: 2 }],
    ['without the key of its start', { ...started, status: 'Initializing' }],
  ])('not %s', (_when, record) => {
    expect(completeChange(term, 10).apply(record)).toBeUndefined();
  });

  test('and is known as completed in its own generation only', () => {
    const { isInEffect } = completeChange(term, 10);
    expect([started, pointed, stopped].map((record) => isInEffect?.(record))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a start fails', () => {
  test('from Initializing only', () => {
    const change = failChange(term, failureOf(claimed));
    expect([claimed, pointed].every((record) => change.apply(record) !== undefined)).toBe(true);
    expect([started, failed, stopped].map((record) => change.apply(record))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each<[string, boolean, ColonyRecord]>([
    ['the failure of this start', true, failed],
    ['a stop of it', false, stopped],
    ['the failure of another generation', false, { ...failed, lastFailure: failureOf(led) }],
    ['the next claim', false, { ...failed, status: 'Initializing' }],
    ['another term', false, { ...failed, leader: { ...LEADER, epoch: 2, beat: 0 } }],
  ])('and %s shows: %s', (_what, isInEffect, record) => {
    expect(failChange(term, failureOf(claimed)).isInEffect?.(record)).toBe(isInEffect);
  });

  test('with a reason of at most 200 characters', () => {
    const reasonOf = (length: number) =>
      failChange(term, failureOf(claimed, 'x'.repeat(length))).apply(claimed)?.lastFailure?.reason;
    expect(reasonOf(200)).toBe('x'.repeat(200));
    expect(reasonOf(201)).toBe(`${'x'.repeat(199)}…`);
  });
});

describe('a stop', () => {
  test.each<[string, Partial<ColonyRecord>]>([
    ['key', { idempotencyKey: undefined }],
    ['instance', { colonyInstanceId: undefined }],
  ] as [string, Partial<ColonyRecord>][])('of a record without %s is a bug', (_what, change) => {
    expect(() => stopChange({ ...started, ...change } as ColonyRecord)).toThrow(/nothing to stop/);
  });

  test.each<[string, ColonyRecord]>([
    ['a colony that is stopped already', stopped],
    ['the colony after it', claimedAgain],
    ['another generation of the same instance', { ...started, generation: 2 }],
    ['another instance of the same generation', { ...started, colonyInstanceId: 'other' }],
    ['what has no status to stop', { ...started, status: 'NotInitialized' }],
  ])('does not hit %s', (_what, record) => {
    expect(stopChange(started).apply(record)).toBeUndefined();
  });

  test('keeps the claim and the leader, and nothing else of the colony', () => {
    expect(stopChange(started).apply(started)).toEqual({
      ...ABSENT_RECORD,
      revision: started.revision + 1,
      generation: 1,
      topologyVersion: 1,
      claimId: 'claim-K1',
      leader: started.leader,
      retired: stopped.retired,
    });
  });

  test('of a record that had neither leaves neither', () => {
    const { leader: _, claimId: __, ...bare } = started;
    const left = stopChange(bare).apply(bare)!;
    expect(Object.keys(left)).not.toContain('leader');
    expect(Object.keys(left)).not.toContain('claimId');
  });
});

describe('a topology', () => {
  test('that another leader pointed at is not the own one', () => {
    const mine = topologyChange(term, 'topology#1', 1);
    expect(mine.isInEffect?.(pointed)).toBe(true);
    expect(mine.isInEffect?.({ ...pointed, topologyRef: 'topology#other' })).toBe(false);
    expect(mine.isInEffect?.({ ...pointed, topologyVersion: 2 })).toBe(false);
  });
});

describe('another number of backends', () => {
  const scaled = wantedBackendsChange(term, 7).apply(started)!;

  test('is kept, and nothing else changes', () => {
    expect(scaled).toEqual({ ...started, revision: started.revision + 1, wantedBackends: 7 });
    expect(wantedBackendsChange(term, 2).apply(scaled)).toMatchObject({ wantedBackends: 2 });
  });

  test('is valid from 1 to 1024', () => {
    const isValid = (wantedBackends: number) =>
      colonyRecordSchema.safeParse({ ...started, wantedBackends }).success;
    expect([0, 1, 1024, 1025, 1.5].map(isValid)).toEqual([false, true, true, false, false]);
  });

  test.each<[string, ColonyRecord]>([
    ['that is not started', pointed],
    ['that is stopped', stopped],
    ['that has failed', { ...started, fault: { code: 'X', reason: 'y' } }],
    ['of another generation', { ...started, generation: 2 }],
    ['of another term', { ...started, leader: { ...LEADER, epoch: 2, beat: 0 } }],
  ])('is refused for a colony %s', (_which, record) => {
    expect(wantedBackendsChange(term, 7).apply(record)).toBeUndefined();
  });

  test('ends with the colony', () => {
    expect(stopChange(scaled).apply(scaled)).not.toHaveProperty('wantedBackends');
  });
});

describe('a leader', () => {
  test('that is not there neither beats nor resigns', () => {
    const me = { id: LEADER.id, epoch: 1 };
    expect(beatChange(me).apply(ABSENT_RECORD)).toBeUndefined();
    expect(resignChange(me).apply(ABSENT_RECORD)).toBeUndefined();
  });

  test('reserves only beyond what is reserved, in a started colony of the generation', () => {
    const reserve = (record: ColonyRecord, horizon: number, generation = 1) =>
      beatChange({ id: LEADER.id, epoch: 1 }, { generation, horizon }).apply(record)?.horizon;
    expect(reserve(started, 11)).toBe(11);
    expect(reserve(started, 9)).toBe(10);
    expect(reserve(started, 11, 2)).toBe(10);
    expect(reserve(pointed, 11)).toBe(0);
  });
});

describe('events', () => {
  const entryOf = (sequence: number, tick = 100): LoggedEvent => ({
    sequence,
    tick,
    keyHash: `key-${sequence}`,
    bodyHash: `body-${sequence}`,
    event: { kind: 'newTopography' },
  });
  const inject = (record: ColonyRecord, entry: LoggedEvent) => injectChange(term, record, entry);
  const one = inject(started, entryOf(1)).apply(started)!;
  const two = inject(one, entryOf(2)).apply(one)!;

  test('are taken above the horizon only', () => {
    expect(inject(started, entryOf(1, 11)).apply(started)).toMatchObject({ eventSeq: 1 });
    expect(inject(started, entryOf(1, 10)).apply(started)).toBeUndefined();
  });

  test.each<[string, boolean, ColonyRecord]>([
    ['the same event', true, one],
    ['its generation is over', false, { ...one, generation: 2 }],
    ['another event of that sequence', false, inject(started, entryOf(1)).apply(started)!],
    ['the same key and body under another sequence', false, one],
  ])('that were injected are known by what they are: %s', (what, isInEffect, record) => {
    const pending = record.pendingEvents.map((event) => {
      if (what === 'another event of that sequence') return { ...event, keyHash: 'other' };
      return what.endsWith('another sequence') ? { ...event, sequence: 9 } : event;
    });
    const change = inject(started, entryOf(1));
    expect(change.isInEffect?.({ ...record, pendingEvents: pending })).toBe(isInEffect);
  });

  test('leave the record up to the sequence that is logged', () => {
    const logged = eventsLoggedChange(term, two, 1).apply(two)!;
    expect(logged).toMatchObject({ eventHead: 1, pendingEvents: [{ sequence: 2 }] });
    expect(() => eventsLoggedChange(term, logged, 1)).toThrow(/not pending/);
    expect(() => eventsLoggedChange(term, logged, 3)).toThrow(/not pending/);
  });

  test('of a colony that is not started are not logged', () => {
    const change = eventsLoggedChange(term, two, 2);
    expect(change.apply({ ...two, status: 'Initializing' })).toBeUndefined();
  });

  test('that are logged are known in their generation', () => {
    const change = eventsLoggedChange(term, two, 1);
    const logged = change.apply(two)!;
    expect(change.isInEffect?.(logged)).toBe(true);
    expect(change.isInEffect?.({ ...logged, generation: 2 })).toBe(false);
  });
});

test('a pause without a tick to stop at keeps that of before', () => {
  const paused = runChange(term, { paused: true, runUntil: 10 }).apply(started)!;
  expect(runChange(term, { ticksPerSecond: 5 }).apply(paused)).toMatchObject({ runUntil: 10 });
  expect(runChange(term, { runUntil: null }).apply(paused)).not.toHaveProperty('runUntil');
});
