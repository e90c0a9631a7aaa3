import { z } from 'zod';
import { EVENT_KINDS } from '../../world/events/events.ts';
import type { Origin } from '../../world/events/origin.ts';
import { EVENTS_MAX, TICK_MAX } from '../common/limits.ts';
import { rulesSchema } from './spec.ts';

const tick = z.int().min(0).max(TICK_MAX);

const dueSchema = z.strictObject({ index: tick, tick: z.int().min(0) });

/** Where the world of a topology starts; see `Origin` in services/world. */
export const originSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('genesis') }),
  z.strictObject({
    kind: z.literal('state'),
    tick,
    conditions: z.strictObject({ rules: rulesSchema, terrainNumber: tick }),
    schedule: z.strictObject({
      due: z.array(dueSchema).length(EVENT_KINDS.length).readonly(),
      silentUntil: z.int().min(0),
    }),
    eventSeq: z.int().min(0).max(EVENTS_MAX),
  }),
]) satisfies z.ZodType<Origin>;
