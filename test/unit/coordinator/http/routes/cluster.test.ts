import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture } from '../fake-colony-api.ts';

test('GET /cluster gives all that the leader remembers', async () => {
  const { send, calls } = fixture();
  const answer = await send('GET', '/cluster');
  expect(answer).toMatchObject({ status: 200, body: { epoch: 1, backends: [], troubles: [] } });
  expect(answer.headers.get('etag')).toBe('W/"1-1-0--1"');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(calls).toEqual([['clusterHistory', -1]]);
});

test('GET /cluster asks for what came after a moment', async () => {
  const { send, calls } = fixture();
  await send('GET', '/cluster?since=4000');
  expect(calls).toEqual([['clusterHistory', 4_000]]);
});

test('GET /cluster answers 304 if there is nothing new', async () => {
  const { send } = fixture();
  const headers = { 'If-None-Match': 'W/"1-1-0--1"' };
  expect(await send('GET', '/cluster', { headers })).toMatchObject({ status: 304 });
});

test('GET /cluster is compressed for those who accept that', async () => {
  const { request } = fixture();
  const answer = await request('GET', '/cluster', { headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(answer.headers.get('content-type')).toContain('application/json');
  const text = gunzipSync(await answer.arrayBuffer()).toString();
  expect(JSON.parse(text)).toMatchObject({ epoch: 1 });
});

test.each(['since=-1', 'since=x', 'from=3'])('GET /cluster refuses %s', async (query) => {
  const { send, calls } = fixture();
  expect(await send('GET', `/cluster?${query}`)).toMatchObject({
    status: 400,
    body: { code: 'BAD_REQUEST' },
  });
  expect(calls).toEqual([]);
});

test('GET /cluster says that nobody leads', async () => {
  const clusterHistory = async () => {
    throw new ColonyError('NO_LEADER', 'this coordinator does not lead');
  };
  const { send } = fixture({ service: { clusterHistory } });
  expect(await send('GET', '/cluster')).toMatchObject({ status: 503, body: { code: 'NO_LEADER' } });
});
