import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { getJson } from '../../../services/platform/rpc/get-json.ts';

let close = async () => {};
afterEach(() => close());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('the JSON at a URL is given', async () => {
  const url = await serve((_request, response) => response.end('{"a":"ä"}'));
  expect(await getJson(url)).toEqual({ a: 'ä' });
});

test('an answer other than 200 is an error', async () => {
  const url = await serve((_request, response) => {
    response.statusCode = 404;
    response.end('{}');
  });
  await expect(getJson(url)).rejects.toThrow(`${url} answers 404`);
});

test('an answer of more than 64 KiB is an error', async () => {
  const url = await serve((_request, response) => response.end(`"${'x'.repeat(65_535)}"`));
  await expect(getJson(url)).rejects.toThrow(`${url} answers more than 65536 bytes`);
});

test('a refused connection is told as one', async () => {
  const url = await serve((_request, response) => response.end());
  await close();
  close = async () => {};
  await expect(getJson(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test.each([
  ['a head that does not come', false],
  ['a body that trickles', true],
])('%s is given up when the time is over', async (_what, trickles) => {
  let isCutOff = () => {};
  const cutOff = new Promise<void>((resolve) => {
    isCutOff = resolve;
  });
  const url = await serve((_request, response) => {
    const drops = setInterval(() => trickles && response.write(' '), 10);
    response.once('close', () => {
      clearInterval(drops);
      isCutOff();
    });
  });
  await expect(getJson(url, 200)).rejects.toThrow(`${url} gives no whole answer within 200 ms`);
  await cutOff;
});
