import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Dispatcher,
  EnvHttpProxyAgent,
  getGlobalDispatcher,
  setGlobalDispatcher,
} from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { getJson } from '../../../services/platform/rpc/get-json.ts';

/** Answers JSON to everybody, and counts who asks. */
class Listener {
  requests = 0;
  url = '';
  #server: Server | undefined;

  async listen(status: number): Promise<void> {
    this.#server = createServer((_request, response) => {
      this.requests++;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
    this.#server.on('connect', (_request, socket) => {
      this.requests++;
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

const service = new Listener();
const proxy = new Listener();
let before: Dispatcher;

/** As Node does by itself with `NODE_USE_ENV_PROXY=1`, from version 24 on. */
beforeAll(async () => {
  before = getGlobalDispatcher();
  await service.listen(200);
  await proxy.listen(502);
  setGlobalDispatcher(new EnvHttpProxyAgent({ httpProxy: proxy.url, noProxy: '' }));
});
afterAll(() => {
  setGlobalDispatcher(before);
  service.close();
  proxy.close();
});

test('the proxy of this test is in the way of an ordinary request', async () => {
  await fetch(`${service.url}/readyz`).catch(() => undefined);
  expect(proxy.requests).toBe(1);
  expect(service.requests).toBe(0);
});

test.each([
  [
    'the state of a process',
    async () => expect(await getJson(`${service.url}/healthz`)).toEqual({}),
  ],
  [
    'a colony on this machine',
    async () => expect(await new ApiClient(service.url).isReady(5_000)).toBe(true),
  ],
])('%s is asked directly', async (_what, ask) => {
  const earlier = { proxy: proxy.requests, service: service.requests };
  await ask();
  expect(proxy.requests).toBe(earlier.proxy);
  expect(service.requests).toBeGreaterThan(earlier.service);
});
