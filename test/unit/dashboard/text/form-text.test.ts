import { expect, test } from 'vitest';
import { refusedField, ruleTitle } from '../../../../services/dashboard/src/text/form-text.ts';

const FIELDS = ['width', 'height', 'shardSize', 'rules.maxFood', 'rules.maxSize'];

test.each([
  ['body field rules.maxSize is 300: expected number to be <=255', 'rules.maxSize'],
  ['shardSize is 250, expected a divisor of the width 161', 'shardSize'],
  ['the body field width is "x": expected int', 'width'],
  ['a world of 9 x 9 cells needs at least 9 GB', undefined],
])('%s is about %s', (detail, field) => {
  expect(refusedField(detail, FIELDS)).toBe(field);
});

test('a rule is called by its name in words', () => {
  expect(ruleTitle('healthCostIfCanKill')).toBe('Health cost if can kill');
});
