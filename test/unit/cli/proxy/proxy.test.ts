import { describe, expect, test } from 'vitest';
import { createProxy } from '../../../../services/cli/proxy/proxy-app.ts';
import { isPassed } from '../../../../services/cli/proxy/proxy-routes.ts';
import { fixture } from '../../coordinator/http/fake-colony-api.ts';

const PORT = 8090;
const TOKEN = 'the-token-of-this-run';
const HOST = `127.0.0.1:${PORT}`;
const COOKIE = `colony-proxy-${PORT}=${TOKEN}`;
const COLONY = 'https://abc123.execute-api.eu-north-1.amazonaws.com/prod';

type Sent = { url: string; init: RequestInit };

function setUp(answer: (sent: Sent) => Response | Promise<Response> = () => Response.json({})) {
  const sent: Sent[] = [];
  const problems: string[] = [];
  const proxy = createProxy({
    url: COLONY,
    port: PORT,
    token: TOKEN,
    answerMaxBytes: 1_000,
    onProblem: (message) => problems.push(message),
    fetch: async (url, init = {}) => {
      sent.push({ url: String(url), init });
      return answer({ url: String(url), init });
    },
  });
  const ask = (path: string, init: RequestInit & { host?: string } = {}) => {
    const { host = HOST, ...rest } = init;
    const headers = new Headers({ cookie: COOKIE, host });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return proxy(new Request(`http://${HOST}${path}`, { ...rest, headers }));
  };
  return { ask, sent, problems };
}

