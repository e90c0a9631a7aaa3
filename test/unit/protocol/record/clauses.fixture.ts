import type { LoggedEvent } from '../../../../services/protocol/colony/colony-event.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../../services/protocol/record/colony-record.ts';
import { injectChange } from '../../../../services/protocol/record/event-changes.ts';
import { runChange, topologyChange } from '../../../../services/protocol/record/run-changes.ts';
import { claimChange, completeChange } from '../../../../services/protocol/record/start-changes.ts';
import { claimOf, LEADER, OTHER, termOf } from '../../../support/colony-records.ts';

/** What is another in a record; `undefined`: it is not there. */
export type Difference = { [Field in keyof ColonyRecord]?: ColonyRecord[Field] | undefined };

/** The record with that. */
export function differing(record: ColonyRecord, difference: Difference): ColonyRecord {
  const next = { ...record, ...difference };
  for (const [field, value] of Object.entries(difference)) {
    if (value === undefined) delete next[field as keyof ColonyRecord];
  }
  return next as ColonyRecord;
}

/** Records as the rules themselves make them, and what they are made with. */
export const leader = { ...LEADER, epoch: 1, beat: 4 };
export const led: ColonyRecord = { ...ABSENT_RECORD, revision: 1, leader };
export const claim = claimOf('K1');
export const claimed = claimChange(claim).apply(led)!;
export const term = termOf(claimed);
export const pointed = topologyChange(term, 'topology#1', 1).apply(claimed)!;
export const started = completeChange(term, 10).apply(pointed)!;
export const paused = runChange(term, { paused: true, runUntil: 10 }).apply(started)!;
export const fault = { code: 'X', reason: 'y' };
export const event: LoggedEvent = {
  ...{ sequence: 1, tick: 100, keyHash: 'key', bodyHash: 'body' },
  event: { kind: 'newTopography' },
};
export const injected = injectChange(term, started, event).apply(started)!;
export const pointer = { tick: 300, epoch: 1, topologyVersion: 1, sha256: 'a'.repeat(64) };
export const step = { keyHash: 'step', runUntil: 12, ticks: 2 };

export const OTHER_TERMS: [string, Difference][] = [
  ['that nobody leads', { leader: undefined }],
  ['that another leads', { leader: { ...leader, id: OTHER.id } }],
  ['of another epoch', { leader: { ...leader, epoch: 2 } }],
  ['of another generation', { generation: 2 }],
];
export const FAILED: [string, Difference] = ['that has failed', { fault }];
export const INITIALIZING: [string, Difference] = [
  'that is not started',
  { status: 'Initializing' },
];
export const STOPPED: [string, Difference] = ['that is stopped', { status: 'NotInitialized' }];
