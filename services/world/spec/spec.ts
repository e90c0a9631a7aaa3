import { DEFAULT_RULES, RULE_BOUNDS, RULE_NAMES, type Rules } from './rules.ts';

/** Raised whenever the digest of any world changes. */
export const ENGINE_VERSION = 1;

/** What a world is made from. shardSize is the side of a square shard in cells. */
export interface WorldSpec {
  width: number;
  height: number;
  shardSize: number;
  seed: number;
  rules: Rules;
  /** Whether the seed throws events too. */
  randomEvents: boolean;
}

/** The world that `npm start` runs: 8 × 5 shards, 2.5 million cells. */
export const DEFAULT_WORLD_SPEC: Readonly<WorldSpec> = Object.freeze({
  width: 2000,
  height: 1250,
  shardSize: 250,
  seed: 1,
  rules: DEFAULT_RULES,
  randomEvents: true,
});

/** The least and the greatest value of each number of a spec, both allowed. */
export const WORLD_BOUNDS = {
  width: [16, 65536],
  height: [16, 65536],
  shardSize: [16, 65536],
  seed: [0, 0xffffffff],
} as const satisfies Partial<Record<keyof WorldSpec, readonly [min: number, max: number]>>;

function rangeProblem(
  name: string,
  value: unknown,
  [min, max]: readonly [number, number],
): string | undefined {
  const isGood = Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  return isGood
    ? undefined
    : `${name} is ${shown(value)}, expected an integer from ${min} to ${max}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * Says in one line what is wrong with a spec: the field, its value and what is expected.
 * Also takes values that only claim to be a spec (from a file, a flag, the network).
 *
 * @returns undefined when the spec is fine.
 */
export function worldSpecProblem(spec: WorldSpec): string | undefined {
  for (const name of ['width', 'height', 'shardSize', 'seed'] as const) {
    const problem = rangeProblem(name, spec[name], WORLD_BOUNDS[name]);
    if (problem !== undefined) return problem;
  }
  for (const name of ['width', 'height'] as const) {
    if (spec[name] % spec.shardSize !== 0) {
      return `shardSize is ${spec.shardSize}, expected a divisor of the ${name} ${spec[name]}`;
    }
  }
  if (typeof spec.randomEvents !== 'boolean') {
    return `randomEvents is ${shown(spec.randomEvents)}, expected true or false`;
  }
  return rulesProblem(spec.rules);
}

/** Says in one line which rule is wrong and why; undefined when all are fine. */
function rulesProblem(rules: Rules): string | undefined {
  if (typeof rules !== 'object' || rules === null) {
    return `rules is ${shown(rules)}, expected an object`;
  }
  for (const name of RULE_NAMES) {
    const problem = rangeProblem(`rules.${name}`, rules[name], RULE_BOUNDS[name]);
    if (problem !== undefined) return problem;
  }
  const unknown = Object.keys(rules).find((name) => !Object.hasOwn(RULE_BOUNDS, name));
  return unknown === undefined
    ? undefined
    : `rules has ${shown(unknown)}, which is not the name of a rule`;
}
