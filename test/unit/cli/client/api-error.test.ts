import { expect, test } from 'vitest';
import { refusalOf } from '../../../../services/cli/client/api-error.ts';
import { ColonyError, problemOf } from '../../../../services/protocol/common/errors.ts';

test('a problem document becomes one line: code, title, detail, remedy', () => {
  const problem = problemOf(new ColonyError('COLONY_NOT_STARTED', 'there is no instance'));
  const error = refusalOf(409, 'POST /colony-pause', JSON.stringify(problem));
  expect(error.message).toBe(
    'COLONY_NOT_STARTED: No colony is started: there is no instance. Start one with POST /colony-start.',
  );
  expect([error.status, error.code, error.exitCode]).toEqual([409, 'COLONY_NOT_STARTED', 1]);
});

test('an answer of someone else is shown on one line with its status, cut short', () => {
  const error = refusalOf(502, 'GET /colony', `<html>\n<p>${'x'.repeat(500)}`);
  expect(error.message).toMatch(/^GET \/colony was answered with HTTP 502: <html> <p>x+$/);
  expect(error.message.length).toBeLessThan(260);
  expect(error.code).toBeUndefined();
});

test('a request that is not valid is wrong usage, as a flag that is refused here would be', () => {
  const problem = problemOf(new ColonyError('SPEC_INVALID', 'shardSize is 250'));
  expect(refusalOf(400, 'POST /colony-start', JSON.stringify(problem)).exitCode).toBe(2);
});

test('an empty answer is still one line', () => {
  expect(refusalOf(404, 'GET /x', '').message).toBe('GET /x was answered with HTTP 404.');
});
