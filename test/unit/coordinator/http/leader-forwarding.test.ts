import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../../services/protocol/common/error-codes.ts';
import { ColonyError, problemOf } from '../../../../services/protocol/common/errors.ts';
import { fixture, jsonOf, view } from './fake-colony-api.ts';

const leaderAddress = 'http://127.0.0.1:8083';
const standby = { leadership: () => ({ leads: false, leaderAddress }) };

/** A standby whose forwarded requests end in `answer`. */
function standbyFixture(answer: (request: Request) => Promise<Response>) {
  const forwarded: Request[] = [];
  const forward = async (request: Request) => {
    forwarded.push(request.clone());
    return answer(request);
  };
  return { ...fixture({ service: standby, http: { forward } }), forwarded };
}

const leaderOnly = [
  ['POST', '/colony-pause'],
  ['POST', '/colony-resume'],
  ['POST', '/colony-step?ticks=3&idempotency_key=k'],
  ['GET', '/frame?layer=food&scale=2'],
  ['GET', '/colony'],
  ['GET', '/colony-events?from=3'],
] as const;

test.each(leaderOnly)('a standby passes %s %s on to the leader, once', async (method, path) => {
  const { send, forwarded, calls } = standbyFixture(async () => Response.json({ from: 'leader' }));
  expect(await send(method, path)).toMatchObject({ status: 200, body: { from: 'leader' } });
  expect(forwarded.map((r) => [r.method, r.url])).toEqual([[method, leaderAddress + path]]);
  expect(forwarded[0]?.headers.get('colony-forwarded')).toBe('1');
  expect(forwarded[0]?.headers.get('x-request-id')).toBe('request-1');
  expect(calls).toEqual([]);
});

test('the body and the headers that matter are passed on, others are not', async () => {
  const { send, forwarded } = standbyFixture(async () => Response.json({}));
  const { headers, body } = jsonOf({ ticksPerSecond: 5 });
  await send('PUT', '/colony-pace', { body, headers: { ...headers, cookie: 'a=b' } });
  expect(await forwarded[0]?.json()).toEqual({ ticksPerSecond: 5 });
  expect(forwarded[0]?.headers.get('content-type')).toBe('application/json');
  expect(forwarded[0]?.headers.get('cookie')).toBeNull();
});

test('a compressed picture passes as it is, with its tag', async () => {
  const { app: leader } = fixture();
  const { request, forwarded } = standbyFixture(async (r) => leader.fetch(r));
  const answer = await request('GET', '/frame', { headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  const etag = answer.headers.get('etag') ?? '';
  expect(new Uint8Array(await answer.arrayBuffer()).subarray(0, 2)).toEqual(
    new Uint8Array([0x1f, 0x8b]),
  );
  const again = await request('GET', '/frame', { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect(forwarded).toHaveLength(2);
});

test('a refusal of the leader is passed on as it is', async () => {
  const { app: leader } = fixture();
  const { send } = standbyFixture(async (r) => leader.fetch(r));
  const answer = await send('GET', '/frame?layer=nothing');
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});

test.each([
  ['POST', '/colony-start?idempotency_key=k'],
  ['POST', '/colony-stop?colony_instance_id=i-1'],
  ['GET', '/topology'],
  ['GET', '/digests'],
  ['GET', '/version'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/docs'],
  ['GET', '/openapi.json'],
])('a standby answers %s %s itself', async (method, path) => {
  const { request, forwarded } = standbyFixture(async () => Response.error());
  expect((await request(method, path)).status).toBeLessThan(300);
  expect(forwarded).toEqual([]);
});

test.each(leaderOnly)('the leader answers %s %s itself', async (method, path) => {
  const forward = async () => Promise.reject(new Error('not to be called'));
  const { request } = fixture({ http: { forward } });
  expect((await request(method, path)).status).toBe(200);
});

describe('without an answer of the leader', () => {
  const cases = {
    'it does not answer': standbyFixture(async () => Promise.reject(new Error('refused'))),
    'none is known': fixture({
      service: { leadership: () => ({ leads: false, leaderAddress: undefined }) },
      http: { forward: async () => Promise.reject(new Error('not to be called')) },
    }),
    'nothing can be forwarded': fixture({ service: standby }),
  };

  test.each(Object.entries(cases))('changes are NO_LEADER: %s', async (_what, { send, calls }) => {
    expect(await send('POST', '/colony-pause')).toMatchObject({
      status: 503,
      body: { code: 'NO_LEADER' },
    });
    expect(calls).toEqual([]);
  });

  test.each(Object.entries(cases))('GET /colony shows the record: %s', async (_what, { send }) => {
    expect(await send('GET', '/colony')).toMatchObject({ status: 200, body: view });
  });
});

describe('of a leader whose process ends', () => {
  const refusal = (code: ErrorCode) => async () =>
    Response.json(problemOf(new ColonyError(code, 'refused')), { status: 503 });

  test.each(['/colony', '/colony-events'])('GET %s is answered here instead', async (path) => {
    const { send } = standbyFixture(refusal('SHUTTING_DOWN'));
    expect(await send('GET', path)).toEqual(await fixture().send('GET', path));
  });

  test('any other 503 of a leader is passed on', async () => {
    const { send } = standbyFixture(refusal('STORE_UNAVAILABLE'));
    const answer = await send('GET', '/colony');
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
  });

  test('what has no answer here is refused in its words', async () => {
    const { send } = standbyFixture(refusal('SHUTTING_DOWN'));
    const answer = await send('POST', '/colony-pause');
    expect(answer).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } });
  });
});

describe('a request that was forwarded already', () => {
  const headers = { 'colony-forwarded': '1' };

  test('is never forwarded again', async () => {
    const { send, forwarded } = standbyFixture(async () => Response.json({}));
    const answer = await send('POST', '/colony-resume', { headers });
    expect(answer).toMatchObject({ status: 503, body: { code: 'NO_LEADER' } });
    expect(forwarded).toEqual([]);
  });

  test('is answered by the leader', async () => {
    const { send } = fixture();
    expect((await send('POST', '/colony-resume', { headers })).status).toBe(200);
  });
});

test('a foreign origin is refused by the standby itself', async () => {
  const { send, forwarded } = standbyFixture(async () => Response.json({}));
  const headers = { origin: 'http://evil.example' };
  expect((await send('POST', '/colony-pause', { headers })).status).toBe(403);
  expect(forwarded).toEqual([]);
});

test.each([
  ['/colony', 1_500],
  ['/colony-events', 1_500],
  ['/frame', undefined],
])(
  'a standby waits for %s as long as it must: an answer of its own is the next best',
  async (path, timeoutMs) => {
    const waits: (number | undefined)[] = [];
    const forward = async (_request: Request, limits?: { timeoutMs?: number }) => {
      waits.push(limits?.timeoutMs);
      return Response.json({});
    };
    await fixture({ service: standby, http: { forward } }).send('GET', path);
    expect(waits).toEqual([timeoutMs]);
  },
);
