import { expect, test } from 'vitest';
import { ruleChangeText, ruleText } from '../../../../services/protocol/colony/rule-text.ts';
import { DEFAULT_RULES, RULE_NAMES } from '../../../../services/world/spec/rules.ts';

test.each([
  ['killChance', 2, 3, 'killing is tried 1 time in 3 instead of 2'],
  ['killChance', 1, 0, 'killing is tried never instead of 1'],
  ['killChance', 0, 1, 'killing is tried 1 time in 1 instead of never'],
  ['killChance', 256, 256, 'killing is tried 1 time in 256, as before: it is at its bound'],
  ['healthCostIfCanMove', 5, 6, 'who can move loses 6 more health a tick instead of 5'],
] as const)('a change of %s from %i to %i says what it does', (rule, before, after, text) => {
  expect(ruleChangeText(rule, before, after)).toBe(text);
});

test('every rule says what it means, with its value', () => {
  for (const rule of RULE_NAMES) expect(ruleText(rule, 77), rule).toContain('77');
  const texts = RULE_NAMES.map((rule) => ruleText(rule, DEFAULT_RULES[rule]));
  expect(new Set(texts).size).toBe(RULE_NAMES.length);
});
