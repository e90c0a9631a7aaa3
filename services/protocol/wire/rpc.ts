import { z } from 'zod';
import { LAYERS } from '../../world/measuring/layers.ts';
import { checkpointReportSchema } from '../checkpoint/manifest.ts';
import { handedEventSchema } from '../colony/colony-event.ts';
import { SAMPLES_MAX, sampleSchema } from '../colony/sampling.ts';
import { storedSpecSchema } from '../colony/spec.ts';
import { SURVEY_TEXT_MAX } from '../colony/survey-codec.ts';
import { boundedList } from '../common/bounded-list.ts';
import { topologySchema } from '../layout/topology.ts';
import { backendLoadSchema } from './backend-load.ts';
import { CELLS_READ_MAX } from './cells-codec.ts';
import { fenceSchema } from './fence.ts';
import { ZOOM_MAX } from './tile-grid.ts';

/** Bound of the bodies of control calls; a topology may be larger. */
export const CONTROL_BODY_MAX_BYTES = 64 * 1024;
const TOPOLOGY_BODY_MAX_BYTES = 1024 * 1024;

/** What surveys a reply to a heartbeat may have, in characters; one alone may be longer. */
export const SURVEYS_TOLD_MAX = 512 * 1024;
/** Bound of a reply to a heartbeat: one survey of the longest, and as much as all else is never. */
const HEARTBEAT_REPLY_MAX_BYTES = SURVEY_TEXT_MAX + 1024 * 1024;

/** One heartbeat carries at most so many injected events. */
export const HEARTBEAT_EVENTS_MAX = 64;

const count = z.int().min(0);
const none = z.strictObject({});

export const backendStateSchema = z.enum([
  /** Holds no colony. */
  'Idle',
  /** Colony, topology or shards are being initialised. */
  'Initializing',
  /** Its shards are initialised, and StartTicking has not come. */
  'Ready',
  'Ticking',
  /** Has reached the granted horizon. */
  'AtHorizon',
  /** Waits for a neighbour's halo. */
  'Waiting',
  /** Waits because its sample buffer is full. */
  'Blocked',
  'Failed',
]);
export type BackendState = z.infer<typeof backendStateSchema>;

/** What a backend says of itself. */
const backendStatusSchema = z.strictObject({
  bootId: z.string(),
  engineVersion: count,
  pid: count,
  state: backendStateSchema,
  /** Whether it is to end: its shards should be moved to others. */
  draining: z.boolean(),
  /** Highest fence seen. */
  fence: fenceSchema,
  /** What it holds, if anything. */
  colony: z
    .strictObject({
      colonyInstanceId: z.string(),
      generation: count,
      /** 0 until InitializeTopology. */
      topologyVersion: count,
      shards: z.array(count),
      /** How many of its shards are initialised. */
      initializedShards: count,
      shardsInitialized: z.boolean(),
      ticking: z.boolean(),
      tick: count,
      /** The sequence through which it has all injected events; 0 for none. */
      eventSeq: count,
      /** The newest grant that it has, and how far it runs by it: never less than it had begun by then. */
      grant: z.strictObject({ epoch: count, number: count, horizon: count }),
    })
    .optional(),
  /** Boot ids of the neighbours whose halos it waits for. */
  waitingFor: z.array(z.string()),
  load: backendLoadSchema,
  failure: z.string().optional(),
});
export type BackendStatus = z.infer<typeof backendStatusSchema>;

const startTickingResultSchema = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('Ok') }),
  z.strictObject({ result: z.literal('ColonyNotInitialized') }),
  z.strictObject({ result: z.literal('TopologyNotInitialized') }),
  z.strictObject({ result: z.literal('Error'), message: z.string() }),
]);
export type StartTickingResult = z.infer<typeof startTickingResultSchema>;

const heartbeatRequestSchema = z.strictObject({
  /** Backends may run to this tick, which is never beyond the record's horizon; it may be less than before. */
  horizon: count,
  /** Orders the grants of an epoch: a backend that has a newer one ignores this horizon and pace. */
  grantNumber: z.int().min(1),
  /** null: as fast as possible. */
  ticksPerSecond: z.number().positive().nullable(),
  /** Samples up to this tick are stored and may be forgotten; -1 for none. */
  durableThroughTick: z.int().min(-1),
  /** Entries of the event log in the order of their sequence; those that it already has are ignored. */
  events: boundedList(handedEventSchema, HEARTBEAT_EVENTS_MAX).default([]),
  /** The horizon holds only for a backend that has all injected events through this sequence. */
  eventSeq: count.default(0),
  /** The state to be written as a checkpoint; it is named before any backend may run beyond it. */
  checkpointTick: count.optional(),
  /** The backend samples its shards for a picture of that state. */
  withPicture: z.boolean().optional(),
});
export type HeartbeatRequest = z.infer<typeof heartbeatRequestSchema>;

