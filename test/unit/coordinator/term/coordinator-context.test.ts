import { beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { ABSENT_RECORD } from '../../../../services/protocol/record/colony-record.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { startedRecord } from '../fixtures.ts';

describe('the coordinator context', () => {
  let log: MemoryLog;
  let context: CoordinatorContext;
  beforeEach(() => {
    log = new MemoryLog();
    context = new CoordinatorContext(log);
  });

  test('reading it before it is initialised is normal, and says so', () => {
    expect(context.isInitialized()).toBe(false);
    expect(context.storedInfo()).toEqual(ABSENT_RECORD);
    expect(context.isInitialized()).toBe(false);
    expect(log.lines).toEqual([]);
  });

  test('is initialised with stored info even after it was read', () => {
    context.storedInfo();
    const info = startedRecord();
    expect(context.initializeWithStoredInfo(info)).toBe('initialized');
    expect(context.isInitialized()).toBe(true);
    expect(context.storedInfo()).toEqual(info);
  });

  test('never initialises a colony: stored info that has none leaves it so', () => {
    context.initializeWithStoredInfo(ABSENT_RECORD);
    expect(context.isInitialized()).toBe(true);
    expect(context.storedInfo().status).toBe('NotInitialized');
  });

  test('the same info again changes nothing and warns of nothing', () => {
    context.initializeWithStoredInfo(startedRecord());
    expect(context.initializeWithStoredInfo(startedRecord())).toBe('unchanged');
    expect(context.storedInfo()).toEqual(startedRecord());
    expect(log.lines).toEqual([]);
  });

  test('newer info updates it', () => {
    context.initializeWithStoredInfo(startedRecord());
    const newer = startedRecord({ revision: 11, horizon: 2_000 });
    expect(context.initializeWithStoredInfo(newer)).toBe('updated');
    expect(context.storedInfo().horizon).toBe(2_000);
  });

  test('older info that arrives late is ignored', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11 }));
    expect(context.initializeWithStoredInfo(startedRecord({ revision: 10 }))).toBe('older');
    expect(context.storedInfo().revision).toBe(11);
  });

  test.each(['colonyInstanceId', 'claimId', 'specRef', 'bodyHash'])(
    'another %s within one generation is a warning that names it, and no throw',
    (field) => {
      context.initializeWithStoredInfo(startedRecord());
      const other = startedRecord({ revision: 11, [field]: 'another' });
      expect(context.initializeWithStoredInfo(other)).toBe('updated');
      expect(log.lines).toMatchObject([{ level: 'warn', fields: { field, after: 'another' } }]);
    },
  );

  test('another instance in a later generation is no reason to warn', () => {
    context.initializeWithStoredInfo(startedRecord());
    const next = startedRecord({ revision: 11, generation: 2, colonyInstanceId: 'instance-2' });
    context.initializeWithStoredInfo(next);
    expect(log.lines).toEqual([]);
  });

  test('a field that is set for the first time is no reason to warn', () => {
    const { specRef: _, ...without } = startedRecord();
    context.initializeWithStoredInfo(without);
    context.initializeWithStoredInfo(startedRecord({ revision: 11 }));
    expect(log.lines).toEqual([]);
  });

  test('the tick that a leader told is as old as this process has known it', () => {
    let nowMs = 1_000;
    const aged = new CoordinatorContext(log, { nowMs: () => nowMs });
    expect(aged.lastTick()).toBeUndefined();
    const told = (revision: number, beat: number) =>
      startedRecord({ revision, lastTick: { tick: 42, epoch: 1, beat } });
    aged.initializeWithStoredInfo(told(10, 3));
    nowMs += 700;
    aged.initializeWithStoredInfo(told(11, 3));
    expect(aged.lastTick()).toEqual({ tick: 42, ageMs: 700 });
    // A paused world is seen again and again at one tick.
    aged.initializeWithStoredInfo(told(12, 4));
    expect(aged.lastTick()).toEqual({ tick: 42, ageMs: 0 });
    nowMs += 50;
    aged.initializeWithStoredInfo(told(9, 2));
    expect(aged.lastTick()).toEqual({ tick: 42, ageMs: 50 });
  });
});
