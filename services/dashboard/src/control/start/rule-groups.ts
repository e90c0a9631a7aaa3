import type { Rules } from '../../../../world/spec/rules.ts';

/** The rules in the order in which a life meets them. The compiler sees to it that none is missing. */
const GROUP_OF: Readonly<Record<keyof Rules, RuleGroup>> = {
  healthCostPerSizeUnit: 'Living',
  eatCapacityPerSizeUnit: 'Living',
  healthCostIfCanKill: 'Living',
  healthCostIfCanMove: 'Living',
  randomDeathChance: 'Living',
  maxFood: 'Living',
  maxHealth: 'Living',
  breedBase: 'Breeding',
  breedPerSize: 'Breeding',
  mutationChance: 'Breeding',
  colourShift: 'Breeding',
  maxSize: 'Breeding',
  killChance: 'Killing',
  killGain: 'Killing',
};
type RuleGroup = 'Living' | 'Breeding' | 'Killing';

export const RULE_GROUPS = (['Living', 'Breeding', 'Killing'] as const).map((title) => ({
  title,
  rules: (Object.keys(GROUP_OF) as (keyof Rules)[]).filter((rule) => GROUP_OF[rule] === title),
}));
