import { describe, expect, test } from 'vitest';
import { checkpointChange } from '../../../../services/protocol/record/checkpoint-changes.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  PENDING_EVENTS_MAX,
} from '../../../../services/protocol/record/colony-record.ts';
import {
  eventsLoggedChange,
  injectChange,
} from '../../../../services/protocol/record/event-changes.ts';
import {
  beatChange,
  resignChange,
  takeLeadershipChange,
} from '../../../../services/protocol/record/leadership-changes.ts';
import type { RecordChange } from '../../../../services/protocol/record/record-change.ts';
import {
  runChange,
  stepChange,
  topologyChange,
  wantedBackendsChange,
} from '../../../../services/protocol/record/run-changes.ts';
import {
  claimChange,
  completeChange,
  failChange,
  stopChange,
} from '../../../../services/protocol/record/start-changes.ts';
import { failureOf, LEADER, OTHER } from '../../../support/colony-records.ts';

import {
  claim,
  claimed,
  type Difference,
  differing,
  event,
  FAILED,
  fault,
  INITIALIZING,
  injected,
  leader,
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

interface Rule {
  name: string;
  /** Made anew in each test, and so judged with it. */
  change: () => RecordChange;
  /** A record that takes it. */
  taken: ColonyRecord;
  /** By what alone a record is another that refuses it. */
  refused: [string, Difference][];
}

const RULES: Rule[] = [
  {
    name: 'a claim',
    change: () => claimChange(claim),
    taken: led,
    refused: [
      INITIALIZING,
      ['that is started', { status: 'TopographyInitialized' }],
      ['with its own claim', { claimId: claim.claimId }],
      [
        'that has retired its key',
        { retired: { [claim.keyHash]: { colonyInstanceId: 'i', generation: 1 } } },
      ],
    ],
  },
  {
    name: 'a completion',
    change: () => completeChange(term, 10),
    taken: pointed,
    refused: [
      ...OTHER_TERMS,
      STOPPED,
      ['that is started', { status: 'TopographyInitialized' }],
      ['without a topology', { topologyRef: undefined }],
      ['without the key of its start', { startKey: undefined }],
    ],
  },
  {
    name: 'a failure',
    change: () => failChange(term, failureOf(claimed)),
    taken: claimed,
    refused: [...OTHER_TERMS, STOPPED, ['that is started', { status: 'TopographyInitialized' }]],
  },
  {
    name: 'a stop',
    change: () => stopChange(started),
    taken: started,
    refused: [
      STOPPED,
      ['of another generation', { generation: 2 }],
      ['of another instance', { colonyInstanceId: 'other' }],
    ],
  },
  {
    name: 'the first leader',
    change: () => takeLeadershipChange(undefined, LEADER),
    taken: ABSENT_RECORD,
    refused: [['that somebody leads', { leader }]],
  },
  {
    name: 'the next leader',
    change: () => takeLeadershipChange(leader, OTHER),
    taken: started,
    refused: [
      ['that nobody leads', { leader: undefined }],
      ['that another leads', { leader: { ...leader, id: 'c3' } }],
      ['of another epoch', { leader: { ...leader, epoch: 2 } }],
      ['whose leader has beaten since', { leader: { ...leader, beat: 5 } }],
    ],
  },
  {
    name: 'a beat',
    change: () => beatChange(leader),
    taken: started,
    refused: OTHER_TERMS.slice(0, 3),
  },
  {
    name: 'a resignation',
    change: () => resignChange(leader),
    taken: started,
    refused: OTHER_TERMS.slice(0, 3),
  },
  {
    name: 'a topology',
    change: () => topologyChange(term, 'topology#1', 1),
    taken: claimed,
    refused: [
      ...OTHER_TERMS,
      STOPPED,
      ['with the same version', { topologyVersion: 1 }],
      ['with a later version', { topologyVersion: 2 }],
    ],
  },
  {
    name: 'a pace',
    change: () => runChange(term, { ticksPerSecond: 5 }),
    taken: started,
    refused: [...OTHER_TERMS, STOPPED, INITIALIZING, FAILED],
  },
  {
    name: 'another number of backends',
    change: () => wantedBackendsChange(term, 3),
    taken: started,
    refused: [...OTHER_TERMS, STOPPED, INITIALIZING, FAILED],
  },
  {
    name: 'a step',
    change: () => stepChange(term, paused, step),
    taken: paused,
    refused: [
      ...OTHER_TERMS,
      ...[STOPPED, INITIALIZING, FAILED],
      ['that runs', { paused: false }],
      ['that stands elsewhere', { runUntil: 11 }],
      ['that stands nowhere', { runUntil: undefined }],
      ['that was stepped since', { handledKeys: [{ keyHash: 'other', runUntil: 10 }] }],
    ],
  },
  {
    name: 'an event',
    change: () => injectChange(term, started, event),
    taken: started,
    refused: [
      ...OTHER_TERMS,
      ...[STOPPED, INITIALIZING, FAILED],
      ['that took an event since', { eventSeq: 1 }],
      ['whose log took an event since', { eventHead: 1 }],
      ['whose backends may have run its tick', { horizon: 100 }],
    ],
  },
  {
    name: 'the logging of an event',
    change: () => eventsLoggedChange(term, injected, 1),
    taken: injected,
    refused: [
      ...OTHER_TERMS,
      ...[STOPPED, INITIALIZING],
      ['that took an event since', { eventSeq: 2 }],
      ['whose log took an event since', { eventHead: 1 }],
    ],
  },
  {
    name: 'a checkpoint',
    change: () => checkpointChange(term, pointer),
    taken: started,
    refused: [
      ...OTHER_TERMS,
      ...[STOPPED, INITIALIZING, FAILED],
      ['with one of the same tick', { checkpoint: pointer }],
      ['with one of a later tick', { checkpoint: { ...pointer, tick: 301 } }],
    ],
  },
];

describe.each(RULES)('$name', ({ change, taken, refused }) => {
  test('is taken by a record that is as it should be', () => {
    expect(change().apply(taken)).toMatchObject({ revision: taken.revision + 1 });
  });

  test.each(refused)('is refused by a record %s, and is otherwise as it should be', (_, other) => {
    expect(change().apply(differing(taken, other))).toBeUndefined();
  });
});

test('a fault takes the place of a fault', () => {
  const change = runChange(term, { fault: { code: 'Z', reason: 'later' } });
  expect(change.apply(differing(started, { fault }))).toMatchObject({ fault: { code: 'Z' } });
});

test.each<[string, () => RecordChange]>([
  ['an event that does not follow', () => injectChange(term, started, { ...event, sequence: 2 })],
  [
    'an event without room for it',
    () =>
      injectChange(
        term,
        differing(started, { pendingEvents: Array(PENDING_EVENTS_MAX).fill(event) }),
        event,
      ),
  ],
  ['the logging of what is logged', () => eventsLoggedChange(term, injected, 0)],
  ['the logging of what was not taken', () => eventsLoggedChange(term, injected, 2)],
  ['a claim with the hash of another key', () => claimChange({ ...claim, keyHash: 'other' })],
])('%s is a bug of the caller', (_, change) => {
  expect(change).toThrow(/^(event|keyHash) /);
});

test('an event has room where one less than the bound is pending', () => {
  const most = differing(started, { pendingEvents: Array(PENDING_EVENTS_MAX - 1).fill(event) });
  expect(injectChange(term, most, event).apply(most)).toMatchObject({ eventSeq: 1 });
});
