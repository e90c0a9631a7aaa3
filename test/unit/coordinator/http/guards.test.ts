import { HTTPException } from 'hono/http-exception';
import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { fixture, jsonOf } from './fake-colony-api.ts';

describe('Host', () => {
  test.each([
    'localhost',
    'localhost:8083',
    'LOCALHOST:1',
    '127.0.0.1:9999',
    '[::1]:8083',
    'colony.example',
    'colony.example:443',
    '10.0.0.4:8083',
    'coordinator.colony.internal',
    'task.coordinator.colony.internal:8083',
  ])('%s is served', async (host) => {
    const { send } = fixture();
    expect((await send('GET', '/healthz', { headers: { host } })).status).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8083',
    'evil.example:8083',
    '.colony.internal',
    'colony.internal',
    'evilcolony.internal',
    'x.colony.internal.evil.example',
    '*.colony.internal',
    '10.0.0.4:8084',
    '10.0.0.5:8083',
    'user@localhost',
    'localhost, evil.example',
    'localhost:99999999',
    '',
  ])('%j is refused with 421', async (host) => {
    const { send, calls } = fixture();
    const answer = await send('POST', '/colony-pause', { headers: { host } });
    expect(answer).toMatchObject({ status: 421, body: { code: 'HOST_NOT_ALLOWED' } });
    expect(calls).toEqual([]);
  });
});

describe('the hosts that are configured', () => {
  const statusFor = async (configured: string, host: string) => {
    const { send } = fixture({ http: { allowedHosts: [], ownAddresses: [configured] } });
    return (await send('GET', '/healthz', { headers: { host } })).status;
  };

  test.each([
    ['http://10.0.0.9:8083/', '10.0.0.9:8083'],
    ['https://Colony.Example/some/path', 'colony.example'],
    ['10.0.0.9', '10.0.0.9:8083'],
    ['fd00::7', '[fd00::7]'],
    ['[fd00::7]:8083', '[fd00::7]:8083'],
  ])('%s serves %s', async (configured, host) => {
    expect(await statusFor(configured, host)).toBe(200);
  });

  test.each([
    ['http://10.0.0.9:8083/', 'http'],
    ['colony.example', 'sub.colony.example'],
    ['*.a.example', 'x.b.example'],
    ['[fd00::7]:8083', '[fd00::7]'],
  ])('%s does not serve %s', async (configured, host) => {
    expect(await statusFor(configured, host)).toBe(421);
  });

  test('serve any of several suffixes', async () => {
    const http = { allowedHosts: ['*.a.example', '*.b.example'], ownAddresses: [] };
    const { send } = fixture({ http });
    const statusOf = async (host: string) =>
      (await send('GET', '/healthz', { headers: { host } })).status;
    expect([await statusOf('x.a.example'), await statusOf('x.b.example')]).toEqual([200, 200]);
    expect(await statusOf('example')).toBe(421);
  });
});

describe('what is refused is told in bounded length', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'the host',
      { host: `${'x'.repeat(200)}!` },
      `the host "${'x'.repeat(100)}" is not served here`,
    ],
    [
      'the origin',
      { origin: `http://${'x'.repeat(200)}` },
      `the origin "http://${'x'.repeat(93)}" is not the address it was sent to`,
    ],
    [
      'the site',
      { 'sec-fetch-site': 'y'.repeat(99) },
      `a browser sent it from another site (Sec-Fetch-Site: ${'y'.repeat(40)})`,
    ],
  ])('%s', async (_what, headers, detail) => {
    const { send } = fixture();
    expect((await send('POST', '/colony-pause', { headers })).body.detail).toBe(detail);
  });

  test('the address', async () => {
    const { body } = await fixture().send('GET', `/${'z'.repeat(300)}`);
    expect(body.detail).toBe(`there is nothing at /${'z'.repeat(199)}`);
  });
});

describe('Origin', () => {
  test('is not asked of a HEAD request', async () => {
    const { request } = fixture();
    const headers = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await request('HEAD', '/colony', { headers })).status).toBe(200);
  });

  test.each<Record<string, string>>([
    { origin: 'http://localhost:8083' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { host: 'colony.example', origin: 'https://colony.example' },
    { host: 'colony.example:443', origin: 'https://colony.example' },
  ])('a change is taken with %j', async (headers) => {
    const { send } = fixture();
    expect((await send('POST', '/colony-pause', { headers })).status).toBe(200);
  });

  test.each<Record<string, string>>([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://localhost' },
    { origin: 'file://' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://localhost:8083', 'sec-fetch-site': 'cross-site' },
  ])('a change is refused with %j', async (headers) => {
    const { send, calls } = fixture();
    for (const [method, path] of [
      ['POST', '/colony-start?idempotency_key=k'],
      ['POST', '/colony-stop?colony_instance_id=i-1'],
      ['POST', '/colony-pause'],
      ['PUT', '/colony-pace'],
    ] as const) {
      const answer = await send(method, path, { headers });
      expect(answer).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
    }
    expect(calls).toEqual([]);
  });

  test('reading is not refused, but no other origin may see the answer', async () => {
    const { request } = fixture();
    const answer = await request('GET', '/colony', { headers: { origin: 'http://evil.example' } });
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});

describe('bodies', () => {
  test('of blanks only are no body', async () => {
    const { send, calls } = fixture();
    const answer = await send('POST', '/colony-start?idempotency_key=k', { body: ' \n\t ' });
    expect(answer.status).toBe(202);
    expect(calls).toHaveLength(1);
  });

  test('of another type are refused with the type in bounded length', async () => {
    const type = `text/${'t'.repeat(100)}`;
    const headers = { 'content-type': type };
    const answer = await fixture().send('PUT', '/colony-pace', { body: '{}', headers });
    expect(answer.body.detail).toBe(
      `the header Content-Type is "${type.slice(0, 60)}", expected application/json`,
    );
  });

  test('that are not JSON are refused with the reason in one line', async () => {
    const answer = await fixture().send('PUT', '/colony-pace', {
      ...jsonOf(null),
      body: '{"a":\n\n  x}',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(answer.body.detail).toMatch(/^the body is not JSON: \S+( \S+)*$/);
    expect(answer.body.detail.length).toBeLessThanOrEqual('the body is not JSON: '.length + 120);
  });

  const tooMany = 64 * 1024 + 1;

  test('one of 64 KiB is read', async () => {
    const { send } = fixture();
    const body = `{}${' '.repeat(64 * 1024 - 2)}`;
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const answer = await send('POST', '/colony-start?idempotency_key=k', { body, headers });
    expect(answer.status).toBe(202);
  });

  test('one that declares more is refused with 413', async () => {
    const { send, calls } = fixture();
    const headers = { 'content-type': 'application/json', 'content-length': String(tooMany) };
    const answer = await send('POST', '/colony-start?idempotency_key=k', {
      body: ' '.repeat(tooMany),
      headers,
    });
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    expect(calls).toEqual([]);
  });

  test('one without a declared length is refused as soon as it has more', async () => {
    const { app, calls } = fixture();
    let sentBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 8192;
        controller.enqueue(new Uint8Array(8192));
      },
    });
    const answer = await app.request('http://localhost/colony-start?idempotency_key=k', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(sentBytes).toBeLessThan(128 * 1024);
    expect(calls).toEqual([]);
  });
});

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
