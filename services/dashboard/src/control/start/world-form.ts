import type { ClientSpec } from '../../../../protocol/colony/spec.ts';
import { SHARDS_MAX } from '../../../../protocol/common/limits.ts';
import { RULE_BOUNDS, RULE_NAMES, type Rules } from '../../../../world/spec/rules.ts';
import { WORLD_BOUNDS, type WorldSpec } from '../../../../world/spec/spec.ts';
import { boundsText, type Problems, wholeNumber } from '../../text/form-text.ts';

/** A world as it is typed in: numbers are text until they are sent. */
export interface WorldForm {
  width: string;
  height: string;
  shardSize: string;
  seed: string;
  randomEvents: boolean;
  rules: Readonly<Record<keyof Rules, string>>;
}

export const ruleTexts = (rules: Readonly<Rules>): WorldForm['rules'] =>
  Object.fromEntries(RULE_NAMES.map((name) => [name, String(rules[name])])) as WorldForm['rules'];

export const formOf = (spec: WorldSpec): WorldForm => ({
  width: String(spec.width),
  height: String(spec.height),
  shardSize: String(spec.shardSize),
  seed: String(spec.seed),
  randomEvents: spec.randomEvents,
  rules: ruleTexts(spec.rules),
});

/**
 * The sides that a shard of a world may have: those that divide both sides of it and do not cut it
 * into more shards than a topology can have. Ascending; empty if there is none.
 */
function shardSizes(width: number, height: number): number[] {
  const [least] = WORLD_BOUNDS.shardSize;
  const sizes: number[] = [];
  for (let size = least; size <= Math.min(width, height); size++) {
    if (width % size !== 0 || height % size !== 0) continue;
    if ((width / size) * (height / size) <= SHARDS_MAX) sizes.push(size);
  }
  return sizes;
}

/** The shard sizes that a form may choose from; empty while its sides make no sense. */
export function sizesOf({ width, height }: WorldForm): number[] {
  const sides = [
    wholeNumber(width, WORLD_BOUNDS.width),
    wholeNumber(height, WORLD_BOUNDS.height),
  ] as const;
  return sides[0] === undefined || sides[1] === undefined ? [] : shardSizes(sides[0], sides[1]);
}

/** The same form with a shard size that its sides allow, the one nearest to what it was. */
export function withShardSize(form: WorldForm): WorldForm {
  const sizes = sizesOf(form);
  const wanted = Number(form.shardSize);
  if (sizes.length === 0 || sizes.includes(wanted)) return form;
  const distance = (size: number) => Math.abs(Math.log(size / (wanted || 1)));
  const nearest = sizes.reduce((best, size) => (distance(size) < distance(best) ? size : best));
  return { ...form, shardSize: String(nearest) };
}

/** What is wrong with a form before it is sent; empty if a colony can have this world. */
export function problemsOf(form: WorldForm): Problems {
  const problems: Record<string, string> = {};
  for (const name of ['width', 'height', 'seed'] as const) {
    const bounds = WORLD_BOUNDS[name];
    if (wholeNumber(form[name], bounds) === undefined) {
      problems[name] = `A whole number, ${boundsText(bounds)}.`;
    }
  }
  const areSidesGood = problems['width'] === undefined && problems['height'] === undefined;
  if (areSidesGood && !sizesOf(form).includes(Number(form.shardSize))) {
    problems['shardSize'] =
      'No square of 16 cells or more divides both sides: choose other sides, say multiples of 50.';
  }
  for (const name of RULE_NAMES) {
    if (wholeNumber(form.rules[name], RULE_BOUNDS[name]) === undefined) {
      problems[`rules.${name}`] = `A whole number, ${boundsText(RULE_BOUNDS[name])}.`;
    }
  }
  return problems;
}

/** What is sent of a form without problems. */
export function specOf(form: WorldForm): ClientSpec & WorldSpec {
  const rules = Object.fromEntries(RULE_NAMES.map((name) => [name, Number(form.rules[name])]));
  return {
    width: Number(form.width),
    height: Number(form.height),
    shardSize: Number(form.shardSize),
    seed: Number(form.seed),
    randomEvents: form.randomEvents,
    rules: rules as unknown as Rules,
  };
}
