import { describe, expect, test } from 'vitest';
import {
  decideStart,
  type StartRequest,
} from '../../../../services/coordinator/start/start-table.ts';
import { ERRORS } from '../../../../services/protocol/common/error-codes.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../../services/protocol/record/colony-record.ts';
import { keyHashOf } from '../../../../services/protocol/record/start-changes.ts';
import { recordOf, startedRecord } from '../fixtures.ts';

const KEY = 'K1';
const BODY = 'body-1';
const lastFailure = { key: KEY, code: 'NO_BACKENDS', reason: 'none', at: '', generation: 3 };

const STATES: Record<string, ColonyRecord> = {
  absent: ABSENT_RECORD,
  NotInitialized: recordOf({ generation: 3 }),
  'NotInitialized after this key failed': recordOf({ generation: 3, lastFailure }),
  Initializing: (() => {
    const { idempotencyKey: _, ...rest } = startedRecord();
    return { ...rest, status: 'Initializing' as const, startKey: KEY };
  })(),
  TopographyInitialized: startedRecord({ idempotencyKey: KEY }),
};

type Outcome = 'claim' | 'in-progress' | 'started' | keyof typeof ERRORS;

/** By state: the outcome for [same key, same body], [same, other], [other, same], [other, other]. */
const TABLE: Record<string, [Outcome, Outcome, Outcome, Outcome]> = {
  absent: ['claim', 'claim', 'claim', 'claim'],
  NotInitialized: ['claim', 'claim', 'claim', 'claim'],
  'NotInitialized after this key failed': ['claim', 'claim', 'claim', 'claim'],
  Initializing: [
    'in-progress',
    'IDEMPOTENCY_KEY_REUSED',
    'COLONY_START_IN_PROGRESS',
    'COLONY_START_IN_PROGRESS',
  ],
  TopographyInitialized: [
    'started',
    'IDEMPOTENCY_KEY_REUSED',
    'COLONY_ALREADY_STARTED',
    'COLONY_ALREADY_STARTED',
  ],
};

const STATUS: Partial<Record<Outcome, number>> = {
  IDEMPOTENCY_KEY_REUSED: 422,
  COLONY_START_IN_PROGRESS: 409,
  COLONY_ALREADY_STARTED: 409,
  IDEMPOTENCY_KEY_RETIRED: 409,
};

const requestOf = (key: string, bodyHash: string): StartRequest => ({
  key,
  keyHash: keyHashOf(key),
  bodyHash,
});

const COLUMNS = [
  { key: KEY, body: BODY, name: 'the same key and body' },
  { key: KEY, body: 'body-2', name: 'the same key and another body' },
  { key: 'K2', body: BODY, name: 'another key and the same body' },
  { key: 'K2', body: 'body-2', name: 'another key and another body' },
];

const rows = Object.entries(TABLE).flatMap(([state, outcomes]) =>
  COLUMNS.map((column, index) => ({ state, ...column, outcome: outcomes[index]! })),
);

describe('the start table', () => {
  test.each<[string, string, string, string]>([
    ['Initializing', 'K2', BODY, 'colony instance-1 is being started with another key'],
    [
      'Initializing',
      KEY,
      'body-2',
      'the key started colony instance-1 with another spec in the body',
    ],
    ['TopographyInitialized', 'K2', BODY, 'colony instance-1 was started with another key'],
  ])('in %s refuses key %s with %s: %s', (state, key, body, detail) => {
    const stated = { ...STATES[state]!, colonyInstanceId: 'instance-1' };
    expect(decideStart(stated, requestOf(key, body))).toMatchObject({ detail });
  });

  test.each(rows)('$state, $name: $outcome', ({ state, key, body, outcome }) => {
    const decision = decideStart(STATES[state]!, requestOf(key, body));
    if (decision.kind !== 'refused') {
      expect(decision).toEqual({ kind: outcome });
      return;
    }
    expect(decision.code).toBe(outcome);
    expect(ERRORS[decision.code].status).toBe(STATUS[outcome]);
    expect(decision.colonyInstanceId).toBe('instance-1');
  });

  const retiredRows = Object.keys(STATES).flatMap((state) =>
    [BODY, 'body-2'].map((body) => ({ state, body })),
  );
  test.each(retiredRows)('$state, a retired key, $body: refused, naming its instance', (row) => {
    const retired = { [keyHashOf('K9')]: { colonyInstanceId: 'instance-0', generation: 1 } };
    const record = { ...STATES[row.state]!, retired };
    const decision = decideStart(record, requestOf('K9', row.body));
    expect(decision).toMatchObject({
      kind: 'refused',
      code: 'IDEMPOTENCY_KEY_RETIRED',
      colonyInstanceId: 'instance-0',
    });
    expect(ERRORS.IDEMPOTENCY_KEY_RETIRED.status).toBe(STATUS.IDEMPOTENCY_KEY_RETIRED);
  });

  test('a key that another one retired does not refuse this one', () => {
    const retired = { [keyHashOf('K9')]: { colonyInstanceId: 'instance-0', generation: 1 } };
    const decision = decideStart(recordOf({ retired }), requestOf(KEY, BODY));
    expect(decision).toEqual({ kind: 'claim' });
  });

  test('the titles say what the protocol says', () => {
    expect(ERRORS.COLONY_START_IN_PROGRESS.title).toBe('Colony start already in progress');
    expect(ERRORS.COLONY_ALREADY_STARTED.title).toBe('Colony already started');
  });
});
