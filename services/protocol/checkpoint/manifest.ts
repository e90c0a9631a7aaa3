import { z } from 'zod';
import { originPartsSchema, type TopologyOrigin } from '../colony/origin.ts';
import { changesSchema, digestSchema } from '../colony/sampling.ts';
import { boundedList } from '../common/bounded-list.ts';
import { canonicalJson, sha256 } from '../common/canonical-json.ts';
import { BACKENDS_MAX, SHARDS_MAX, TICK_MAX } from '../common/limits.ts';
import { OBJECT_PREFIXES } from '../common/names.ts';

/*
 * A checkpoint is the state of a whole world in one tick, as objects of the snapshot store:
 *
 *     record ──checkpoint──▶ manifest ──parts──▶ objects of each backend ──index──▶ bands of cells
 *                               └──kept──▶ older checkpoints that are kept
 *
 * Each arrow carries the SHA-256 of what it points at, so that a reader believes nothing unchecked. Nothing
 * here is ever changed: objects exist for others only once the record points at their manifest. The keys name
 * the epoch and the topologyVersion of who wrote them: a process that was superseded cannot touch what its
 * successors write.
 */

/** Another layout of manifests or of the objects is another version. */
export const CHECKPOINT_FORMAT = 1;
/** Of one manifest: what 16,384 shards on 1,024 backends take, and more. */
export const MANIFEST_MAX_BYTES = 4 * 1024 * 1024;
/** The most objects of one backend's part. */
const PART_OBJECTS_MAX = 1024;
/** The most checkpoints that are kept, and that wait to be removed. */
export const KEPT_MAX = 512;

const count = z.int().min(0);
const tick = z.int().min(0).max(TICK_MAX);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Whose attempt a checkpoint is: with its tick it names the folder of its objects. */
const attemptShape = { tick, epoch: count, topologyVersion: count };
export interface CheckpointAttempt {
  tick: number;
  epoch: number;
  topologyVersion: number;
}

/** The newest whole checkpoint, as the record points at it. */
export const checkpointPointerSchema = z.strictObject({ ...attemptShape, sha256: hash });
export type CheckpointPointer = z.infer<typeof checkpointPointerSchema>;

/** One object with cells; see part-object.ts. */
const partObjectSchema = z.strictObject({
  sizeBytes: z.int().min(1),
  /** Of its header and index, which have those of the cells. */
  sha256: hash,
  /** The first and the last shard that it has rows of. */
  shardsFrom: count,
  shardsTo: count,
});
export type PartObject = z.infer<typeof partObjectSchema>;

/** What one backend has written of a checkpoint: the objects `0`, `1`, … below its boot id. */
const checkpointPartSchema = z.strictObject({
  bootId: z.string().min(1).max(128),
  /** The backend's name, for people. */
  id: z.string().min(1).max(128),
  /** How many shards the objects hold. */
  shards: z.int().min(1).max(SHARDS_MAX),
  /** Of these shards, in the state of the tick. */
  digest: digestSchema,
  /** What happened in these shards since the last state that has a sample, if this one has none. */
  changes: changesSchema.optional(),
  objects: boundedList(partObjectSchema, PART_OBJECTS_MAX, 1),
});

/** A checkpoint that is kept, or was. */
const keptCheckpointSchema = z.strictObject({
  ...attemptShape,
  sha256: hash,
  digest: digestSchema,
  sizeBytes: count,
  /** ISO 8601, for people. */
  at: z.string().max(40),
});
export type KeptCheckpoint = z.infer<typeof keptCheckpointSchema>;

/**
 * The hash of an origin in its manifest. The digest of a world is that of its cells alone: a manifest that is found
 * without a record that points at it has to vouch for the rest itself.
 */
export const originHash = (origin: z.infer<typeof originPartsSchema>): string =>
  sha256(canonicalJson(origin));

