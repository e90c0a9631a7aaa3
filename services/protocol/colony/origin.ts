import { z } from 'zod';
import { RANDOM_EVENT_KINDS } from '../../world/events/events.ts';
import type { Origin } from '../../world/events/origin.ts';
import { EXTRA_FOOD_MAX } from '../../world/events/terrain-shift.ts';
import { EVENTS_MAX, TICK_MAX } from '../common/limits.ts';
import { changesSchema } from './sampling.ts';
import { rulesSchema } from './spec.ts';

const tick = z.int().min(0).max(TICK_MAX);

const extraFood = z.int().min(0).max(EXTRA_FOOD_MAX);

const terrainShiftSchema = z
  .strictObject({
    amount: z.int().min(-EXTRA_FOOD_MAX).max(EXTRA_FOOD_MAX),
    least: extraFood,
    most: extraFood,
  })
  .refine(({ least, most }) => least <= most, 'least is greater than most');

const dueSchema = z.strictObject({ index: tick, tick: z.int().min(0) });

/** What belongs to a state beside its tick and its cells; see `StateOrigin` in services/world. */
export const originPartsSchema = z.strictObject({
  conditions: z.strictObject({
    rules: rulesSchema,
    terrainNumber: tick,
    terrainShift: terrainShiftSchema,
  }),
  schedule: z.strictObject({
    due: z.array(dueSchema).length(RANDOM_EVENT_KINDS.length).readonly(),
    silentUntil: z.int().min(0),
  }),
  eventSeq: z.int().min(0).max(EVENTS_MAX),
  /** What happened since the last state that has a sample, if this one has none. @default not known */
  changes: changesSchema.optional(),
});

/** The manifest of the checkpoint that has the cells of a state: its key in the snapshot store, and its hash. */
export const manifestRefSchema = z.strictObject({
  key: z.string().min(1).max(1024),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Where the world of a topology starts; see `Origin` in services/world. */
export const originSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('genesis') }),
  z.strictObject({
    kind: z.literal('state'),
    tick,
    ...originPartsSchema.shape,
    /** @default the cells are known in another way */
    manifest: manifestRefSchema.optional(),
  }),
]) satisfies z.ZodType<Origin>;
/** An origin that says where its cells are. */
export type TopologyOrigin = z.infer<typeof originSchema>;
