import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { decodeTiles, encodeTiles } from '../../../../../services/protocol/wire/tile-codec.ts';
import { LAYER_BYTES } from '../../../../../services/world/measuring/layers.ts';
import { fixture, tilesShown, view } from '../fake-colony-api.ts';

const whole = { layer: 'colour', zoom: 0, x: 0, y: 0, columns: 1, rows: 1 } as const;

describe('GET /tiles', () => {
  test('gives the whole world in colour at zoom 0 by default', async () => {
    const { request, calls } = fixture();
    const answer = await request('GET', '/tiles');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    const { tiles, ...header } = decodeTiles(new Uint8Array(await answer.arrayBuffer()));
    expect(header).toMatchObject({ ...whole, minTick: 117, maxTick: 117 });
    expect(tiles).toMatchObject([{ width: 64, height: 48 }]);
    expect(calls).toEqual([['tiles', whole, undefined]]);
  });

  test('passes layer, zoom, rectangle and since on; columns and rows reach the edge', async () => {
    const spec = { ...view.spec!, width: 2_000, height: 1_250 };
    const asked: unknown[] = [];
    const tiles = async (...args: unknown[]) => {
      asked.push(args);
      return encodeTiles(tilesShown(whole));
    };
    const { request } = fixture({ service: { drawnWorld: () => spec, tiles } });
    await request('GET', '/tiles?layer=age&zoom=1&x=1&y=2&since=0123456789abcdef');
    await request('GET', '/tiles?x=7&y=1&columns=1&rows=3');
    expect(asked).toEqual([
      [{ layer: 'age', zoom: 1, x: 1, y: 2, columns: 3, rows: 1 }, '0123456789abcdef'],
      [{ layer: 'colour', zoom: 0, x: 7, y: 1, columns: 1, rows: 3 }, undefined],
    ]);
  });

  test.each([
    ['layer=colours', 'BAD_REQUEST', 'expected one of colour'],
    ['zoom=9', 'BAD_REQUEST', 'expected an integer from 0 to 8'],
    ['x=-1', 'BAD_REQUEST', 'expected an integer from 0'],
    ['columns=0', 'BAD_REQUEST', 'expected an integer from 1'],
    ['rows=1e3', 'BAD_REQUEST', 'rows'],
    ['since=12', 'BAD_REQUEST', 'expected 16 hexadecimal digits'],
    ['scale=2', 'BAD_REQUEST', 'unknown query parameter scale'],
    ['x=1', 'TILES_OUTSIDE_WORLD', 'reach beyond the 1 x 1 tiles of zoom 0'],
    ['rows=2', 'TILES_OUTSIDE_WORLD', 'reach beyond'],
  ])('?%s is refused with %s before anything is drawn', async (query, code, detail) => {
    const { send, calls } = fixture();
    const answer = await send('GET', `/tiles?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(answer.body.detail).toContain(detail);
    expect(calls).toEqual([]);
  });

  test('refuses more pixels than are given at once', async () => {
    const spec = { ...view.spec!, width: 40_000, height: 40_000 };
    const { send, calls } = fixture({ service: { drawnWorld: () => spec } });
    const answer = await send('GET', '/tiles?columns=20&rows=20');
    expect(answer).toMatchObject({ status: 400, body: { code: 'TILES_TOO_LARGE' } });
    expect(calls).toEqual([]);
  });

  test('without a colony says so', async () => {
    const drawnWorld = () => {
      throw new ColonyError('COLONY_NOT_STARTED', 'there is nothing to draw');
    };
    const { send } = fixture({ service: { drawnWorld } });
    for (const path of ['/tiles', '/cells?x=0&y=0']) {
      expect(await send('GET', path)).toMatchObject({
        status: 409,
        body: { code: 'COLONY_NOT_STARTED' },
      });
    }
  });
});

describe('the bytes of tiles', () => {
  const spec = { ...view.spec!, width: 256, height: 256 };
  const noisy = encodeTiles({
    ...tilesShown({ ...whole, layer: 'size' }),
    world: spec,
    tiles: [new Uint8Array(256 * 256 * LAYER_BYTES.size).map((_, i) => 1 + (i % 7))],
  });
  const { app } = fixture({ service: { drawnWorld: () => spec, tiles: async () => noisy } });
  const ask = async (headers: Record<string, string>, remoteAddress?: string) => {
    const from = remoteAddress === undefined ? {} : { incoming: { socket: { remoteAddress } } };
    const init = { headers: { host: 'localhost', ...headers } };
    const answer = await app.request('http://localhost/tiles?layer=size', init, from);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { encoding: answer.headers.get('content-encoding'), bytes };
  };
  const gzip = { 'accept-encoding': 'gzip, br' };

  test('are compressed for who comes over a network and accepts that', async () => {
    const { encoding, bytes } = await ask(gzip, '10.0.0.7');
    expect(encoding).toBe('gzip');
    expect(Buffer.compare(gunzipSync(bytes), noisy)).toBe(0);
    expect(await ask({}, '10.0.0.7')).toMatchObject({ encoding: null });
    expect(await ask({ 'accept-encoding': 'gzip;q=0' }, '10.0.0.7')).toMatchObject({
      encoding: null,
    });
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])(
    'are not compressed for who is on this machine, at %s',
    async (address) => {
      const { encoding, bytes } = await ask(gzip, address);
      expect(encoding).toBe(null);
      expect(Buffer.compare(bytes, noisy)).toBe(0);
    },
  );

  test.each([
    ['forwarded', 'for=192.0.2.60'],
    ['x-forwarded-for', '192.0.2.60'],
    ['via', '1.1 gateway'],
    ['colony-forwarded', '1'],
  ])('are compressed for who comes by way of this machine, as %s tells', async (name, value) => {
    expect(await ask({ ...gzip, [name]: value }, '127.0.0.1')).toMatchObject({ encoding: 'gzip' });
  });
});

describe('GET /cells', () => {
  test('gives one cell, or a rectangle that may reach across the edge', async () => {
    const { send, calls } = fixture();
    const answer = await send('GET', '/cells?x=3&y=4');
    expect(answer).toMatchObject({ status: 200, body: { x: 3, y: 4, width: 1, tick: 117 } });
    expect((await send('GET', '/cells?x=63&y=47&width=64&height=48')).status).toBe(200);
    expect(calls).toEqual([
      ['cells', { x: 3, y: 4, width: 1, height: 1 }],
      ['cells', { x: 63, y: 47, width: 64, height: 48 }],
    ]);
  });

  test.each([
    ['', 'BAD_REQUEST'],
    ['x=1', 'BAD_REQUEST'],
    ['x=1&y=-1', 'BAD_REQUEST'],
    ['x=1&y=1&width=0', 'BAD_REQUEST'],
    ['x=1&y=1&size=2', 'BAD_REQUEST'],
    ['x=64&y=0', 'CELLS_OUTSIDE_WORLD'],
    ['x=0&y=48', 'CELLS_OUTSIDE_WORLD'],
    ['x=0&y=0&width=65', 'CELLS_OUTSIDE_WORLD'],
  ])('?%s is refused with %s', async (query, code) => {
    const { send, calls } = fixture();
    expect(await send('GET', `/cells?${query}`)).toMatchObject({ status: 400, body: { code } });
    expect(calls).toEqual([]);
  });

  test('refuses more than 4,096 cells', async () => {
    const spec = { ...view.spec!, width: 128, height: 128 };
    const { send } = fixture({ service: { drawnWorld: () => spec } });
    expect((await send('GET', '/cells?x=0&y=0&width=64&height=64')).status).toBe(200);
    expect(await send('GET', '/cells?x=0&y=0&width=65&height=64')).toMatchObject({
      status: 400,
      body: { code: 'CELLS_TOO_MANY' },
    });
  });
});
