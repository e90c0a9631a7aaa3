import type { Rules } from '../../world/spec/rules.ts';

/** A rule of chance: 1 time in `value`, 0 for never. */
const chance = (what: string) => ({
  with: (value: number) => (value === 0 ? `${what} never` : `${what} 1 time in ${value}`),
  instead: (value: number) => (value === 0 ? 'never' : String(value)),
});

const amount = (text: (value: number) => string) => ({
  with: text,
  instead: (value: number) => String(value),
});

/** What each rule says of the world. */
const TEXTS: {
  readonly [K in keyof Rules]: {
    /** The rule with some value. */
    with(value: number): string;
    /** What follows "instead of". */
    instead(value: number): string;
  };
} = {
  healthCostPerSizeUnit: amount((v) => `a creature loses ${v} health a tick per unit of its size`),
  eatCapacityPerSizeUnit: amount((v) => `a creature eats ${v} food a tick per unit of its size`),
  healthCostIfCanKill: amount((v) => `who can kill loses ${v} more health a tick`),
  healthCostIfCanMove: amount((v) => `who can move loses ${v} more health a tick`),
  mutationChance: chance('a child is mutated'),
  randomDeathChance: chance('in a tick a creature dies by accident'),
  breedPerSize: amount((v) => `breeding needs ${v} more health per unit of size`),
  breedBase: amount((v) => `breeding needs ${v} health whatever the size`),
  killChance: chance('killing is tried'),
  killGain: amount((v) => `a killer gains ${v}/256 of its victim's health`),
  maxFood: amount((v) => `a cell holds at most ${v} food`),
  maxHealth: amount((v) => `a creature has at most ${v} health`),
  maxSize: amount((v) => `mutation makes no creature larger than ${v}`),
  colourShift: amount((v) => `a mutation changes each colour by at most ${v}`),
};

/** What a rule with this value says of the world. */
export const ruleText = (rule: keyof Rules, value: number): string => TEXTS[rule].with(value);

/** What a change of a rule does to the world. */
export function ruleChangeText(rule: keyof Rules, before: number, after: number): string {
  const text = TEXTS[rule];
  if (before === after) return `${text.with(after)}, as before: it is at its bound`;
  return `${text.with(after)} instead of ${text.instead(before)}`;
}
