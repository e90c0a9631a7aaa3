import { expect, test } from 'vitest';
import { firstStep, nextStep, progressLine, STEPS } from '../../../../services/cli/local/steps.ts';

test('a step that is done leaves a line with its result and how long it took', () => {
  const { state, line } = nextStep(firstStep(1000), { type: 'done', text: 'on disk', nowMs: 1250 });
  expect(line).toBe('✓ store        on disk (250 ms)');
  expect(STEPS[state.current]).toBe('coordinators');
});

test('the time of a step counts from the end of the step before', () => {
  const { state } = nextStep(firstStep(0), { type: 'done', text: 'a', nowMs: 100 });
  expect(nextStep(state, { type: 'done', text: 'b', nowMs: 130 }).line).toContain('(30 ms)');
});

test('what a step works on is drawn and leaves no line', () => {
  const { state, line } = nextStep(firstStep(0), { type: 'detail', text: 'opening' });
  expect(line).toBeUndefined();
  expect(progressLine(state)).toBe('□□□□ store: opening');
});

test('a new step begins without the detail of the one before', () => {
  const { state } = nextStep(firstStep(0), { type: 'detail', text: 'opening' });
  const next = nextStep(state, { type: 'done', text: '', nowMs: 1 }).state;
  expect(progressLine(next)).toBe('■□□□ coordinators');
});

test('after the last step nothing is drawn, and later events change nothing', () => {
  let state = firstStep(0);
  for (const _ of STEPS) state = nextStep(state, { type: 'done', text: '', nowMs: 1 }).state;
  expect(progressLine(state)).toBe('');
  expect(nextStep(state, { type: 'done', text: 'late', nowMs: 2 })).toEqual({ state });
});
