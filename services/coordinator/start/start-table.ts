import type { ErrorCode } from '../../protocol/common/error-codes.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';

/** The parts of a colony-start request that the table looks at. */
export interface StartRequest {
  key: string;
  /** SHA-256 of the key, as retired keys are stored. */
  keyHash: string;
  /** Hash of the client's spec before defaults. */
  bodyHash: string;
}

export type StartDecision =
  /** There is no colony: try the conditional write that claims one. */
  | { kind: 'claim' }
  | { kind: 'in-progress' }
  | { kind: 'started' }
  | { kind: 'refused'; code: ErrorCode; detail: string; colonyInstanceId: string | undefined };

/**
 * The start table of the protocol: a pure function of the stored record and the request. It is
 * asked before any work starts, and again with the record that a lost claim found.
 */
export function decideStart(record: ColonyRecord, request: StartRequest): StartDecision {
  const retired = record.retired[request.keyHash];
  if (retired !== undefined) {
    return {
      kind: 'refused',
      code: 'IDEMPOTENCY_KEY_RETIRED',
      detail: `the key started colony ${retired.colonyInstanceId}, which was stopped`,
      colonyInstanceId: retired.colonyInstanceId,
    };
  }
  switch (record.status) {
    case 'NotInitialized':
      return { kind: 'claim' };
    case 'Initializing':
      if (record.startKey !== request.key) {
        return {
          kind: 'refused',
          code: 'COLONY_START_IN_PROGRESS',
          detail: `colony ${record.colonyInstanceId} is being started with another key`,
          colonyInstanceId: record.colonyInstanceId,
        };
      }
      return sameBody(record, request) ?? { kind: 'in-progress' };
    case 'TopographyInitialized':
      if (record.idempotencyKey !== request.key) {
        return {
          kind: 'refused',
          code: 'COLONY_ALREADY_STARTED',
          detail: `colony ${record.colonyInstanceId} was started with another key`,
          colonyInstanceId: record.colonyInstanceId,
        };
      }
      return sameBody(record, request) ?? { kind: 'started' };
  }
}

function sameBody(record: ColonyRecord, request: StartRequest): StartDecision | undefined {
  if (record.bodyHash === request.bodyHash) return undefined;
  return {
    kind: 'refused',
    code: 'IDEMPOTENCY_KEY_REUSED',
    detail: `the key started colony ${record.colonyInstanceId} with another spec in the body`,
    colonyInstanceId: record.colonyInstanceId,
  };
}
