import { z } from 'zod';
import { CHANGE_NAMES, type Changes } from '../../world/measuring/changes.ts';
import { STATISTICS_NAMES, type Statistics } from '../../world/measuring/statistics.ts';
import { decodeSurvey, SURVEY_TEXT_MAX } from './survey-codec.ts';

export { SURVEY_EVERY_TICKS } from '../../world/measuring/survey-interval.ts';

/** Digests are taken at ticks that are multiples of this, from 0. */
export const DIGEST_EVERY_TICKS = 100;
/** Statistics are taken at ticks that are multiples of this, from 0; divides DIGEST_EVERY_TICKS. */
export const STATISTICS_EVERY_TICKS = 20;
/** A backend keeps at most so many samples until the leader confirms them; a full buffer stops ticking. */
export const SAMPLES_MAX = 64;

const count = z.int().min(0);

export const digestSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** Mergeable statistics of a set of cells: a count for each field of `Statistics` in the world. */
export const statisticsSchema = z.object(
  Object.fromEntries(STATISTICS_NAMES.map((name) => [name, count])) as Record<
    keyof Statistics,
    z.ZodInt
  >,
);

/** Mergeable counts of what happened: one for each field of `Changes` in the world. */
export const changesSchema = z.object(
  Object.fromEntries(CHANGE_NAMES.map((name) => [name, count])) as Record<keyof Changes, z.ZodInt>,
);

function isSurvey(text: string): boolean {
  try {
    decodeSurvey(text);
    return true;
  } catch {
    return false;
  }
}

/** What one backend measured over all its shards in one state. */
export const sampleSchema = z.strictObject({
  tick: count,
  /** How many shards it covers: the leader waits until all are covered. */
  shards: z.int().min(1),
  /** Present at multiples of DIGEST_EVERY_TICKS. */
  digest: digestSchema.optional(),
  statistics: statisticsSchema,
  /**
   * What happened since the sample before, or since the state that the topology starts from. Absent in that
   * state, unless it is genesis: what led there was counted before.
   */
  changes: changesSchema.optional(),
  /** Present at multiples of SURVEY_EVERY_TICKS; see survey-codec.ts. */
  survey: z.string().max(SURVEY_TEXT_MAX).refine(isSurvey, 'no survey').optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** A digest of the whole world as it is stored and listed. */
export const digestEntrySchema = z.strictObject({ tick: count, digest: digestSchema });
export type DigestEntry = z.infer<typeof digestEntrySchema>;
