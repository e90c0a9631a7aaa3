import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Listener, listen } from '../../../services/platform/process/service-process.ts';
import type { ByteStream, UpgradeHandler } from '../../../services/platform/rpc/byte-stream.ts';
import type { OpenResponse } from '../../../services/platform/rpc/transport.ts';
import { UndiciTransport } from '../../../services/platform/rpc/undici-transport.ts';
import { chunkListener } from '../../support/chunks.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const transport = new UndiciTransport();

async function serve(upgrade: UpgradeHandler): Promise<Listener> {
  const fetch = () => new Response('an ordinary answer');
  const listener = await listen({ fetch, upgrade }, { host: '127.0.0.1', port: 0 });
  closing.push(() => listener.close());
  return listener;
}

const open = (port: number, timeoutMs = 5_000): Promise<OpenResponse> =>
  transport.open({
    origin: `http://127.0.0.1:${port}`,
    path: '/stream',
    protocol: 'test/1',
    headers: { 'x-a': 'b' },
    timeoutMs,
    maxResponseBytes: 100,
  });

async function openStream(port: number): Promise<ByteStream> {
  const answer = await open(port);
  if (!('stream' in answer)) throw new Error(`refused: ${answer.status}`);
  closing.push(() => answer.stream.destroy());
  return answer.stream;
}

const accepting =
  (run: (stream: ByteStream) => void): UpgradeHandler =>
  ({ path, protocol, header }) => ({
    status: 101,
    headers: {
      connection: 'Upgrade',
      upgrade: protocol,
      'x-seen': `${path} ${protocol} ${header('X-A')}`,
    },
    run,
  });

const echo = (stream: ByteStream) => stream.listen(chunkListener((chunk) => stream.write(chunk)));

/** All that comes, and its end. */
function gather(stream: ByteStream) {
  const chunks: Uint8Array[] = [];
  let onData = () => {};
  const ended = new Promise<Error | undefined>((resolve) => {
    const data = (chunk: Uint8Array) => {
      chunks.push(chunk);
      onData();
    };
    stream.listen(chunkListener(data, resolve));
  });
  const bytes = () => Buffer.concat(chunks);
  const until = (count: number) =>
    new Promise<Buffer>((resolve) => {
      onData = () => {
        if (bytes().length >= count) resolve(bytes());
      };
      onData();
    });
  return { until, ended, bytes };
}

test('a stream carries what is written, in order, both ways', async () => {
  const { port } = await serve(accepting(echo));
  const stream = await openStream(port);
  const { until } = gather(stream);
  const chunks = Array.from({ length: 50 }, (_, i) => new Uint8Array(1 + i * 1_000).fill(i));
  for (let i = 0; i < chunks.length; i += 2) {
    stream.write(chunks[i] as Uint8Array, chunks[i + 1] as Uint8Array);
  }
  const expected = Buffer.concat(chunks);
  expect((await until(expected.length)).equals(expected)).toBe(true);
});

test('both sides see what the other asked and answered', async () => {
  const { port } = await serve(accepting(echo));
  const answer = await open(port);
  expect([answer.status, answer.header('X-Seen')]).toEqual([101, '/stream test/1 b']);
  if ('stream' in answer) answer.stream.destroy();
});

test('what a server says at once is not lost', async () => {
  const { port } = await serve(
    accepting((stream) => {
      stream.write(Uint8Array.of(1, 2, 3));
      gather(stream);
    }),
  );
  const stream = await openStream(port);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([...(await gather(stream).until(3))]).toEqual([1, 2, 3]);
});

test('what comes is put where the listener of the one who dialled wants it', async () => {
  const { port } = await serve(accepting(echo));
  const stream = await openStream(port);
  const whole = new Uint8Array(new SharedArrayBuffer(1_000_000));
  let bytes = 0;
  const arrived = new Promise<void>((resolve) => {
    stream.listen({
      room: () => whole.subarray(bytes, bytes + 300_000),
      filled: (more) => {
        bytes += more;
        if (bytes === whole.length) resolve();
      },
      end: () => undefined,
    });
  });
  const sent = new Uint8Array(whole.length).map((_, i) => i % 251);
  stream.write(sent);
  await arrived;
  expect(Buffer.from(whole).equals(sent)).toBe(true);
});

test('a refusal is an answer, and its connection is closed', async () => {
  const { port } = await serve(() => ({
    status: 401,
    headers: { 'content-type': 'text/plain' },
    body: new TextEncoder().encode('no'),
  }));
  const answer = await open(port);
  expect(answer.status).toBe(401);
  expect('body' in answer && new TextDecoder().decode(answer.body)).toBe('no');
});

