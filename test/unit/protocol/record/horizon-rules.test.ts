import { describe, expect, test } from 'vitest';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  limitOf,
} from '../../../../services/protocol/record/colony-record.ts';
import { injectChange } from '../../../../services/protocol/record/event-changes.ts';
import {
  beatChange,
  type Reservation,
} from '../../../../services/protocol/record/leadership-changes.ts';
import { boundTo } from '../../../../services/protocol/record/record-change.ts';
import {
  runChange,
  stepChange,
  topologyChange,
} from '../../../../services/protocol/record/run-changes.ts';
import {
  claimChange,
  completeChange,
  stopChange,
} from '../../../../services/protocol/record/start-changes.ts';
import { claimOf, LEADER, termOf } from '../../../support/colony-records.ts';

const led: ColonyRecord = {
  ...ABSENT_RECORD,
  revision: 1,
  leader: { ...LEADER, epoch: 1, beat: 0 },
};
const claimed = claimChange(claimOf('K1')).apply(led)!;
const term = termOf(claimed);
const pointed = topologyChange(term, 'topology#1', 1).apply(claimed)!;
const started = completeChange(term, 10).apply(pointed)!;

describe('how far backends may run', () => {
  const inject = (seen: ColonyRecord, tick: number, granted: number) =>
    injectChange(
      term,
      seen,
      {
        sequence: 1,
        tick,
        keyHash: 'key-1',
        bodyHash: 'body-1',
        event: { kind: 'newTopography' },
      },
      granted,
    );
  const far = { ...started, horizon: 700 };

  test('falls below the tick of an event that is above what is granted', () => {
    expect(inject(far, 301, 300).apply(far)).toMatchObject({ horizon: 300, eventSeq: 1 });
    expect(inject(far, 500, 300).apply(far)).toMatchObject({ horizon: 499, eventSeq: 1 });
    expect(inject(far, 700, 300).apply(far)).toMatchObject({ horizon: 699, eventSeq: 1 });
    expect(inject(far, 300, 300).apply(far)).toBeUndefined();
  });

  test('does not fall for an event that is above it', () => {
    expect(inject(far, 701, 300).apply(far)).toMatchObject({ horizon: 700 });
  });

  test('falls only in the record from which that was found', () => {
    const later = { ...far, revision: far.revision + 1 };
    expect(inject(far, 301, 300).apply(later)).toBeUndefined();
    expect(inject(far, 701, 300).apply(later)).toMatchObject({ eventSeq: 1 });
  });

  test('falls and rises with a pause and a resume', () => {
    const paused = runChange(term, { paused: true, runUntil: 300, horizonMost: 300 }).apply(far)!;
    expect(paused).toMatchObject({ horizon: 300, runUntil: 300 });
    const resume = { paused: false, runUntil: null, horizonLeast: 450 };
    expect(runChange(term, resume).apply(paused)).toMatchObject({ horizon: 450 });
    expect(runChange(term, resume).apply(far)).toMatchObject({ horizon: 700 });
  });

  test('rises for a step, and no further than it goes', () => {
    const paused = runChange(term, { paused: true, runUntil: 300, horizonMost: 300 }).apply(far)!;
    const step = (runUntil: number) =>
      stepChange(term, paused, { keyHash: 'k', runUntil, ticks: 1 }, 450).apply(paused);
    expect(step(1_000)).toMatchObject({ horizon: 450 });
    expect(step(310)).toMatchObject({ horizon: 310 });
  });

  test('is kept with the next topology, as what those of before may have reached', () => {
    const next = topologyChange(term, 'topology#2', started.topologyVersion + 1);
    expect(next.apply(far)).toMatchObject({ topologyHorizon: 700 });
    const paused = { ...far, paused: true, runUntil: 300 };
    expect(next.apply(paused)).toMatchObject({ topologyHorizon: 300 });
  });
});

test('a colony that is paused or has failed runs to where it stands, another to the horizon', () => {
  const far = { ...started, horizon: 700 };
  const at = { ...far, runUntil: 300 };
  expect(limitOf(at)).toBe(700);
  expect(limitOf({ ...at, paused: true })).toBe(300);
  expect(limitOf({ ...at, fault: { code: 'X', reason: 'y' } })).toBe(300);
  expect(limitOf({ ...at, paused: true, horizon: 200 })).toBe(200);
  expect(limitOf({ ...far, paused: true })).toBe(0);
});

describe('the tick of the world', () => {
  const beat = (record: ColonyRecord, reserve: Reservation) =>
    beatChange({ id: LEADER.id, epoch: 1 }, reserve).apply(record)!;

  test('is told with the beat by which it was seen', () => {
    const told = beat(started, { generation: 1, horizon: 0, tick: 42 });
    expect(told.lastTick).toEqual({ tick: 42, epoch: 1, beat: told.leader?.beat });
    expect(told.horizon).toBe(started.horizon);
    const later = beat(told, { generation: 1, horizon: 0 });
    expect(later.lastTick).toEqual(told.lastTick);
  });

  test('is not told of another generation, and ends with its colony', () => {
    expect(beat(started, { generation: 2, horizon: 0, tick: 42 })).not.toHaveProperty('lastTick');
    const told = beat(started, { generation: 1, horizon: 0, tick: 42 });
    expect(stopChange(told).apply(told)).not.toHaveProperty('lastTick');
  });
});

describe('a change that is bound to a record', () => {
  const change = boundTo(started, runChange(term, { paused: true, runUntil: 5 }));

  test('is void once anything was written', () => {
    expect(change.apply(started)).toMatchObject({ paused: true, runUntil: 5 });
    expect(change.apply({ ...started, revision: started.revision + 1 })).toBeUndefined();
  });

  test('knows its own effect in the next record, and nothing else', () => {
    const done = change.apply(started)!;
    expect(change.isInEffect?.(done)).toBe(true);
    expect(change.isInEffect?.({ ...done, runUntil: 6 })).toBe(false);
    const refused = boundTo(started, runChange({ ...term, epoch: 2 }, { paused: true }));
    expect(refused.isInEffect?.(done)).toBe(false);
    expect(change.isInEffect?.({ ...done, revision: done.revision + 1 })).toBe(false);
  });

  test('is known in later records by what knows the change itself', () => {
    const event = { kind: 'newTopography' } as const;
    const entry = { sequence: 1, tick: 100, keyHash: 'key-1', bodyHash: 'body-1', event };
    const bound = boundTo(started, injectChange(term, started, entry));
    const done = bound.apply(started)!;
    expect(bound.isInEffect?.({ ...done, revision: done.revision + 1 })).toBe(true);
    expect(bound.isInEffect?.({ ...done, horizon: 11 })).toBe(false);
  });
});
