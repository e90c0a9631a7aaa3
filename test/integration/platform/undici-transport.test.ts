import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { TransportRequest } from '../../../services/platform/rpc/transport.ts';
import {
  UndiciTransport,
  type UndiciTransportOptions,
} from '../../../services/platform/rpc/undici-transport.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<{ origin: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function transportOf(options: UndiciTransportOptions = {}): UndiciTransport {
  const transport = new UndiciTransport(options);
  closing.push(() => transport.close());
  return transport;
}

const requestTo = (origin: string, change: Partial<TransportRequest> = {}): TransportRequest => ({
  origin,
  method: 'POST',
  path: '/rpc/ping',
  headers: { 'x-a': 'b' },
  body: Uint8Array.of(1, 2, 3),
  timeoutMs: 5_000,
  maxResponseBytes: 1_000,
  ...change,
});

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(201, {
      'x-seen': `${request.method} ${request.url} ${request.headers['x-a']}`,
    });
    response.end(Buffer.concat(chunks));
  });
};

test('a request and its answer go there and back', async () => {
  const { origin } = await serve(echo);
  const response = await transportOf().send(requestTo(origin));
  expect(response.status).toBe(201);
  expect(response.header('X-Seen')).toBe('POST /rpc/ping b');
  expect(response.header('x-other')).toBeUndefined();
  expect([...response.body]).toEqual([1, 2, 3]);
});

test('connections are kept and shared: many calls need few of them', async () => {
  const { origin, server } = await serve(echo);
  let connections = 0;
  server.on('connection', () => connections++);
  const transport = transportOf({ connections: 4 });
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 40 }, () => transport.send(requestTo(origin))));
  }
  expect(connections).toBeLessThanOrEqual(4);
});

test('a port that nothing listens on is a refusal', async () => {
  const { origin, server } = await serve(echo);
  await new Promise((resolve) => server.close(resolve));
  await expect(transportOf().send(requestTo(origin))).rejects.toMatchObject({
    name: 'TransportError',
    reason: 'refused',
    message: expect.stringMatching(/: nothing listens there$/),
  });
});

test('an answer that does not come is a time-out', async () => {
  const { origin } = await serve(() => undefined);
  await expect(transportOf().send(requestTo(origin, { timeoutMs: 50 }))).rejects.toMatchObject({
    reason: 'timeout',
    message: `${origin}/rpc/ping: no answer within 50 ms`,
  });
});

test('an answer that stops half-way is a time-out', async () => {
  const { origin } = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '10' });
    response.write('12345');
  });
  await expect(transportOf().send(requestTo(origin, { timeoutMs: 50 }))).rejects.toMatchObject({
    reason: 'timeout',
  });
});

test.each([
  ['ended', (request: IncomingMessage) => request.socket.destroy()],
  ['reset', (request: IncomingMessage) => request.socket.resetAndDestroy()],
  [
    'ended within the answer',
    ({ socket }: IncomingMessage) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'),
  ],
])('a connection that is %s is broken', async (_how, end) => {
  const { origin } = await serve((request) => void end(request));
  await expect(transportOf().send(requestTo(origin))).rejects.toMatchObject({ reason: 'broken' });
});

test.each([
  ['with its length', true],
  ['in chunks', false],
])('an answer that is too large fails, sent %s; the next call works', async (_name, declared) => {
  const { origin } = await serve((request, response) => {
    request.resume();
    if (declared) response.setHeader('content-length', '1001');
    for (let i = 0; i < 13; i++) response.write(Buffer.alloc(77));
    response.end();
  });
  const transport = transportOf();
  await expect(transport.send(requestTo(origin))).rejects.toMatchObject({
    reason: 'failed',
    message: `${origin}/rpc/ping: the answer has more than 1000 bytes`,
  });
  const { body } = await transport.send(requestTo(origin, { maxResponseBytes: 1_001 }));
  expect(body.byteLength).toBe(1_001);
});

test('there are no more pools than allowed, and the one used last stays', async () => {
  const transport = transportOf({ poolsMax: 2 });
  const servers = await Promise.all([serve(echo), serve(echo), serve(echo)]);
  for (const { origin } of servers) await transport.send(requestTo(origin));
  expect(transport.pools).toBe(2);
  const { status } = await transport.send(requestTo((servers[0] as { origin: string }).origin));
  expect(status).toBe(201);
});

test('a pool that is not used any more is closed', async () => {
  let nowMs = 0;
  const transport = transportOf({ idleMs: 20, nowMs: () => nowMs });
  const [a, b] = await Promise.all([serve(echo), serve(echo)]);
  await transport.send(requestTo(a.origin));
  nowMs = 20;
  await transport.send(requestTo(b.origin));
  expect(transport.pools).toBe(2);
  nowMs = 21;
  await transport.send(requestTo(b.origin));
  expect(transport.pools).toBe(1);
});

test('closing ends the calls under way and refuses further ones', async () => {
  let received = () => {};
  const isUnderWay = new Promise<void>((resolve) => {
    received = resolve;
  });
  const { origin } = await serve(() => received());
  const transport = transportOf();
  const call = transport.send(requestTo(origin)).catch((error) => error.reason);
  await isUnderWay;
  await transport.close();
  expect(await call).toBe('failed');
  await expect(transport.send(requestTo(origin))).rejects.toThrow('the transport is closed');
});
