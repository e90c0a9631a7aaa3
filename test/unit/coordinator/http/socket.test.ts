import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createBoundedServer } from '../../../../services/platform/http/bounded-server.ts';
import { fixture } from './fake-colony-api.ts';

let close = async () => {};
afterEach(() => close());

/** The API on a socket; `raw` sends bytes and gives the first line of the answer. */
async function listen() {
  const { app, calls, log } = fixture();
  const server = createBoundedServer(app.fetch);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const raw = async (request: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString('latin1').split('\r\n')[0] ?? '';
  };
  /** Sends a part of a request and goes away without a word. */
  const abandon = async (request: string): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(request);
    await pause(50);
    socket.resetAndDestroy();
  };
  return { raw, calls, log, abandon };
}

const startWith = (headers: string, body: string) =>
  `POST /colony-start?idempotency_key=k HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

test('a chunked body that grows too large is refused, and the next request is served', async () => {
  const { raw, calls } = await listen();
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  const answer = await raw(startWith('Transfer-Encoding: chunked', chunk.repeat(6)));
  expect(answer).toBe('HTTP/1.1 413 Payload Too Large');
  expect(calls).toEqual([]);
  const next = await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(next).toBe('HTTP/1.1 200 OK');
});

test('a body that declares too much is refused before it is sent', async () => {
  const { raw, calls } = await listen();
  const answer = await raw(startWith('Content-Length: 100000000', ''));
  expect(answer).toBe('HTTP/1.1 413 Payload Too Large');
  expect(calls).toEqual([]);
});

test('a small chunked body is taken', async () => {
  const { raw, calls } = await listen();
  const answer = await raw(startWith('Transfer-Encoding: chunked', 'a\r\n{"seed":7}\r\n0\r\n\r\n'));
  expect(answer).toBe('HTTP/1.1 202 Accepted');
  expect(calls).toEqual([['start', { key: 'k', spec: { seed: 7 }, waitMs: 0 }]]);
});

test.each([
  ['a foreign Host', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', '421 Misdirected Request'],
  ['no Host', 'GET /colony HTTP/1.1\r\n\r\n', '400 Bad Request'],
  ['a line that is no HTTP', 'NONSENSE\r\n\r\n', '400 Bad Request'],
])('%s is refused', async (_what, request, status) => {
  const { raw } = await listen();
  expect(await raw(request)).toBe(`HTTP/1.1 ${status}`);
});

test.each([
  ['in its head', 'POST /colony-start?idempotency_key=k HTTP/1.1\r\nHost: loc'],
  ['before its body', startWith('Content-Length: 10', '')],
  ['in a small body', startWith('Content-Length: 100', '{"seed"')],
  ['in a large body', startWith('Content-Length: 60000', '{"seed"')],
  ['in a chunked body', startWith('Transfer-Encoding: chunked', 'a\r\n{"se')],
  ['before its answer', startWith('Content-Length: 10', '{"seed":7}')],
])('a client that goes away %s is no error', async (_when, request) => {
  const { raw, log, abandon } = await listen();
  await abandon(request);
  expect(await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('HTTP/1.1 200 OK');
  expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
});
