import { expect, test } from 'vitest';
import { ticksTo } from '../../../../services/dashboard/src/control/step-target.ts';
import { STEP_MAX_TICKS } from '../../../../services/protocol/common/limits.ts';

test.each([
  ['7000', 6875, 125],
  ['6876', 6875, 1],
  [String(STEP_MAX_TICKS), 0, STEP_MAX_TICKS],
])('to tick %s from tick %i a step has %i ticks', (text, now, ticks) => {
  expect(ticksTo(text, now)).toBe(ticks);
});

test.each([
  ['6875', 6875, 'where the world is'],
  ['12', 6875, 'in the past'],
  [String(STEP_MAX_TICKS + 1), 0, 'too far for one step'],
  ['', 0, 'nothing'],
  ['1.5', 0, 'no whole tick'],
])('no step leads to "%s" from tick %i: it is %s', (text, now) => {
  expect(ticksTo(text, now)).toBeUndefined();
});