describe('who has the token', () => {
  test('is given a cookie that scripts and other sites cannot use, and led to the page', async () => {
    const { ask, sent } = setUp();
    const answer = await ask(`/?token=${TOKEN}&layer=land`, { headers: { cookie: '' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/?layer=land');
    expect(answer.headers.get('set-cookie')).toBe(`${COOKIE}; HttpOnly; SameSite=Strict; Path=/`);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(sent).toEqual([]);
  });

  test('gets the page and the API of the colony', async () => {
    const { ask, sent } = setUp(() => new Response('<html>', { headers: { etag: '"1"' } }));
    const answer = await ask('/frame?layer=land&scale=2');
    expect([answer.status, await answer.text()]).toEqual([200, '<html>']);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(sent.map(({ url }) => url)).toEqual([`${COLONY}/frame?layer=land&scale=2`]);
  });

  test.each(['localhost', '[::1]'])('may say %s', async (name) => {
    expect((await setUp().ask('/colony', { host: `${name}:${PORT}` })).status).toBe(200);
  });
});

describe('who has not', () => {
  const refused = async (path: string, init: Parameters<ReturnType<typeof setUp>['ask']>[1]) => {
    const { ask, sent } = setUp();
    const answer = await ask(path, init);
    expect(sent).toEqual([]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    return answer.status;
  };

  test.each([
    ['no cookie', ''],
    ['another token', `colony-proxy-${PORT}=guess`],
    ['a part of the token', COOKIE.slice(0, -1)],
    ['the cookie of another proxy', `colony-proxy-1=${TOKEN}`],
    ['an empty one', `colony-proxy-${PORT}=`],
  ])('with %s is refused', async (_what, cookie) => {
    expect(await refused('/colony', { headers: { cookie } })).toBe(401);
  });

  test.each(['?token=guess', '?token=', `?token=${TOKEN}&token=guess`])(
    'with %s is refused, even with the cookie',
    async (query) => {
      expect(await refused(`/${query}`, {})).toBe(401);
    },
  );

  test('cannot change anything by an address with the token', async () => {
    expect(await refused(`/colony-pause?token=${TOKEN}`, { method: 'POST' })).toBe(401);
  });

  test.each(['evil.example', `evil.example:${PORT}`, '127.0.0.1:1', '127.0.0.1', ''])(
    'is refused under the host name %j, whatever else is right',
    async (host) => {
      expect(await refused('/colony', { host })).toBe(421);
    },
  );
});

describe('a page of somebody else', () => {
  test.each([
    ['origin', 'http://evil.example'],
    ['origin', 'null'],
    ['origin', 'http://127.0.0.1:1'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
  ])('cannot change anything: %s %s', async (name, value) => {
    const { ask, sent } = setUp();
    const answer = await ask('/colony-pause', { method: 'POST', headers: { [name]: value } });
    expect([answer.status, sent]).toEqual([403, []]);
  });

  test('is not what the own page is', async () => {
    const headers = { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' };
    expect((await setUp().ask('/colony-pause', { method: 'POST', headers })).status).toBe(200);
  });
});

describe('what passes', () => {
  test('is the API and nothing else', async () => {
    const { ask, sent } = setUp();
    for (const path of ['/latest/meta-data', '//evil.example/', '/colony/../x', '/dashboard/']) {
      expect((await ask(path)).status, path).toBe(404);
    }
    expect((await ask('/colony', { method: 'DELETE' })).status).toBe(404);
    expect((await ask('/colony-start')).status).toBe(404);
    expect(sent).toEqual([]);
  });

  test('is every request that the contract of the API names', async () => {
    const { paths } = (await fixture().send('GET', '/openapi.json')).body as {
      paths: Record<string, object>;
    };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => [method.toUpperCase(), path.replace(/\{\w+\}/, '7')] as const,
      ),
    );
    expect(operations.length).toBeGreaterThan(10);
    const pages = ['/', '/dashboard/main.js', '/docs', '/docs/', '/docs/init.js', '/openapi.json'];
    const all = [...operations, ...pages.map((path) => ['GET', path] as const)];
    expect(all.filter(([method, path]) => !isPassed(method, path))).toEqual([]);
  });

  test('takes along no cookie, no origin and no address of the browser', async () => {
    const { ask, sent } = setUp();
    await ask('/colony-pace', {
      method: 'PUT',
      body: '{"ticksPerSecond":1}',
      headers: {
        'content-type': 'application/json',
        origin: `http://${HOST}`,
        'x-forwarded-for': '10.0.0.1',
        'x-amz-date': 'x',
        authorization: 'x',
      },
    });
    const [{ init }] = sent as [Sent];
    expect(Object.fromEntries(new Headers(init.headers))).toEqual({
      'content-type': 'application/json',
    });
    expect(new TextDecoder().decode(init.body as Uint8Array)).toBe('{"ticksPerSecond":1}');
  });

  test('brings back no cookie, and forbids to be framed', async () => {
    const { ask } = setUp(
      () =>
        new Response('x', {
          headers: { 'set-cookie': 'a=b', server: 'x', 'x-frame-options': 'ALLOW' },
        }),
    );
    const { headers } = await ask('/');
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  test('is what the colony answers, be it a refusal or nothing new', async () => {
    const problem = setUp(() => Response.json({ code: 'NO_LEADER' }, { status: 503 }));
    expect((await problem.ask('/frame')).status).toBe(503);
    const same = setUp(() => new Response(null, { status: 304 }));
    const answer = await same.ask('/', { headers: { 'if-none-match': '"1"' } });
    expect(answer.status).toBe(304);
    expect(new Headers(same.sent[0]?.init.headers).get('if-none-match')).toBe('"1"');
  });
});

describe('what is out of bounds', () => {
  test('a body of more than 64 KiB is refused before it is sent', async () => {
    const { ask, sent } = setUp();
    const body = 'x'.repeat(64 * 1024 + 1);
    expect((await ask('/colony-start', { method: 'POST', body })).status).toBe(413);
    expect(sent).toEqual([]);
  });

  test('an answer that is too long breaks off', async () => {
    const { ask } = setUp(() => new Response('x'.repeat(1_001)));
    const answer = await ask('/frame');
    await expect(answer.text()).rejects.toThrow('more than 1000 bytes');
  });

  test('a redirection is not followed', async () => {
    const { ask, sent, problems } = setUp(() => Response.redirect('https://evil.example/', 302));
    expect((await ask('/colony')).status).toBe(502);
    expect(sent[0]?.init.redirect).toBe('manual');
    expect(problems).toHaveLength(1);
  });

  test('a colony that does not answer is a 502 that says why', async () => {
    const { ask, problems } = setUp(() => {
      throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });
    });
    const answer = await ask('/colony');
    expect([answer.status, await answer.text()]).toEqual([
      502,
      'The colony did not answer: ECONNREFUSED\n',
    ]);
    expect(problems).toEqual(['GET /colony: ECONNREFUSED']);
  });
});
