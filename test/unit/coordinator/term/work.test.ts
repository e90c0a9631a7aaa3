import { beforeEach, describe, expect, test } from 'vitest';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { TermEnded } from '../../../../services/coordinator/term/leader-term.ts';
import { type Work, WorkEnded } from '../../../../services/coordinator/term/work.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { contextOf, startedRecord, workOf } from '../fixtures.ts';

describe("a piece of a leader's work", () => {
  let context: CoordinatorContext;
  let work: Work;
  beforeEach(() => {
    context = contextOf(startedRecord());
    work = workOf(context, new VirtualClock());
  });

  test('goes on while the record asks for it', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, horizon: 2_000 }));
    work.recordChanged();
    expect(work.record.horizon).toBe(2_000);
    expect(work.signal.aborted).toBe(false);
  });

  test.each([{ generation: 2 }, { status: 'NotInitialized' as const }])(
    'ends when the record shows %o',
    (change) => {
      context.initializeWithStoredInfo(startedRecord({ revision: 11, ...change }));
      work.recordChanged();
      expect(work.signal.reason).toBeInstanceOf(WorkEnded);
      expect(() => work.check()).toThrow(WorkEnded);
    },
  );

  test('looks at the record before every effect, though nobody said that it changed', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, generation: 2 }));
    expect(() => work.check()).toThrow(WorkEnded);
    expect(() => work.record).toThrow(WorkEnded);
  });

  test('ends with the term', () => {
    work.term.end();
    expect(work.signal.aborted).toBe(true);
    expect(() => work.check()).toThrow(TermEnded);
  });

  test('does not begin again when the record comes back to where it was', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, status: 'NotInitialized' }));
    work.recordChanged();
    context.initializeWithStoredInfo(startedRecord({ revision: 12 }));
    expect(() => work.check()).toThrow(WorkEnded);
  });

  test('rejects those who wait for its end with the reason', async () => {
    const ended = expect(work.untilEnded()).rejects.toBeInstanceOf(TermEnded);
    work.term.end();
    await ended;
    await expect(work.untilEnded()).rejects.toBeInstanceOf(TermEnded);
  });

  test('carries generation and epoch in its fence and its writes', () => {
    expect(work.fence(4)).toEqual({ generation: 1, epoch: 1, topologyVersion: 4 });
    expect(work.storeTerm).toEqual({ leaderId: 'c1', epoch: 1, generation: 1 });
  });
});
