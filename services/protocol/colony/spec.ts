import { z } from 'zod';
import { RULE_BOUNDS, type Rules } from '../../world/spec/rules.ts';
import {
  ENGINE_VERSION,
  WORLD_BOUNDS,
  type WorldSpec,
  worldSpecProblem,
} from '../../world/spec/spec.ts';
import { canonicalJson, sha256 } from '../common/canonical-json.ts';
import { ColonyError } from '../common/errors.ts';
import { SHARDS_MAX } from '../common/limits.ts';
import { within } from '../common/within.ts';

const ruleShape = Object.fromEntries(
  Object.entries(RULE_BOUNDS).map(([name, bounds]) => [name, within(bounds)]),
) as { [K in keyof Rules]: z.ZodInt };

/** All rules, each an integer within its bounds. */
export const rulesSchema = z.strictObject(ruleShape);

const shape = {
  width: within(WORLD_BOUNDS.width),
  height: within(WORLD_BOUNDS.height),
  shardSize: within(WORLD_BOUNDS.shardSize),
  seed: within(WORLD_BOUNDS.seed),
  randomEvents: z.boolean(),
};

/** What a client may send in the body of colony-start; defaults replace what it leaves out. */
export const clientSpecSchema = z
  .strictObject({ ...shape, rules: rulesSchema.partial() })
  .partial();
export type ClientSpec = z.infer<typeof clientSpecSchema>;

/**
 * Says in one line what is wrong with a spec: a bound of the world, or more shards than a topology can
 * have; undefined if a colony can have it.
 */
export function colonySpecProblem(spec: WorldSpec): string | undefined {
  const problem = worldSpecProblem(spec);
  if (problem !== undefined) return problem;
  const { width, height, shardSize } = spec;
  const shards = (width / shardSize) * (height / shardSize);
  if (shards <= SHARDS_MAX) return undefined;
  return `shardSize ${shardSize} cuts ${width} x ${height} into ${shards} shards, expected at most ${SHARDS_MAX}`;
}

/** A resolved spec: nothing is left to a default. Stored once, never changed. */
export const worldSpecSchema = z
  .strictObject({ ...shape, rules: rulesSchema })
  .superRefine((spec, context) => {
    const problem = colonySpecProblem(spec);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** The stored spec with the version of the engine whose digests it gives. */
export const storedSpecSchema = z.strictObject({
  engineVersion: z.int().min(1),
  spec: worldSpecSchema,
});
export type StoredSpec = z.infer<typeof storedSpecSchema>;

/** Fills in what the client left out; throws SPEC_INVALID, naming the invalid field. */
export function resolveSpec(client: ClientSpec, defaults: WorldSpec): StoredSpec {
  const spec: WorldSpec = {
    ...defaults,
    ...client,
    rules: { ...defaults.rules, ...client.rules },
  };
  const problem = colonySpecProblem(spec);
  if (problem !== undefined) throw new ColonyError('SPEC_INVALID', problem);
  return { engineVersion: ENGINE_VERSION, spec };
}

/** The hash of what the client sent, before defaults; no body and an empty spec have the same. */
export function bodyHashOf(client: ClientSpec): string {
  return sha256(canonicalJson(client));
}
