import { z } from 'zod';

/** Shapes of the public HTTP API that are about the processes of a colony, and not about its world. */
const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** What the leader last had to say of a backend. */
export const troubleSchema = z.object({
  /** Id of the backend. */
  backend: z.string(),
  /** As docs/errors.md lists them. */
  code: z.string(),
  detail: z.string(),
  /** Of the backend, as it was known then; null if it was not. */
  tick: count.nullable(),
  /** ISO 8601. */
  at: z.string(),
  /** When its cause had gone; null while it is there. */
  endedAt: z.string().nullable(),
});
export type TroubleView = z.infer<typeof troubleSchema>;

/** Shares of time, over the last seconds, for which the shards of a backend did not tick. */
const waitingSchema = z.object({
  /** For the halos of neighbours. The backend that waits least for them holds the others up. */
  halos: share,
  /** For a grant of the leader, or because the colony is paused. */
  horizon: share,
  /** For the next tick of the asked pace. */
  pace: share,
  /** For samples to be stored. */
  samples: share,
});
export type WaitingView = z.infer<typeof waitingSchema>;

/** What is measured of a backend; null where it is not known now. */
export const backendMeasures = {
  /** Its number in the pictures of the layer `owner`. */
  owner: count.nullable(),
  /** Since it answered last. */
  ageMs: count.nullable(),
  /** Over the last seconds, by its own clock. */
  ticksPerSecond: z.number().min(0).nullable(),
  waiting: waitingSchema.nullable(),
  /** Resident memory of its process. */
  memoryBytes: count.nullable(),
  /** How many processors its threads kept busy over the last seconds. */
  processors: z.number().min(0).nullable(),
  uptimeSeconds: count.nullable(),
  /** How often the leader has seen another process under this id since it leads. */
  restarts: count,
  trouble: troubleSchema.nullable(),
};

/** How a world that has lost backends, or is moved to others, comes to tick again. */
export const recoverySchema = z.object({
  /** move: all shards stand in the state of the newest checkpoint; nothing is computed again. */
  kind: z.enum(['loss', 'move']),
  /** placing: its shards are given to backends and made there. replaying: what was lost is computed again. */
  step: z.enum(['placing', 'replaying']),
  /** Why, in one line; null if it is not known. */
  cause: z.string().nullable(),
  /** What is being done, in one line. */
  detail: z.string().nullable(),
  elapsedSeconds: z.number().min(0).nullable(),
  /** Where the world starts again: the tick of a checkpoint, or 0 for genesis; null while that is not chosen. */
  fromTick: count.nullable(),
  /** Where it is; null before it ticks. */
  tick: count.nullable(),
  /** How far it had come. */
  toTick: count,
  /** null while it is not known. */
  ticksPerSecond: z.number().min(0).nullable(),
  /** null while the speed is not known. */
  remainingSeconds: z.number().min(0).nullable(),
});
export type RecoveryView = z.infer<typeof recoverySchema>;