test('a stranger who is refused and stays is cut off', async () => {
  const { port } = await serve(() => ({ status: 401, headers: {}, body: new Uint8Array(0) }));
  const socket = await raw(port);
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  // It never ends its side, and learns that the connection is gone only by writing on.
  const text = await new Promise<string>((resolve) => {
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const speak = () => socket.write('more', () => setTimeout(speak, 5));
    socket.on('end', speak);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
  expect(text).toMatch(/^HTTP\/1\.1 401 /);
});

test.each([
  ['says nothing', ''],
  ['never comes to the end of his request', 'GET / HTTP/1.1\r\nupgrade: test/1\r\nx'],
])('a stranger who %s is cut off', async (_what, start) => {
  const fetch = () => new Response();
  const at = { host: '127.0.0.1', port: 0, bounds: { receiveTimeoutMs: 200, receiveCheckMs: 50 } };
  const listener = await listen({ fetch, upgrade: accepting(echo) }, at);
  closing.push(() => listener.close());
  const socket = await raw(listener.port);
  socket.on('error', () => undefined);
  socket.resume();
  const ended = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  socket.write(start);
  const trickle = setInterval(() => start !== '' && socket.write('x'), 20);
  await ended;
  clearInterval(trickle);
});

test('a server that takes no upgrades answers with the ordinary answer', async () => {
  const fetch = () => new Response('ordinary');
  const listener = await listen({ fetch }, { host: '127.0.0.1', port: 0 });
  closing.push(() => listener.close());
  const answer = await open(listener.port);
  expect(answer.status).toBe(200);
  expect('body' in answer && new TextDecoder().decode(answer.body)).toBe('ordinary');
});

test('an answer that is too large fails', async () => {
  const { port } = await serve(() => ({ status: 401, headers: {}, body: new Uint8Array(101) }));
  await expect(open(port)).rejects.toMatchObject({ name: 'TransportError', reason: 'failed' });
});

test('a port that nothing listens on is a refusal', async () => {
  const { port, close } = await serve(accepting(echo));
  await close();
  await expect(open(port)).rejects.toMatchObject({ reason: 'refused' });
});

/** A server that answers with these bytes. */
async function serveBytes(bytes: string): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, sockets };
}

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: test/1\r\n\r\n';

test.each(['keep-alive', 'close'])(
  'a refusal is the end of its connection, though the other side says %s and stays',
  async (connection) => {
    const { port, sockets } = await serveBytes(
      `HTTP/1.1 404 Not Found\r\nconnection: ${connection}\r\ncontent-length: 2\r\n\r\nno`,
    );
    const answer = await open(port);
    expect(answer.status).toBe(404);
    const [socket] = sockets;
    // Once the other side is gone, a write is answered by a reset.
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    const speak = setInterval(() => socket?.write('more'), 5);
    await closed;
    clearInterval(speak);
  },
);

test('what comes in one piece with the answer is not lost', async () => {
  const { port } = await serveBytes(`${SWITCHING}abc`);
  const stream = await openStream(port);
  expect(`${await gather(stream).until(3)}`).toBe('abc');
});

test('what comes before anybody listens waits, in order', async () => {
  const { port, sockets } = await serveBytes(SWITCHING);
  const stream = await openStream(port);
  const sent = Buffer.from(Array.from({ length: 500_000 }, (_, i) => i % 251));
  sockets[0]?.write(sent);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await gather(stream).until(sent.length)).equals(sent)).toBe(true);
});

test('a connection that breaks is an end with a cause', async () => {
  const { port, sockets } = await serveBytes(SWITCHING);
  const { ended } = gather(await openStream(port));
  sockets[0]?.resetAndDestroy();
  expect(await ended).toMatchObject({ code: 'ECONNRESET' });
});

test('an answer that does not come is a time-out', async () => {
  const { port } = await serveBytes('');
  await expect(open(port, 50)).rejects.toMatchObject({ reason: 'timeout' });
});

test('a connection that breaks before there is an answer is broken', async () => {
  const { port, sockets } = await serveBytes('HTTP/1.1 101 Swit');
  const opened = open(port);
  const polled = setInterval(() => sockets[0]?.bytesWritten && sockets[0]?.resetAndDestroy(), 5);
  await expect(opened).rejects.toMatchObject({ reason: 'broken' });
  clearInterval(polled);
});

test('an end is told to the other side', async () => {
  const { port } = await serve(accepting((stream) => stream.destroy()));
  const stream = await openStream(port);
  await gather(stream).ended;
  stream.write(Uint8Array.of(1));
  expect(stream.waitingBytes).toBe(0);
});

test('what the other side does not take waits, and is counted', async () => {
  let server: ByteStream | undefined;
  const { port } = await serve(
    accepting((stream) => {
      server = stream;
    }),
  );
  const stream = await openStream(port);
  // More than any buffers of the system hold; nothing listens at the other end.
  const bytes = 64 * 1024 * 1024;
  stream.write(new Uint8Array(bytes));
  expect(stream.waitingBytes).toBe(bytes);
  stream.destroy();
  server?.destroy();
});

function raw(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(socket));
    closing.push(() => socket.destroy());
  });
}