const heartbeatReplySchema = z.strictObject({
  status: backendStatusSchema,
  samples: boundedList(sampleSchema, SAMPLES_MAX),
  /** Of the checkpoint that was asked for last under this topology, until the next one is. */
  checkpoint: checkpointReportSchema.optional(),
});
export type HeartbeatReply = z.infer<typeof heartbeatReplySchema>;

const readPictureRequestSchema = z.strictObject({
  layer: z.enum(LAYERS),
  x: count,
  y: count,
  width: z.int().min(1),
  height: z.int().min(1),
  scale: z.int().min(1),
});
export type ReadPictureRequest = z.infer<typeof readPictureRequestSchema>;

/** A part of the world in pixels of a zoom, counted from the world's first. */
const readTilesRequestSchema = z.strictObject({
  layer: z.enum(LAYERS),
  zoom: z.int().min(0).max(ZOOM_MAX),
  x: count,
  y: count,
  width: z.int().min(1),
  height: z.int().min(1),
  /** Of the first state at or after this tick; of the present one if that takes longer than `READ_WAIT_MS`. */
  fromTick: count,
});
export type ReadTilesRequest = z.infer<typeof readTilesRequestSchema>;
/** How long a reader waits for a tick that it names. */
export const READ_WAIT_MS = 25;

/** A rectangle of cells, which wraps around the torus. */
const readCellsRequestSchema = z.strictObject({
  x: count,
  y: count,
  width: z.int().min(1).max(CELLS_READ_MAX),
  height: z.int().min(1).max(CELLS_READ_MAX),
});
export type ReadCellsRequest = z.infer<typeof readCellsRequestSchema>;

/** InitializeShards answers after so long with how far it is, if it is not done. */
export const INITIALIZING_ANSWER_MS = 5_000;

interface RpcMethod {
  request: z.ZodType;
  /** 'binary': the reply is bytes, laid out by the module named in its comment. */
  reply: z.ZodType | 'binary';
  maxRequestBytes: number;
  /** @default what the client takes of any JSON, or of bytes */
  maxReplyBytes?: number;
  timeoutMs: number;
}

/**
 * The private RPC of a backend: `POST /rpc/<method>`, JSON unless said otherwise, every call
 * fenced and signed (rpc-auth.ts), every failure a problem document.
 */
export const RPC = {
  /** Asks which process answers, and its status. Idempotent, like all methods. */
  ping: {
    request: none,
    reply: backendStatusSchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 3_000,
  },
  initializeColony: {
    request: z.strictObject({ colonyInstanceId: z.string().min(1), stored: storedSpecSchema }),
    reply: backendStatusSchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 5_000,
  },
  initializeTopology: {
    request: z.strictObject({ topology: topologySchema }),
    reply: backendStatusSchema,
    maxRequestBytes: TOPOLOGY_BODY_MAX_BYTES,
    timeoutMs: 5_000,
  },
  /**
   * Writes terrain and first creatures into every shard that it owns. Answers within
   * `INITIALIZING_ANSWER_MS` even if that takes longer, and is then called again until all are initialised.
   */
  initializeShards: {
    request: none,
    reply: backendStatusSchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 30_000,
  },
  startTicking: {
    request: none,
    reply: startTickingResultSchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 5_000,
  },
  heartbeat: {
    request: heartbeatRequestSchema,
    reply: heartbeatReplySchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    maxReplyBytes: HEARTBEAT_REPLY_MAX_BYTES,
    timeoutMs: 3_000,
  },
  /** Forgets the colony of this generation and every older one, for good. */
  releaseColony: {
    request: z.strictObject({ generation: count }),
    reply: backendStatusSchema,
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 5_000,
  },
  /** The backend's part of a picture; reply: picture-codec.ts. */
  readPicture: {
    request: readPictureRequestSchema,
    reply: 'binary',
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 10_000,
  },
  /** The backend's part of some tiles; reply: tile-part-codec.ts. */
  readTiles: {
    request: readTilesRequestSchema,
    reply: 'binary',
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 10_000,
  },
  /** The cells of a rectangle that are the backend's; reply: cells-codec.ts. */
  readCells: {
    request: readCellsRequestSchema,
    reply: 'binary',
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 10_000,
  },
  /** A neighbour asks for a halo that did not come by the stream; reply: halo-codec.ts. */
  pullHalo: {
    request: z.strictObject({ tick: count }),
    reply: 'binary',
    maxRequestBytes: CONTROL_BODY_MAX_BYTES,
    timeoutMs: 5_000,
  },
} as const satisfies Record<string, RpcMethod>;

export type RpcMethodName = keyof typeof RPC;

/** How many bytes the reply of a method may have, if it has a bound of its own. */
export const replyBoundOf = (method: RpcMethodName): number | undefined =>
  (RPC[method] as RpcMethod).maxReplyBytes;

export type RpcRequest<M extends RpcMethodName> = z.input<(typeof RPC)[M]['request']>;
export type RpcReply<M extends RpcMethodName> = (typeof RPC)[M]['reply'] extends z.ZodType
  ? z.output<(typeof RPC)[M]['reply']>
  : Uint8Array;

export const rpcPath = (method: RpcMethodName): string => `/rpc/${method}`;
