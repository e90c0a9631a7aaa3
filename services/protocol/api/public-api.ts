import { z } from 'zod';
import { manifestRefSchema } from '../colony/origin.ts';
import { digestEntrySchema, statisticsSchema } from '../colony/sampling.ts';
import { rulesSchema, storedSpecSchema } from '../colony/spec.ts';
import { BACKENDS_MAX } from '../common/limits.ts';
import {
  colonyStatusSchema,
  faultSchema,
  lastFailureSchema,
  leaderSchema,
} from '../record/colony-record.ts';
import { backendStateSchema } from '../wire/rpc.ts';
import { backendMeasures, recoverySchema } from './cluster-api.ts';

/** Shapes of the public HTTP API, JSON in camelCase; shared by the server, the CLI and the page. */
const count = z.int().min(0);
const wantedBackends = z.int().min(1).max(BACKENDS_MAX);

export const phaseSchema = z.enum([
  'Idle',
  'Starting',
  'Ticking',
  'Paused',
  'Waiting',
  /** All shards stand, and are moved to other backends. */
  'Draining',
  'Recovering',
  'Stopping',
  'Failed',
]);
export type Phase = z.infer<typeof phaseSchema>;
export const PHASES: readonly Phase[] = phaseSchema.options;

/** 200 or 202 of colony-start. */
export const startAnswerSchema = z.object({
  status: z.enum(['initiated', 'in-progress', 'started']),
  message: z.string(),
  colonyInstanceId: z.string(),
  generation: count,
});
export type StartAnswer = z.infer<typeof startAnswerSchema>;

export const stopAnswerSchema = z.object({
  status: z.literal('stopped'),
  message: z.string(),
  colonyInstanceId: z.string(),
});
export type StopAnswer = z.infer<typeof stopAnswerSchema>;

/** Answer of pause, resume, step and pace: how the colony runs from `effectiveTick` on. */
export const runAnswerSchema = z.object({
  colonyInstanceId: z.string(),
  paused: z.boolean(),
  /** The tick at which it takes effect; while paused, the tick it stands or will stand at. */
  effectiveTick: count,
  /** null: as fast as possible. */
  ticksPerSecond: z.number().nullable(),
});
export type RunAnswer = z.infer<typeof runAnswerSchema>;

/** Answer of `PUT /colony-scale`. */
export const scaleAnswerSchema = z.object({
  /** How many backends are wanted from now on. */
  backends: wantedBackends,
  /** How many were before. */
  before: wantedBackends,
});
export type ScaleAnswer = z.infer<typeof scaleAnswerSchema>;

const backendViewSchema = z.object({
  id: z.string(),
  bootId: z.string(),
  address: z.string(),
  pid: count.nullable(),
  /** Draining: it is to end, and its shards will be moved. Suspect: it does not answer. Lost: its shards go to others. */
  state: z.union([backendStateSchema, z.enum(['Draining', 'Suspect', 'Lost'])]),
  tick: count.nullable(),
  /** Ticks behind the foremost backend. */
  lag: count.nullable(),
  shards: count,
  waitingFor: z.array(z.string()),
  ...backendMeasures,
});
export type BackendView = z.infer<typeof backendViewSchema>;

const coordinatorViewSchema = z.object({
  id: z.string(),
  bootId: z.string(),
  address: z.string(),
  leads: z.boolean(),
  /** ISO 8601, by the clock of its machine. */
  startedAt: z.string(),
  version: z.string(),
});

/** A checkpoint that is kept, as `GET /checkpoints` lists it. */
export const checkpointViewSchema = z.object({
  tick: count,
  /** ISO 8601. */
  at: z.string(),
  sizeBytes: count,
  /** Of the whole world in the state of the tick. */
  digest: z.string(),
  /** The key in the snapshot store of the object that names all others of it, and its SHA-256. */
  manifest: manifestRefSchema,
});
export type CheckpointView = z.infer<typeof checkpointViewSchema>;

