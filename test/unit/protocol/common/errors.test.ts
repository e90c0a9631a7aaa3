import { describe, expect, test } from 'vitest';
import { ColonyError, messageOf, problemOf } from '../../../../services/protocol/common/errors.ts';

describe('an error with a code', () => {
  test('keeps its cause, if it has one', () => {
    const cause = new Error('the socket was closed');
    expect(new ColonyError('STORE_UNAVAILABLE', 'away', { cause }).cause).toBe(cause);
    expect('cause' in new ColonyError('STORE_UNAVAILABLE', 'away')).toBe(false);
  });

  test('is a problem with its code, its detail and what is added', () => {
    const error = new ColonyError('STALE_FENCE', 'epoch 1 is over', { extra: { seen: '1.2.3' } });
    expect(problemOf(error)).toMatchObject({
      type: 'urn:distributed-colony:error:STALE_FENCE',
      code: 'STALE_FENCE',
      status: error.status,
      detail: 'epoch 1 is over',
      seen: '1.2.3',
    });
  });

  test('cannot be told as another by what is added', () => {
    const extra = { code: 'OTHER', status: 200 };
    const { code, status } = problemOf(new ColonyError('STALE_FENCE', 'over', { extra }));
    expect([code, status]).toEqual(['STALE_FENCE', new ColonyError('STALE_FENCE', '').status]);
  });
});

test.each<[string, unknown, string]>([
  ['an error with a code', new ColonyError('NO_LEADER', 'none'), 'NO_LEADER: none'],
  ['any other error', new Error('broken'), 'broken'],
  ['what is no error', 7, '7'],
])('one line tells %s', (_what, error, line) => {
  expect(messageOf(error)).toBe(line);
});
