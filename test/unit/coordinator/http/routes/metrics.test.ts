import { expect, test } from 'vitest';
import type { RequestLabels } from '../../../../../services/coordinator/metrics/coordinator-metrics.ts';
import { fixture } from '../fake-colony-api.ts';

test('GET /metrics gives what the process tells, in the text format of Prometheus', async () => {
  const { request } = fixture({ service: { metrics: async () => 'colony_leader 1\n' } });
  const answer = await request('GET', '/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toBe('colony_leader 1\n');
});

test('GET /metrics takes no parameters', async () => {
  const { send } = fixture();
  const answer = await send('GET', '/metrics?name=colony_leader');
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
});

test('GET /metrics is not served under a foreign host, and allowed to no other page', async () => {
  const { send, request } = fixture();
  const refused = await send('GET', '/metrics', { headers: { host: 'evil.example' } });
  expect(refused).toMatchObject({ status: 421, body: { code: 'HOST_NOT_ALLOWED' } });
  const page = await request('GET', '/metrics', { headers: { origin: 'http://evil.example' } });
  const allowed = [...page.headers.keys()].filter((name) => name.startsWith('access-control'));
  expect(allowed).toEqual([]);
});

test('a coordinator that cannot tell answers with a problem', async () => {
  const { send } = fixture({
    service: {
      metrics: async () => {
        throw new Error('no figures');
      },
    },
  });
  const answer = await send('GET', '/metrics');
  expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
});

test.each<[string, string, RequestLabels]>([
  ['GET', '/colony', { route: '/colony', method: 'GET', status: '2xx' }],
  ['HEAD', '/colony', { route: '/colony', method: 'HEAD', status: '2xx' }],
  ['POST', '/colony-pause', { route: '/colony-pause', method: 'POST', status: '2xx' }],
  [
    'DELETE',
    '/colony-events/7',
    { route: '/colony-events/:sequence', method: 'DELETE', status: '2xx' },
  ],
  ['GET', '/colony?wrong=1', { route: '/colony', method: 'GET', status: '4xx' }],
  ['GET', '/dashboard/nothing.js', { route: '/dashboard/:file', method: 'GET', status: '4xx' }],
  ['GET', '/made-up/by/a/stranger', { route: 'unknown', method: 'GET', status: '4xx' }],
  ['PROPFIND', '/colony', { route: 'unknown', method: 'other', status: '4xx' }],
])('%s %s is counted by its route, method and class of status', async (method, path, labels) => {
  const answered: [RequestLabels, number][] = [];
  const { request } = fixture({
    service: { answered: (...counted) => void answered.push(counted) },
  });
  await request(method, path);
  expect(answered).toEqual([[labels, 0]]);
});

test('a request is counted with the seconds that its answer took', async () => {
  const answered: number[] = [];
  const times = [1_000, 3_500];
  const { request } = fixture({
    http: { clock: { nowMs: () => times.shift() } as never },
    service: { answered: (_labels, seconds) => void answered.push(seconds) },
  });
  await request('GET', '/version');
  expect(answered).toEqual([2.5]);
});