/** The stored pictures of a colony, as `GET /pictures` lists them. */
export const storedPicturesSchema = z.object({
  colonyInstanceId: z.string(),
  /** One pixel stands for scale × scale cells, and shows the upper left one. */
  scale: z.int().min(1),
  pictures: z.array(
    z.object({
      tick: count,
      /** In pixels. */
      width: z.int().min(1),
      height: z.int().min(1),
      sizeBytes: count,
    }),
  ),
});
export type StoredPicturesView = z.infer<typeof storedPicturesSchema>;

export const colonyViewSchema = z.object({
  name: z.string(),
  status: colonyStatusSchema,
  phase: phaseSchema,
  /** What the phase waits for or works on, in one line. */
  phaseDetail: z.string().nullable(),
  generation: count,
  colonyInstanceId: z.string().nullable(),
  /** The least over all shards; null while no colony runs, or none is known yet. */
  tick: count.nullable(),
  /**
   * How long ago that was, in milliseconds: since the backend that was heard of longest ago answered; where no
   * leader answers, since the leader's last beat was seen.
   */
  tickAgeMs: count.nullable(),
  horizon: count,
  paused: z.boolean(),
  runUntil: count.nullable(),
  ticksPerSecond: z.object({
    /** Measured over the last seconds; 0 while it is paused, null until it is known. */
    achieved: z.number().nullable(),
    /** null: as fast as possible. */
    asked: z.number().nullable(),
  }),
  spec: storedSpecSchema.shape.spec.nullable(),
  /** The rules in force at `tick`: those of the spec, as events have changed them. */
  rules: rulesSchema.nullable(),
  engineVersion: count.nullable(),
  /** The world of a start that sends no spec of its own. */
  defaultSpec: storedSpecSchema.shape.spec,
  topologyVersion: count,
  /** How many there should be: as somebody asked for, else as is configured. */
  wantedBackends,
  backends: z.array(backendViewSchema),
  coordinators: z.array(coordinatorViewSchema),
  leader: leaderSchema.nullable(),
  /** null while no colony is started. */
  checkpoint: z
    .object({
      /** Of the newest whole one, from which a lost world starts again; null before the first. */
      tick: count.nullable(),
      /** The tick of the one that backends have been asked for; null if none is, or here none is known of. */
      writingTick: count.nullable(),
      /** How long the world has ticked since the last one that this leader has taken; null if it is not known. */
      tickedSeconds: z.number().nullable(),
      /** Why the last attempt led to nothing; null if it did not fail. */
      failure: z.object({ tick: count, reason: z.string() }).nullable(),
    })
    .nullable(),
  /** While a world that was lost is computed again; else null. */
  replay: z
    .object({
      /** Where it started again: the tick of a checkpoint, or 0 for genesis. */
      fromTick: count,
      /** How far it had come. */
      toTick: count,
      /** null until the speed is known. */
      remainingSeconds: z.number().nullable(),
    })
    .nullable(),
  /** While a world that lost backends, or is moved to others, does not tick as it should; else null. */
  recovery: recoverySchema.nullable(),
  lastDigest: digestEntrySchema.nullable(),
  /** The newest statistics that cover all shards. */
  statistics: z.object({ tick: count, values: statisticsSchema }).nullable(),
  lastFailure: lastFailureSchema.nullable(),
  /** Why a started colony stands still for good (phase Failed). */
  fault: faultSchema.nullable(),
});
export type ColonyView = z.infer<typeof colonyViewSchema>;

export const topologyViewSchema = z.union([
  z.object({ status: z.literal('in-progress') }),
  z.object({
    status: z.literal('initialized'),
    colonyInstanceId: z.string(),
    generation: count,
    topologyVersion: count,
    width: count,
    height: count,
    shardSize: count,
    ticksPerExchange: count,
    backends: z.array(
      z.object({
        id: z.string(),
        bootId: z.string(),
        address: z.string(),
        shards: z.array(count),
      }),
    ),
  }),
]);
export type TopologyView = z.infer<typeof topologyViewSchema>;

export const versionSchema = z.object({
  name: z.literal('distributed-colony'),
  version: z.string(),
  engineVersion: count,
  protocolVersion: count,
  node: z.string(),
});
export type VersionView = z.infer<typeof versionSchema>;