const manifestShape = z.strictObject({
  formatVersion: z.literal(CHECKPOINT_FORMAT),
  engineVersion: z.int().min(1),
  colonyInstanceId: z.string().min(1).max(128),
  ...attemptShape,
  width: z.int().min(1),
  height: z.int().min(1),
  shardSize: z.int().min(1),
  /** Of the whole world. */
  digest: digestSchema,
  sizeBytes: count,
  at: z.string().max(40),
  /** What belongs to the state beside the cells. */
  origin: originPartsSchema,
  /** See `originHash`. */
  originSha256: hash,
  parts: boundedList(checkpointPartSchema, BACKENDS_MAX, 1),
  /** Older ones that are kept, ascending by tick. */
  kept: boundedList(keptCheckpointSchema, KEPT_MAX),
  /** Those that are kept no more, whose objects are removed some time after `leftAt`. */
  leaving: boundedList(keptCheckpointSchema.extend({ leftAt: z.string().max(40) }), KEPT_MAX),
});
export const manifestSchema = manifestShape.superRefine(({ origin, originSha256 }, context) => {
  if (originHash(origin) === originSha256) return;
  context.addIssue({ code: 'custom', path: ['origin'], message: 'its SHA-256 is another' });
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a backend says of the checkpoint that it was asked for last. */
export const checkpointReportSchema = z.discriminatedUnion('state', [
  /** It is still to come, or being written. */
  z.strictObject({ state: z.literal('pending'), tick, epoch: count }),
  z.strictObject({
    state: z.literal('written'),
    tick,
    epoch: count,
    part: checkpointPartSchema,
    /** As the backend's timeline has it; the rest is the leader's to say. */
    origin: originPartsSchema.omit({ eventSeq: true, changes: true }),
    /** How long ticking stood still for it. */
    stoodMs: z.number().min(0),
  }),
  z.strictObject({
    state: z.literal('failed'),
    tick,
    epoch: count,
    /** One line. */
    reason: z.string().max(500),
  }),
]);
export type CheckpointReport = z.infer<typeof checkpointReportSchema>;

/** The folders of the checkpoints of a colony, of an instance, of one attempt; each ends with `/`. */
export const checkpointFolders = {
  colony: (colonyName: string): string => OBJECT_PREFIXES.checkpoints(colonyName),
  instance: (colonyName: string, colonyInstanceId: string): string =>
    `${OBJECT_PREFIXES.checkpoints(colonyName)}${colonyInstanceId}/`,
  attempt: (colonyName: string, colonyInstanceId: string, at: CheckpointAttempt): string =>
    `${OBJECT_PREFIXES.checkpoints(colonyName)}${colonyInstanceId}/${padded(at.tick)}/${at.epoch}-${at.topologyVersion}/`,
} as const;

/** The key of a manifest. */
export const manifestKey = (
  colonyName: string,
  colonyInstanceId: string,
  at: CheckpointAttempt,
): string => `${checkpointFolders.attempt(colonyName, colonyInstanceId, at)}manifest.json`;

export const isManifestKey = (key: string): boolean => key.endsWith('/manifest.json');

/** The key of a backend's object, by its index in the part. */
export const partObjectKey = (attemptFolder: string, bootId: string, index: number): string =>
  `${attemptFolder}${bootId}/${index}`;

/** Keys sort by tick. */
const padded = (value: number): string => String(value).padStart(10, '0');

/** The folder of an attempt below that of its instance: `0000012000/3-2/…`; undefined if it is none. */
export function attemptOf(path: string): CheckpointAttempt | undefined {
  const [, tick, epoch, topologyVersion] = /^(\d{10})\/(\d{1,15})-(\d{1,15})\//.exec(path) ?? [];
  if (tick === undefined) return undefined;
  return { tick: Number(tick), epoch: Number(epoch), topologyVersion: Number(topologyVersion) };
}

/** The checkpoint from which a topology starts; null for genesis, or if the cells are known in another way. */
export function checkpointOf(origin: TopologyOrigin): CheckpointPointer | null {
  if (origin.kind === 'genesis' || origin.manifest === undefined) return null;
  const { key, sha256 } = origin.manifest;
  const attempt = attemptOf(key.split('/').slice(-3).join('/'));
  return attempt === undefined ? null : { ...attempt, sha256 };
}
