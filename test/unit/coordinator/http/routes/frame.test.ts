import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { readPictureHeader } from '../../../../../services/protocol/wire/picture-codec.ts';
import { fixture, view } from '../fake-colony-api.ts';

const whole = { x: 0, y: 0, width: 64, height: 48, scale: 1 };

test('GET /frame gives the whole world in colour by default', async () => {
  const { request, calls } = fixture();
  const answer = await request('GET', '/frame');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  const picture = new Uint8Array(await answer.arrayBuffer());
  expect(readPictureHeader(picture)).toEqual({
    layer: 'colour',
    ...whole,
    minTick: 117,
    maxTick: 117,
  });
  expect(calls).toEqual([['picture', 'colour', whole]]);
});

test('GET /frame passes layer and rectangle on; width and height reach the edge', async () => {
  const { request, calls } = fixture();
  expect((await request('GET', '/frame?layer=age&x=10&y=8&scale=2')).status).toBe(200);
  expect((await request('GET', '/frame?x=1&y=2&width=3&height=4')).status).toBe(200);
  expect(calls).toEqual([
    ['picture', 'age', { x: 10, y: 8, width: 54, height: 40, scale: 2 }],
    ['picture', 'colour', { x: 1, y: 2, width: 3, height: 4, scale: 1 }],
  ]);
});

test.each([
  ['layer=colours', 'BAD_REQUEST', 'query parameter layer is "colours": expected one of colour'],
  ['x=-1', 'BAD_REQUEST', 'query parameter x is "-1": expected an integer from 0'],
  ['width=0', 'BAD_REQUEST', 'query parameter width is "0": expected an integer from 1'],
  ['width=-5', 'BAD_REQUEST', 'width'],
  ['height=1e3', 'BAD_REQUEST', 'height'],
  ['scale=0', 'BAD_REQUEST', 'scale'],
  ['zoom=2', 'BAD_REQUEST', 'unknown query parameter zoom'],
  ['width=100000&height=10000', 'BAD_REQUEST', 'width'],
  ['width=65', 'FRAME_OUTSIDE_WORLD', 'reach beyond 64 x 48'],
  ['x=64', 'FRAME_OUTSIDE_WORLD', 'reach beyond 64 x 48'],
  ['width=65536&height=65536', 'FRAME_OUTSIDE_WORLD', 'reach beyond'],
])('GET /frame?%s is refused with %s before anything is drawn', async (query, code, detail) => {
  const { send, calls } = fixture();
  const answer = await send('GET', `/frame?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code } });
  expect(answer.body.detail).toContain(detail);
  expect(calls).toEqual([]);
});

test('a picture of 10^9 cells of a world that has them is too large', async () => {
  const spec = { ...view.spec!, width: 40_000, height: 40_000 };
  const { send, calls } = fixture({ service: { drawnWorld: () => spec } });
  const answer = await send('GET', '/frame?width=40000&height=25000');
  expect(answer).toMatchObject({ status: 400, body: { code: 'FRAME_TOO_LARGE' } });
  expect(calls).toEqual([]);
});

test('GET /frame without a colony says so', async () => {
  const drawnWorld = () => {
    throw new ColonyError('COLONY_NOT_STARTED', 'there is nothing to draw');
  };
  const { send } = fixture({ service: { drawnWorld } });
  expect(await send('GET', '/frame')).toMatchObject({
    status: 409,
    body: { code: 'COLONY_NOT_STARTED' },
  });
});

describe('compression', () => {
  test.each(['gzip', 'br, gzip;q=0.5', '*'])('Accept-Encoding: %s gets gzip', async (accepted) => {
    const { request } = fixture();
    const answer = await request('GET', '/frame', { headers: { 'accept-encoding': accepted } });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('vary')).toBe('Accept-Encoding');
    const picture = gunzipSync(new Uint8Array(await answer.arrayBuffer()));
    expect(readPictureHeader(picture).minTick).toBe(117);
  });

  test.each(['identity', 'br', 'gzip;q=0', 'gzip;q=0, *', '*;q=0'])(
    'Accept-Encoding: %s gets the plain bytes',
    async (accepted) => {
      const { request } = fixture();
      const answer = await request('GET', '/frame', { headers: { 'accept-encoding': accepted } });
      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
      expect(readPictureHeader(new Uint8Array(await answer.arrayBuffer())).width).toBe(64);
    },
  );
});

describe('entity tag', () => {
  test.each([(tag: string) => tag, (tag: string) => `"x", ${tag}`, () => '*'])(
    'a picture that the client has is not sent again (%#)',
    async (header) => {
      const { request } = fixture();
      const etag = (await request('GET', '/frame')).headers.get('etag') ?? '';
      const answer = await request('GET', '/frame', {
        headers: { 'if-none-match': header(etag) },
      });
      expect(answer.status).toBe(304);
      expect(answer.headers.get('etag')).toBe(etag);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(await answer.text()).toBe('');
    },
  );

  test('an older tag gets the picture', async () => {
    const { request } = fixture();
    const answer = await request('GET', '/frame', { headers: { 'if-none-match': '"i-1:116"' } });
    expect(answer.status).toBe(200);
  });
});
