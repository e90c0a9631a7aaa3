import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import type { ColonyRecord, LastFailure, Leader } from '../../protocol/record/colony-record.ts';
import { HANDLED_KEYS_MAX } from '../../protocol/record/colony-record.ts';
import {
  assertFollows,
  assertKeyHash,
  assertPending,
  bounded,
  type Claim,
  newLeader,
  pendingAfter,
  type Reservation,
  type RunChange,
  retirement,
  type Term,
} from '../../protocol/record/record-transitions.ts';
import type { ConditionalUpdate } from './dynamo-update.ts';

/**
 * The rules of services/protocol/record/record-transitions.ts once more, each as one conditional update
 * of the stored item. That both say the same is held by one suite that runs on both.
 */

const STATUS = {
  notInitialized: 'NotInitialized',
  initializing: 'Initializing',
  topographyInitialized: 'TopographyInitialized',
  zero: 0,
  one: 1,
  false: false,
  true: true,
  null: null,
  emptyList: [],
  emptyMap: {},
} as const;

const RAISE_REVISION = { revision: 'if_not_exists(#revision, :zero) + :one' };

/** What goes with a colony when it ends; `colony-record.ts` says what each is. */
const COLONY_FIELDS = [
  'colonyInstanceId',
  'startKey',
  'idempotencyKey',
  'bodyHash',
  'specRef',
  'topologyRef',
  'lastFailure',
  'fault',
  'runUntil',
] as const;

/** The fields that every state has, as they are without a colony. */
const RESET = {
  ...RAISE_REVISION,
  horizon: ':zero',
  paused: ':false',
  handledKeys: ':emptyList',
  eventSeq: ':zero',
  eventHead: ':zero',
  pendingEvents: ':emptyList',
};

const LED = ['#leader.#id = :leaderId', '#leader.#epoch = :epoch'];
const TERM = [...LED, '#generation = :generation'];

const without = (kept: readonly string[]): string[] =>
  COLONY_FIELDS.filter((field) => !kept.includes(field));

export function claimUpdate(claim: Claim): ConditionalUpdate {
  assertKeyHash(claim);
  const fields = ['colonyInstanceId', 'claimId', 'startKey', 'bodyHash', 'specRef'];
  return {
    set: {
      ...RESET,
      ...Object.fromEntries(fields.map((field) => [field, `:${field}`])),
      status: ':initializing',
      generation: 'if_not_exists(#generation, :zero) + :one',
      topologyVersion: ':zero',
      retired: 'if_not_exists(#retired, :emptyMap)',
      ticksPerSecond: ':ticksPerSecond',
    },
    remove: without(fields),
    condition: [
      '(attribute_not_exists(#status) OR #status = :notInitialized)',
      `attribute_not_exists(#retired.#${claim.keyHash})`,
      '(attribute_not_exists(#claimId) OR #claimId <> :claimId)',
    ],
    values: { ...STATUS, ...claim, startKey: claim.key },
  };
}

export function completeUpdate(term: Term, horizon: number): ConditionalUpdate {
  return {
    set: {
      ...RAISE_REVISION,
      status: ':topographyInitialized',
      idempotencyKey: '#startKey',
      horizon: ':horizon',
    },
    remove: ['startKey'],
    condition: ['#status = :initializing', ...TERM, 'attribute_exists(#topologyRef)'],
    values: { ...STATUS, ...term, horizon },
  };
}

export function failUpdate(term: Term, failure: LastFailure): ConditionalUpdate {
  return {
    set: {
      ...RESET,
      status: ':notInitialized',
      ticksPerSecond: ':null',
      lastFailure: ':lastFailure',
    },
    remove: without(['lastFailure']),
    condition: ['#status = :initializing', ...TERM],
    values: { ...STATUS, ...term, lastFailure: bounded(failure) },
  };
}

export function stopUpdate(seen: ColonyRecord): ConditionalUpdate {
  const { keyHash, entry, forgotten } = retirement(seen);
  return {
    set: {
      ...RESET,
      status: ':notInitialized',
      ticksPerSecond: ':null',
      [`retired.${keyHash}`]: ':entry',
    },
    remove: [...COLONY_FIELDS, ...forgotten.map((hash) => `retired.${hash}`)],
    condition: [
      '#status <> :notInitialized',
      '#generation = :generation',
      '#colonyInstanceId = :colonyInstanceId',
    ],
    values: { ...STATUS, ...entry, entry },
  };
}

/** Also makes the item where there is none: with all that an absent record means. */
export function leadUpdate(
  seen: Leader | undefined,
  me: { id: string; address: string },
): ConditionalUpdate {
  const defaults = {
    status: ':notInitialized',
    generation: ':zero',
    topologyVersion: ':zero',
    horizon: ':zero',
    retired: ':emptyMap',
    paused: ':false',
    ticksPerSecond: ':null',
    handledKeys: ':emptyList',
    eventSeq: ':zero',
    eventHead: ':zero',
    pendingEvents: ':emptyList',
  };
  return {
    set: {
      ...RAISE_REVISION,
      ...Object.fromEntries(
        Object.entries(defaults).map(([name, value]) => [
          name,
          `if_not_exists(#${name}, ${value})`,
        ]),
      ),
      leader: ':leader',
    },
    condition:
      seen === undefined ? ['attribute_not_exists(#leader)'] : [...LED, '#leader.#beat = :beat'],
    values: {
      ...STATUS,
      leader: newLeader(seen, me),
      ...(seen && { leaderId: seen.id, epoch: seen.epoch, beat: seen.beat }),
    },
  };
}

