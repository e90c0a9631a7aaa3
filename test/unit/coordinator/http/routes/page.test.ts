import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from '../fake-colony-api.ts';

let assetsDir = '';
beforeAll(async () => {
  assetsDir = await mkdtemp(path.join(tmpdir(), 'colony-assets-'));
  await mkdir(path.join(assetsDir, 'dashboard'));
  await writeFile(path.join(assetsDir, 'dashboard', 'index.html'), '<!doctype html>page');
  await writeFile(path.join(assetsDir, 'dashboard', 'main.js'), 'script');
  await writeFile(path.join(assetsDir, 'dashboard', 'secret.txt'), 'secret');
  await writeFile(path.join(assetsDir, 'outside.js'), 'outside');
});
afterAll(() => rm(assetsDir, { recursive: true }));

test('the page is at the root, its files below /dashboard/', async () => {
  const { request } = fixture({ http: { assetsDir } });
  const page = await request('GET', '/');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(await page.text()).toBe('<!doctype html>page');
  expect(await (await request('GET', '/dashboard/main.js')).text()).toBe('script');
});

test('the page comes compressed over a network, for those who take that', async () => {
  const { request } = fixture({ http: { assetsDir } });
  const script = 'script;'.repeat(1000);
  await writeFile(path.join(assetsDir, 'dashboard', 'long.js'), script);
  const plain = await request('GET', '/dashboard/long.js');
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(await plain.text()).toBe(script);
  const headers = { 'Accept-Encoding': 'gzip' };
  const compressed = await request('GET', '/dashboard/long.js', { headers });
  expect(compressed.headers.get('content-encoding')).toBe('gzip');
  expect(compressed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(compressed.headers.get('vary')).toBe('Accept-Encoding');
  expect(gunzipSync(await compressed.arrayBuffer()).toString()).toBe(script);
});

test.each([
  '/dashboard/missing.js',
  '/dashboard/secret.txt',
  '/dashboard/..%2Foutside.js',
  '/dashboard/%2e%2e%2foutside.js',
  '/dashboard/../outside.js',
  '/dashboard/.js',
  '/dashboard/',
])('%s is not there', async (address) => {
  const { send } = fixture({ http: { assetsDir } });
  expect(await send('GET', address)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

test('without a built page the root is a problem 404', async () => {
  const { send } = fixture();
  expect(await send('GET', '/')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});
