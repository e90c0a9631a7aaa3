import { beforeEach, describe, expect, test } from 'vitest';
import {
  type ColonyScope,
  ScopeEnded,
} from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { TermEnded } from '../../../../services/coordinator/term/leader-term.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { contextOf, startedRecord, workOf } from '../fixtures.ts';

describe("a piece of a leader's work", () => {
  let context: CoordinatorContext;
  let scope: ColonyScope;
  beforeEach(() => {
    context = contextOf(startedRecord());
    scope = workOf(context, new VirtualClock());
  });

  test('goes on while the record asks for it', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, horizon: 2_000 }));
    scope.recordChanged();
    expect(scope.record.horizon).toBe(2_000);
    expect(scope.signal.aborted).toBe(false);
  });

  test.each([{ generation: 2 }, { status: 'NotInitialized' as const }])(
    'ends when the record shows %o',
    (change) => {
      context.initializeWithStoredInfo(startedRecord({ revision: 11, ...change }));
      scope.recordChanged();
      expect(scope.signal.reason).toBeInstanceOf(ScopeEnded);
      expect(() => scope.check()).toThrow(ScopeEnded);
    },
  );

  test('looks at the record before every effect, even without news of a change', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, generation: 2 }));
    expect(() => scope.check()).toThrow(ScopeEnded);
    expect(() => scope.record).toThrow(ScopeEnded);
  });

  test('ends with the term', () => {
    scope.term.end();
    expect(scope.signal.aborted).toBe(true);
    expect(() => scope.check()).toThrow(TermEnded);
  });

  test('does not begin again when the record comes back to where it was', () => {
    context.initializeWithStoredInfo(startedRecord({ revision: 11, status: 'NotInitialized' }));
    scope.recordChanged();
    context.initializeWithStoredInfo(startedRecord({ revision: 12 }));
    expect(() => scope.check()).toThrow(ScopeEnded);
  });

  test('rejects those who wait for its end with the reason', async () => {
    const ended = expect(scope.untilEnded()).rejects.toBeInstanceOf(TermEnded);
    scope.term.end();
    await ended;
    await expect(scope.untilEnded()).rejects.toBeInstanceOf(TermEnded);
  });

  test('carries generation and epoch in its fence and its writes', () => {
    expect(scope.fence(4)).toEqual({ generation: 1, epoch: 1, topologyVersion: 4 });
    expect(scope.storeTerm).toEqual({ leaderId: 'c1', epoch: 1, generation: 1 });
  });
});
