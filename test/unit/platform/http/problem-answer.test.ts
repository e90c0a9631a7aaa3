import { expect, test } from 'vitest';
import { notReadyYet, problemAnswer } from '../../../../services/platform/http/problem-answer.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';

test('an error is answered as a problem document', async () => {
  const answer = problemAnswer(new ColonyError('NOT_FOUND', 'there is no /x'));
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.has('retry-after')).toBe(false);
  expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND', detail: 'there is no /x' });
});

test('what passes by itself says when to try again', async () => {
  const answer = notReadyYet();
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.json()).toMatchObject({ code: 'NO_LEADER' });
});

test('what has a cause to be mended first does not', () => {
  const answer = problemAnswer(new ColonyError('COLONY_START_FAILED', 'there are no backends'));
  expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, false]);
});
