import { describe, expect, test } from 'vitest';
import {
  colonyViewSchema,
  versionSchema,
} from '../../../../../services/protocol/api/public-api.ts';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture, view } from '../fake-colony-api.ts';

test('GET /colony shows the view of the service', async () => {
  const { send } = fixture();
  const answer = await send('GET', '/colony');
  expect(answer.status).toBe(200);
  expect(colonyViewSchema.parse(answer.body)).toEqual(view);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('GET /checkpoints lists what the service keeps', async () => {
  const { send, calls } = fixture();
  const answer = await send('GET', '/checkpoints');
  expect(answer).toMatchObject({
    status: 200,
    body: [
      {
        ...{ tick: 100, at: '2026-11-30T00:00:00.000Z', sizeBytes: 12 },
        digest: '0123456789abcdef',
        manifest: {
          key: 'checkpoints/test/i-1/0000000100/1-1/manifest.json',
          sha256: 'a'.repeat(64),
        },
      },
    ],
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(calls.map(([name]) => name)).toEqual(['checkpoints']);
});

test('GET /checkpoints takes no parameters', async () => {
  const { send, calls } = fixture();
  expect(await send('GET', '/checkpoints?limit=3')).toMatchObject({
    status: 400,
    body: { code: 'BAD_REQUEST' },
  });
  expect(calls).toEqual([]);
});

test('GET /checkpoints says that the store is away', async () => {
  const checkpoints = async () => {
    throw new ColonyError('STORE_UNAVAILABLE', 'the bucket does not answer');
  };
  const { send } = fixture({ service: { checkpoints } });
  expect(await send('GET', '/checkpoints')).toMatchObject({
    status: 503,
    body: { code: 'STORE_UNAVAILABLE' },
  });
});

test('GET /topology shows what the service knows', async () => {
  const { send } = fixture();
  expect(await send('GET', '/topology')).toMatchObject({
    status: 200,
    body: { status: 'in-progress' },
  });
});

test('GET /topology before a start is 404 with its own code', async () => {
  const { send } = fixture({
    service: {
      topology: async () => {
        throw new ColonyError('TOPOLOGY_NOT_FOUND', 'no colony was started');
      },
    },
  });
  expect(await send('GET', '/topology')).toMatchObject({
    status: 404,
    body: { code: 'TOPOLOGY_NOT_FOUND' },
  });
});

test.each([
  ['', { limit: 30 }],
  ['?limit=7', { limit: 7 }],
  ['?from=500', { from: 500, limit: 30 }],
  ['?from=500&limit=2', { from: 500, limit: 2 }],
])('GET /digests%s asks for %j', async (query, expected) => {
  const { send, calls } = fixture();
  const answer = await send('GET', `/digests${query}`);
  expect(answer).toMatchObject({ status: 200, body: [{ tick: 0, digest: '0123456789abcdef' }] });
  expect(calls).toEqual([['digests', expected]]);
});

test.each([
  ['', { limit: 30 }],
  ['?from=7&limit=100', { from: 7, limit: 100 }],
])('GET /colony-events%s asks for %j', async (query, expected) => {
  const { send, calls } = fixture();
  expect(await send('GET', `/colony-events${query}`)).toMatchObject({ status: 200, body: [] });
  expect(calls).toEqual([['events', expected]]);
});

test.each([
  '/digests?from=-1',
  '/digests?limit=0',
  '/digests?limit=ten',
  '/digests?limit=1001',
  '/digests?form=100',
  '/colony-events?limit=1001',
  '/colony?tick=1',
  '/topology?x=1',
  '/version?x=1',
  '/healthz?x=1',
])('GET %s is refused, naming the parameter', async (path) => {
  const { send, calls } = fixture();
  const answer = await send('GET', path);
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(answer.body.detail).toContain(path.split(/[?=]/)[1]);
  expect(calls).toEqual([]);
});

test('GET /version says what runs here', async () => {
  const { send } = fixture();
  const { body } = await send('GET', '/version');
  expect(versionSchema.parse(body)).toEqual(body);
});

describe('health', () => {
  test('GET /healthz says who leads', async () => {
    const { send } = fixture({
      service: { leadership: () => ({ leads: false, leaderAddress: undefined }) },
    });
    expect(await send('GET', '/healthz')).toMatchObject({
      status: 200,
      body: { status: 'ok', id: 'c-1', leads: false, leaderAddress: null },
    });
  });

  test('GET /healthz is 503 with the reason when the process should be replaced', async () => {
    const { send } = fixture({ http: { unhealthy: () => 'the record does not answer' } });
    expect(await send('GET', '/healthz')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', reason: 'the record does not answer', id: 'c-1' },
    });
  });

  test('GET /readyz is 200 when nothing is missing', async () => {
    const { send } = fixture();
    expect(await send('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('GET /readyz is 503 with the reason', async () => {
    const { send } = fixture({ service: { notReady: () => 'the record was not read yet' } });
    expect(await send('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { status: 'not-ready', reason: 'the record was not read yet' },
    });
  });
});
