import { describe, expect, test } from 'vitest';
import { fixture } from './fake-colony-api.ts';

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
      ['PUT', '/colony-scale'],
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
