import { z } from 'zod';
import { checkpointPointerSchema } from '../checkpoint/manifest.ts';
import { loggedEventSchema } from '../colony/colony-event.ts';
import { boundedList } from '../common/bounded-list.ts';
import { BACKENDS_MAX } from '../common/limits.ts';

/** So many stopped starts are remembered; a late duplicate of an older one is not recognised. */
export const RETIRED_KEYS_MAX = 64;
/** So many step requests are remembered. */
export const HANDLED_KEYS_MAX = 64;
/** The most injected events in the record that are not in the event log yet. */
export const PENDING_EVENTS_MAX = 8;
/** The most injected events of one tick, without those that were cancelled. */
export const EVENTS_PER_TICK_MAX = 30;
/** The same, with those that were cancelled: so a tick has at most twice as many entries in the event log. */
export const INJECTIONS_PER_TICK_MAX = 100;

/**
 * The least and the greatest pace in ticks per second, both inclusive. Slower would be a pause, faster
 * is unlimited; stores cannot keep every positive number.
 */
export const PACE_BOUNDS = [0.001, 100_000] as const;

const count = z.int().min(0);

export const colonyStatusSchema = z.enum([
  'NotInitialized',
  'Initializing',
  'TopographyInitialized',
]);

export const leaderSchema = z.strictObject({
  id: z.string().min(1),
  /** Origin of the leader's public HTTP API, for example `http://127.0.0.1:8083`. */
  address: z.url(),
  epoch: count,
  beat: count,
  /** Whether it has stopped acting: then the next candidate may take the lead at once. */
  resigned: z.literal(true).optional(),
});
export type Leader = z.infer<typeof leaderSchema>;

export const lastFailureSchema = z.strictObject({
  key: z.string(),
  code: z.string(),
  reason: z.string(),
  /** ISO 8601, for people; no decision depends on it. */
  at: z.string(),
  generation: count,
});
export type LastFailure = z.infer<typeof lastFailureSchema>;

/** What ended a started colony, whose data are kept. */
export const faultSchema = z.strictObject({ code: z.string(), reason: z.string() });

/** Far more than are kept. */
const HANDLED_KEYS_READ_MAX = 1_000;

/**
 * The colony record: one small item per colony name, read consistently, changed only by
 * conditional writes. `revision` rises with every write, and orders two versions of it.
 */
export const colonyRecordSchema = z.strictObject({
  status: colonyStatusSchema,
  revision: count,
  /** Raised by every claim, never reset. */
  generation: count,
  colonyInstanceId: z.string().min(1).optional(),
  /** Made by the claimer, which recognises its own write by it when the answer was lost. */
  claimId: z.string().min(1).optional(),
  /** The key of a start in progress; it becomes `idempotencyKey` by complete. */
  startKey: z.string().min(1).optional(),
  idempotencyKey: z.string().min(1).optional(),
  /** Hash of the client's spec before defaults. */
  bodyHash: z.string().optional(),
  specRef: z.string().optional(),
  topologyRef: z.string().optional(),
  /** Raised by every topology of this generation; 0 before the first. Kept after its end. */
  topologyVersion: count,
  /**
   * No backend of an earlier topology of this instance has run beyond this tick. Absent in records of
   * earlier builds: then it is the horizon.
   */
  topologyHorizon: count.optional(),
  /** The newest whole checkpoint. */
  checkpoint: checkpointPointerSchema.optional(),
  /** SHA-256 of a stopped start's key → the instance it had. The newest 64. */
  retired: z.record(
    z.string(),
    z.strictObject({ colonyInstanceId: z.string(), generation: count }),
  ),
  lastFailure: lastFailureSchema.optional(),
  /** Why a started colony has stopped for good (phase Failed); data and record are kept. */
  fault: faultSchema.optional(),
  leader: leaderSchema.optional(),
  /** Backends may run up to this tick; falls only to what no backend was told to run beyond. */
  horizon: count,
  /**
   * The tick of the world as the leader saw it at one of its beats. For people, while no leader answers; no
   * decision depends on it.
   */
  lastTick: z.strictObject({ tick: count, epoch: count, beat: count }).optional(),
  paused: z.boolean(),
  /** While paused: the tick to stop at. */
  runUntil: count.optional(),
  /**
   * The tick that the newest pause was answered with: it stays where it says so, as long as `runUntil` is this
   * tick too. Earlier builds did not keep it.
   */
  pauseTick: count.optional(),
  /** null: as fast as possible. */
  ticksPerSecond: z.number().positive().nullable(),
  /** How many backends somebody asked for; absent: as many as the coordinators are configured with. */
  wantedBackends: z.int().min(1).max(BACKENDS_MAX).optional(),
  /** Step requests already done: key hash → how many ticks were asked for, and where they led; newest last. */
  handledKeys: boundedList(
    z.strictObject({
      keyHash: z.string(),
      runUntil: count,
      /** Not kept by earlier builds. */
      ticks: count.optional(),
    }),
    HANDLED_KEYS_READ_MAX,
  ),
  /** The sequence of the newest injected event; 0 before the first. */
  eventSeq: count.default(0),
  /** The event log has all events up to this sequence, one item each. */
  eventHead: count.default(0),
  /** The events after eventHead, up to eventSeq, in this order; the log does not have them yet. */
  pendingEvents: boundedList(loggedEventSchema, PENDING_EVENTS_MAX).default([]),
});
export type ColonyRecord = z.infer<typeof colonyRecordSchema>;

/** How far the record allows backends to run, and may have allowed any of them. */
export function limitOf(record: ColonyRecord): number {
  return stands(record) ? Math.min(record.horizon, record.runUntil ?? 0) : record.horizon;
}

/** Whether the colony stands at `runUntil`, or will. */
export const stands = (record: ColonyRecord): boolean =>
  record.paused || record.fault !== undefined;

/** What an absent item means. */
export const ABSENT_RECORD: ColonyRecord = {
  status: 'NotInitialized',
  revision: 0,
  generation: 0,
  topologyVersion: 0,
  retired: {},
  horizon: 0,
  paused: false,
  ticksPerSecond: null,
  handledKeys: [],
  eventSeq: 0,
  eventHead: 0,
  pendingEvents: [],
};
