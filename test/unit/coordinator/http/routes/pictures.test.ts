import { expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture } from '../fake-colony-api.ts';

test('GET /pictures lists what is stored, in the order of ticks, with the size of the pictures', async () => {
  const { send } = fixture();
  const { status, headers, body } = await send('GET', '/pictures');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(body).toEqual({
    colonyInstanceId: 'i-1',
    scale: 2,
    pictures: [100, 300, 600].map((tick) => {
      return { tick, width: 32, height: 24, sizeBytes: 10 + tick };
    }),
  });
});

test.each([
  ['from=101', [300, 600]],
  ['from=100&to=300', [100, 300]],
  ['limit=2', [300, 600]],
  ['from=601', []],
  ['near=0', [100]],
  ['near=449', [300]],
  ['near=451', [600]],
  ['near=300&limit=2', [100, 300]],
  ['near=100&from=200', [300]],
])('GET /pictures?%s answers %j', async (query, ticks) => {
  const { body } = await fixture().send('GET', `/pictures?${query}`);
  expect(body.pictures.map(({ tick }: { tick: number }) => tick)).toEqual(ticks);
});

test.each(['from=-1', 'to=x', 'near=1.5', 'limit=0', 'limit=2001', 'layer=food'])(
  'GET /pictures?%s is refused',
  async (query) => {
    const { send, calls } = fixture();
    expect(await send('GET', `/pictures?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST' },
    });
    expect(calls).toEqual([]);
  },
);

test('GET /pictures/{tick} is a PNG that is asked for again, in case another colony has taken its place', async () => {
  const { request, calls } = fixture();
  const answer = await request('GET', '/pictures/300');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/png');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('etag')).toBe('"i-1-300"');
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([1, 2, 3]);
  expect(calls).toEqual([['picture', 300, undefined]]);
});

test('GET /pictures/{tick} of a colony that is named may be kept for ever', async () => {
  const { request, calls } = fixture();
  const answer = await request('GET', '/pictures/300?colony_instance_id=i-1');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(calls).toEqual([['picture', 300, 'i-1']]);
});

test('GET /pictures/{tick} that the client has is not sent again', async () => {
  const headers = { 'if-none-match': '"i-1-300"' };
  expect((await fixture().request('GET', '/pictures/300', { headers })).status).toBe(304);
  expect((await fixture().request('GET', '/pictures/301', { headers })).status).toBe(200);
});

test('GET /pictures/{tick} of a tick without a picture is not found', async () => {
  const get = () => Promise.reject(new ColonyError('PICTURE_NOT_FOUND', 'no picture of tick 5'));
  const list = () => Promise.reject(new Error('not asked for'));
  const { send } = fixture({ service: { pictures: { get, list } } });
  expect(await send('GET', '/pictures/5')).toMatchObject({
    status: 404,
    body: { code: 'PICTURE_NOT_FOUND', detail: 'no picture of tick 5' },
  });
});

test.each(['-1', 'x', '1.5', '99999999999999999999'])(
  'GET /pictures/%s is refused',
  async (tick) => {
    expect((await fixture().request('GET', `/pictures/${tick}`)).status).toBe(400);
  },
);
