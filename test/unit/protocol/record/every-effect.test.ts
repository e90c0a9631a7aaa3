import { describe, expect, test } from 'vitest';
import { checkpointChange } from '../../../../services/protocol/record/checkpoint-changes.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../../services/protocol/record/colony-record.ts';
import {
  eventsLoggedChange,
  injectChange,
} from '../../../../services/protocol/record/event-changes.ts';
import { takeLeadershipChange } from '../../../../services/protocol/record/leadership-changes.ts';
import type { RecordChange } from '../../../../services/protocol/record/record-change.ts';
import { stepChange, topologyChange } from '../../../../services/protocol/record/run-changes.ts';
import {
  claimChange,
  completeChange,
  failChange,
  stopChange,
} from '../../../../services/protocol/record/start-changes.ts';
import { failureOf, LEADER } from '../../../support/colony-records.ts';

import {
  claim,
  claimed,
  type Difference,
  differing,
  event,
  INITIALIZING,
  injected,
  led,
  OTHER_TERMS,
  paused,
  pointed,
  pointer,
  STOPPED,
  started,
  step,
  term,
} from './clauses.fixture.ts';

interface Effect {
  name: string;
  /** Made anew in each test, and so judged with it. */
  change: () => RecordChange;
  /** The record with it. */
  done: ColonyRecord;
  /** By what alone a record is another that does not show it. */
  unlike: [string, Difference][];
}

const effectOf = (name: string, change: () => RecordChange, before: ColonyRecord) => ({
  ...{ name, change },
  done: change().apply(before)!,
});

const stepped = stepChange(term, paused, step).apply(paused)!;
const failed = failChange(term, failureOf(claimed)).apply(claimed)!;

const EFFECTS: Effect[] = [
  {
    ...effectOf('a claim', () => claimChange(claim), led),
    unlike: [
      ['of another claim', { claimId: 'other' }],
      ['of none', { claimId: undefined }],
    ],
  },
  {
    ...effectOf('a completion', () => completeChange(term, 10), pointed),
    unlike: [...OTHER_TERMS, INITIALIZING, STOPPED],
  },
  {
    ...effectOf('a failure', () => failChange(term, failureOf(claimed)), claimed),
    unlike: [
      ...OTHER_TERMS,
      INITIALIZING,
      ['without a failure', { lastFailure: undefined }],
      ['of an earlier failure', { lastFailure: { ...failed.lastFailure!, generation: 0 } }],
    ],
  },
  {
    ...effectOf('a stop', () => stopChange(started), started),
    unlike: [
      ['that has retired nothing', { retired: {} }],
      [
        'that has retired its key earlier',
        { retired: { [claim.keyHash]: { colonyInstanceId: 'i', generation: 0 } } },
      ],
    ],
  },
  {
    ...effectOf('a leader', () => takeLeadershipChange(undefined, LEADER), ABSENT_RECORD),
    unlike: OTHER_TERMS.slice(0, 3),
  },
  {
    ...effectOf('a topology', () => topologyChange(term, 'topology#1', 1), claimed),
    unlike: [
      ...OTHER_TERMS,
      ['with another one of this version', { topologyRef: 'topology#x' }],
      ['with another version', { topologyVersion: 2 }],
    ],
  },
  {
    ...effectOf('a step', () => stepChange(term, paused, step), paused),
    unlike: [
      ['of another generation', { generation: 2 }],
      ['without steps', { handledKeys: [] }],
      ['with another step', { handledKeys: [{ ...step, keyHash: 'other' }] }],
      ['with a step to elsewhere', { handledKeys: [{ ...step, runUntil: 13 }] }],
    ],
  },
  {
    ...effectOf('an event', () => injectChange(term, started, event), started),
    unlike: [
      ['of another generation', { generation: 2 }],
      ['without events', { pendingEvents: [] }],
      ['with another sequence', { pendingEvents: [{ ...event, sequence: 2 }] }],
      ['with another tick', { pendingEvents: [{ ...event, tick: 101 }] }],
      ['with another key', { pendingEvents: [{ ...event, keyHash: 'other' }] }],
      ['with another body', { pendingEvents: [{ ...event, bodyHash: 'other' }] }],
    ],
  },
  {
    ...effectOf('the logging of an event', () => eventsLoggedChange(term, injected, 1), injected),
    unlike: [
      ['of another generation', { generation: 2 }],
      ['whose log has it not', { eventHead: 0 }],
    ],
  },
  {
    ...effectOf('a checkpoint', () => checkpointChange(term, pointer), started),
    unlike: [
      ['of another generation', { generation: 2 }],
      ['without a checkpoint', { checkpoint: undefined }],
      ['with another one', { checkpoint: { ...pointer, sha256: 'b'.repeat(64) } }],
    ],
  },
];

describe.each(EFFECTS)('the effect of $name', ({ change, done, unlike }) => {
  test('is known by the record that has it', () => {
    expect(change().isInEffect?.(done)).toBe(true);
  });

  test.each(unlike)('is not seen in a record %s', (_, other) => {
    expect(change().isInEffect?.(differing(done, other))).toBe(false);
  });
});

test('the newest of several steps is among those that are known', () => {
  const change = () => stepChange(term, paused, step);
  const [own] = stepped.handledKeys;
  const handledKeys = [{ keyHash: 'earlier', runUntil: 11 }, own!, { keyHash: 'k', runUntil: 13 }];
  expect(change().isInEffect?.({ ...stepped, handledKeys })).toBe(true);
});
