import { expect, test } from 'vitest';
import { stateWords } from '../../../../services/dashboard/src/text/backend-state.ts';
import type { BackendView } from '../../../../services/protocol/api/public-api.ts';

const backend = (state: BackendView['state'], waitingFor: string[] = []) =>
  ({ state, waitingFor }) as BackendView;

test('who has ticked as far as is allowed is paused while the colony is, else awaits its leader', () => {
  expect(stateWords(backend('AtHorizon'), true)).toMatchObject({ name: 'Paused', tone: 'warn' });
  expect(stateWords(backend('AtHorizon'), false).name).toBe('Awaits leader');
});

test('a pause hides no trouble', () => {
  expect(stateWords(backend('Lost'), true)).toMatchObject({ name: 'Lost', tone: 'bad' });
});

test('who waits for neighbours says for which', () => {
  const { meaning } = stateWords(backend('Waiting', ['backend-2', 'backend-3']), false);
  expect(meaning).toContain('It waits for backend-2, backend-3.');
});
