import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../../services/protocol/common/error-codes.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { fixture, jsonOf } from './fake-colony-api.ts';

describe('addresses and methods', () => {
  test('an unknown address is a problem 404', async () => {
    const { send } = fixture();
    const answer = await send('GET', '/nothing-here');
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: 'there is nothing at /nothing-here' },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('an unknown address is told in bounded length', async () => {
    const { body } = await fixture().send('GET', `/${'z'.repeat(300)}`);
    expect(body.detail).toBe(`there is nothing at /${'z'.repeat(199)}`);
  });

  test.each([
    ['GET', '/colony-start', 'POST'],
    ['GET', '/colony-pause', 'POST'],
    ['POST', '/colony-pace', 'PUT'],
    ['DELETE', '/colony', 'GET, HEAD'],
    ['OPTIONS', '/colony-start', 'POST'],
    ['POST', '/', 'GET, HEAD'],
  ])('%s %s is a problem 405 that allows %s', async (method, path, allow) => {
    const { send, calls } = fixture();
    const answer = await send(method, path);
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(calls).toEqual([]);
  });

  test('HEAD is answered like GET, without a body', async () => {
    const { request } = fixture();
    const answer = await request('HEAD', '/colony');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
  });
});

describe('when to try again', () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  /** Their cause has to be mended first. */
  const lasting = ['COLONY_START_FAILED', 'NO_BACKENDS', 'BACKEND_FAILED'];
  const passing = codes.filter(
    (code) => [429, 503].includes(ERRORS[code].status) && !lasting.includes(code),
  );
  const answerWith = (code: ErrorCode) =>
    fixture({
      service: {
        pause: async () => {
          throw new ColonyError(code, 'not now');
        },
      },
    }).send('POST', '/colony-pause');

  test.each(passing)('is told with %s', async (code) => {
    const { status, headers } = await answerWith(code);
    expect({ status, after: headers.get('retry-after') }).toEqual({
      status: ERRORS[code].status,
      after: '1',
    });
  });

  test.each(codes.filter((code) => !passing.includes(code)))(
    'is not told with %s',
    async (code) => {
      expect((await answerWith(code)).headers.has('retry-after')).toBe(false);
    },
  );

  test('is told by a coordinator that is not ready', async () => {
    const { send } = fixture({ service: { notReady: () => 'not yet' } });
    expect((await send('GET', '/readyz')).headers.get('retry-after')).toBe('1');
  });

  test('is told by a coordinator that is not fit', async () => {
    const { send } = fixture({ http: { unhealthy: () => 'it has not been registered' } });
    const { status, headers } = await send('GET', '/healthz');
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  });
});

test('a request leaves a line in the log, with how long it took', async () => {
  const { send, log } = fixture();
  await send('GET', '/colony');
  expect(log.lines.at(-1)).toMatchObject({
    message: 'answered',
    fields: { requestId: 'request-1', method: 'GET', path: '/colony', status: 200, durationMs: 0 },
  });
});

test('an error of a parser that is the client’s fault is a bad request', async () => {
  const { app } = fixture();
  app.get('/teapot', () => {
    throw new HTTPException(418, { message: 'short and stout' });
  });
  app.get('/broken', () => {
    throw new HTTPException(500, { message: 'inside' });
  });
  const ask = async (path: string) => (await app.request(`http://localhost${path}`)).json();
  expect(await ask('/teapot')).toMatchObject({ code: 'BAD_REQUEST', detail: 'short and stout' });
  expect(await ask('/broken')).toMatchObject({ code: 'INTERNAL' });
});

describe('answers', () => {
  test.each([
    ['GET', '/colony'],
    ['GET', '/nothing-here'],
    ['GET', '/colony-start'],
    ['GET', '/frame'],
    ['GET', '/docs'],
  ])('%s %s carries the secure headers and the request id', async (method, path) => {
    const { request } = fixture();
    const { headers } = await request(method, path);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-request-id')).toBe('request-1');
  });

  test('a request id of the client is kept, unless it is no plain word', async () => {
    const { request } = fixture();
    const idOf = async (id: string) =>
      (await request('GET', '/colony', { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await idOf('abc-123')).toBe('abc-123');
    expect(await idOf('a b')).toBe('request-1');
    expect(await idOf('x'.repeat(65))).toBe('request-1');
  });

  test('an unexpected failure is logged with its stack and not described', async () => {
    const { send, log } = fixture({
      service: {
        view: async () => {
          throw new Error('secret of the inside');
        },
      },
    });
    const answer = await send('GET', '/colony');
    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'INTERNAL', detail: 'request request-1 failed unexpectedly' },
    });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    const [line] = log.lines.filter(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ requestId: 'request-1', path: '/colony' });
    expect(String(line?.fields['stack'])).toContain('secret of the inside');
  });

  test('a failure of the store is 503 and no error in the log', async () => {
    const { send, log } = fixture({
      service: {
        pause: async () => {
          throw new ColonyError('STORE_UNAVAILABLE', 'the record did not answer in 3 s');
        },
      },
    });
    const answer = await send('POST', '/colony-pause', jsonOf({}));
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
    expect(log.messages('error')).toEqual([]);
  });
});