export function beatUpdate(
  leader: { id: string; epoch: number },
  reserve?: Reservation,
): ConditionalUpdate {
  return {
    set: {
      ...RAISE_REVISION,
      'leader.beat': '#leader.#beat + :one',
      ...(reserve && { horizon: ':horizon' }),
    },
    condition: [
      ...LED,
      ...(reserve
        ? ['#status = :topographyInitialized', '#generation = :generation', '#horizon < :horizon']
        : []),
    ],
    values: { ...STATUS, leaderId: leader.id, epoch: leader.epoch, ...reserve },
  };
}

export function resignUpdate(leader: { id: string; epoch: number }): ConditionalUpdate {
  return {
    set: { ...RAISE_REVISION, 'leader.resigned': ':true' },
    condition: LED,
    values: { ...STATUS, leaderId: leader.id, epoch: leader.epoch },
  };
}

export function topologyUpdate(
  term: Term,
  topologyRef: string,
  topologyVersion: number,
): ConditionalUpdate {
  return {
    set: {
      ...RAISE_REVISION,
      topologyRef: ':topologyRef',
      topologyVersion: ':topologyVersion',
    },
    condition: ['#status <> :notInitialized', ...TERM, '#topologyVersion = :previousVersion'],
    values: {
      ...STATUS,
      ...term,
      topologyRef,
      topologyVersion,
      previousVersion: topologyVersion - 1,
    },
  };
}

/** With a horizon it applies only where that raises the present one. */
export function runUpdate(term: Term, change: RunChange): ConditionalUpdate {
  const values: Record<string, unknown> = {};
  if (change.paused !== undefined) values['paused'] = change.paused;
  if (change.ticksPerSecond !== undefined) values['ticksPerSecond'] = change.ticksPerSecond;
  if (change.runUntil != null) values['runUntil'] = change.runUntil;
  if (change.handledKeys !== undefined) {
    values['handledKeys'] = change.handledKeys.slice(-HANDLED_KEYS_MAX);
  }
  if (change.fault !== undefined) values['fault'] = bounded(change.fault);
  if (change.horizon !== undefined) values['horizon'] = change.horizon;
  return {
    set: {
      ...RAISE_REVISION,
      ...Object.fromEntries(Object.keys(values).map((name) => [name, `:${name}`])),
    },
    remove: change.runUntil === null ? ['runUntil'] : [],
    condition: [
      '#status = :topographyInitialized',
      ...TERM,
      ...(change.horizon !== undefined ? ['#horizon < :horizon'] : []),
    ],
    values: { ...STATUS, ...term, ...values },
  };
}

/** A record that was written before there were events lacks their fields. */
const isAsSeen = (field: 'eventSeq' | 'eventHead', value: number): string => {
  const same = `#${field} = :${field}Seen`;
  return value === 0 ? `(attribute_not_exists(#${field}) OR ${same})` : same;
};

/**
 * The list as a whole: it grows only together with eventSeq, which must be as seen. So nothing can
 * be pending that `seen` does not show, and its bound holds.
 */
export function injectUpdate(
  term: Term,
  seen: ColonyRecord,
  entry: LoggedEvent,
): ConditionalUpdate {
  assertFollows(seen, entry);
  return {
    set: { ...RAISE_REVISION, eventSeq: ':sequence', pendingEvents: ':pendingEvents' },
    condition: [
      '#status = :topographyInitialized',
      ...TERM,
      'attribute_not_exists(#fault)',
      isAsSeen('eventSeq', seen.eventSeq),
      isAsSeen('eventHead', seen.eventHead),
      '#horizon < :tick',
    ],
    values: {
      ...STATUS,
      ...term,
      sequence: entry.sequence,
      tick: entry.tick,
      eventSeqSeen: seen.eventSeq,
      eventHeadSeen: seen.eventHead,
      pendingEvents: [...seen.pendingEvents, entry],
    },
  };
}

export function loggedUpdate(
  term: Term,
  seen: ColonyRecord,
  throughSequence: number,
): ConditionalUpdate {
  assertPending(seen, throughSequence);
  return {
    set: { ...RAISE_REVISION, eventHead: ':throughSequence', pendingEvents: ':pendingEvents' },
    condition: [
      '#status = :topographyInitialized',
      ...TERM,
      isAsSeen('eventSeq', seen.eventSeq),
      isAsSeen('eventHead', seen.eventHead),
    ],
    values: {
      ...STATUS,
      ...term,
      throughSequence,
      eventSeqSeen: seen.eventSeq,
      eventHeadSeen: seen.eventHead,
      pendingEvents: pendingAfter(seen, throughSequence),
    },
  };
}
