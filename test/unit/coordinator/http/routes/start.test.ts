import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture, jsonOf } from '../fake-colony-api.ts';

describe('POST /colony-start', () => {
  test('passes key, spec and waiting time on and answers with the status of the service', async () => {
    const { send, calls } = fixture();
    const answer = await send(
      'POST',
      '/colony-start?idempotency_key=1765192312&wait=2.5',
      jsonOf({ width: 500, rules: { killChance: 3 } }),
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      status: 'initiated',
      message: 'Colony start initiated',
      colonyInstanceId: 'i-1',
      generation: 1,
    });
    expect(calls).toEqual([
      [
        'start',
        { key: '1765192312', spec: { width: 500, rules: { killChance: 3 } }, waitMs: 2500 },
      ],
    ]);
  });

  test.each([
    ['no body', {}],
    ['an empty body of any type', { body: '', headers: { 'content-type': 'text/plain' } }],
    ['an empty JSON body', { body: '', headers: { 'content-type': 'application/json' } }],
    ['an empty object', jsonOf({})],
  ])('%s means the default spec', async (_what, init) => {
    const { send, calls } = fixture();
    expect((await send('POST', '/colony-start?idempotency_key=k', init)).status).toBe(202);
    expect(calls).toEqual([['start', { key: 'k', spec: {}, waitMs: 0 }]]);
  });

  test('takes the key from the header Idempotency-Key too', async () => {
    const { send, calls } = fixture();
    const headers = { 'Idempotency-Key': 'from-header' };
    expect((await send('POST', '/colony-start', { headers })).status).toBe(202);
    expect(calls).toEqual([['start', { key: 'from-header', spec: {}, waitMs: 0 }]]);
  });

  const k255 = 'k'.repeat(255);
  test.each([
    ['without a key', '', {}, 'IDEMPOTENCY_KEY_MISSING'],
    ['with an empty key', '?idempotency_key=', {}, 'IDEMPOTENCY_KEY_MISSING'],
    ['with a key of 256 characters', `?idempotency_key=${k255}k`, {}, 'IDEMPOTENCY_KEY_MALFORMED'],
    ['with a key outside ASCII', '?idempotency_key=%C3%A9', {}, 'IDEMPOTENCY_KEY_MALFORMED'],
    ['with a control character', '?idempotency_key=a%0Ab', {}, 'IDEMPOTENCY_KEY_MALFORMED'],
    ['with two keys', '?idempotency_key=a', { 'Idempotency-Key': 'b' }, 'IDEMPOTENCY_KEY_CONFLICT'],
    ['with a repeated key', '?idempotency_key=a&idempotency_key=b', {}, 'BAD_REQUEST'],
    ['with a negative wait', '?idempotency_key=a&wait=-1', {}, 'BAD_REQUEST'],
    ['with a wait above 25 s', '?idempotency_key=a&wait=25.001', {}, 'BAD_REQUEST'],
    ['with a wait that is no number', '?idempotency_key=a&wait=1e1', {}, 'BAD_REQUEST'],
    ['with a mistyped parameter', '?idempotency-key=a', {}, 'BAD_REQUEST'],
  ])('%s is refused and starts nothing', async (_what, query, headers, code) => {
    const { send, calls } = fixture();
    const answer = await send('POST', `/colony-start${query}`, { headers });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe(code);
    expect(calls).toEqual([]);
  });

  test('a key of 255 printable characters and a wait of 25 s are taken', async () => {
    const { send, calls } = fixture();
    const answer = await send('POST', `/colony-start?idempotency_key=${k255}&wait=25`);
    expect(answer.status).toBe(202);
    expect(calls).toEqual([['start', { key: k255, spec: {}, waitMs: 25_000 }]]);
  });

  const json = { 'content-type': 'application/json' };
  test.each([
    ['no JSON', '{', json, 'BAD_REQUEST', 'the body is not JSON'],
    ['a JSON array', '[]', json, 'SPEC_INVALID', 'the body is []: expected object'],
    ['null', 'null', json, 'SPEC_INVALID', 'the body is null'],
    ['a wrong type', '{"width":"500"}', json, 'SPEC_INVALID', 'field width is "500": expected'],
    ['a number out of bounds', '{"seed":-1}', json, 'SPEC_INVALID', 'field seed is -1: '],
    ['an unknown field', '{"hight":500}', json, 'SPEC_INVALID', 'unknown field hight'],
    [
      'an unknown rule',
      '{"rules":{"killchance":1}}',
      json,
      'SPEC_INVALID',
      'unknown field rules.killchance',
    ],
    [
      'a form',
      'width=500',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'BAD_REQUEST',
      'Content-Type is "application/x-www-form-urlencoded", expected application/json',
    ],
  ])('a body that is %s is refused in one line', async (_what, body, headers, code, detail) => {
    const { send, calls } = fixture();
    const answer = await send('POST', '/colony-start?idempotency_key=k', { body, headers });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe(code);
    expect(answer.body.detail).toContain(detail);
    expect(answer.body.detail).not.toContain('\n');
    expect(calls).toEqual([]);
  });

  test('a refusal of the service is answered with its problem and its members', async () => {
    const { send } = fixture({
      service: {
        start: async () => {
          throw new ColonyError('COLONY_ALREADY_STARTED', 'started with another key', {
            extra: { colonyInstanceId: 'i-9' },
          });
        },
      },
    });
    const answer = await send('POST', '/colony-start?idempotency_key=k');
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:distributed-colony:error:COLONY_ALREADY_STARTED',
      title: 'Colony already started',
      status: 409,
      code: 'COLONY_ALREADY_STARTED',
      detail: 'started with another key',
      colonyInstanceId: 'i-9',
      requestId: 'request-1',
    });
  });

  test('the old name of the endpoint does not exist', async () => {
    const { send } = fixture();
    const old = ['/cloud', 'start?idempotency_key=k'].join('-');
    expect((await send('POST', old)).status).toBe(404);
  });
});

describe('POST /colony-stop', () => {
  test('stops the instance that it names', async () => {
    const { send, calls } = fixture();
    const answer = await send('POST', '/colony-stop?colony_instance_id=i-1');
    expect(answer).toMatchObject({ status: 200, body: { status: 'stopped' } });
    expect(calls).toEqual([['stop', 'i-1']]);
  });

  test.each(['', '?colony_instance_id=', '?colonyInstanceId=i-1'])(
    'without the name of an instance (%s) it is refused',
    async (query) => {
      const { send, calls } = fixture();
      const answer = await send('POST', `/colony-stop${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
      expect(answer.body.detail).toContain('colony_instance_id');
      expect(calls).toEqual([]);
    },
  );
});
