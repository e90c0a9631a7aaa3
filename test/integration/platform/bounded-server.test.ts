import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { afterEach, describe, expect, test } from 'vitest';
import { HTTP_BOUNDS, type HttpBounds } from '../../../services/platform/http/bounded-server.ts';
import { vouchFor } from '../../../services/platform/http/connection-bounds.ts';
import { listen } from '../../../services/platform/process/service-process.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Waits for a condition, however slow the machine is. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await pause(5);
}

/** More than the buffers of any operating system take. */
const LARGE_BYTES = 32 * 1024 * 1024;

/** A server with some answers, and ways to speak to it. */
async function serve(bounds: Partial<HttpBounds>) {
  const log = new MemoryLog();
  const waiting: (() => void)[] = [];
  /** Bodies of which only the beginning was read before the answer. */
  const left: (ReadableStreamDefaultReader<Uint8Array> | undefined)[] = [];
  const fetch = async (request: Request, env?: object): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/wait') await new Promise<void>((resolve) => waiting.push(resolve));
    if (pathname === '/large') return new Response(new Uint8Array(LARGE_BYTES));
    if (pathname === '/early') {
      const body = request.body?.getReader();
      await body?.read();
      left.push(body);
      return new Response('too early');
    }
    if (pathname === '/peer') vouchFor((env as HttpBindings).incoming.socket);
    if (request.method !== 'POST') return new Response(pathname);
    const body = await request.text().catch(() => 'not whole');
    return new Response(body);
  };
  const { port, close } = await listen({ fetch }, { host: '127.0.0.1', port: 0, bounds, log });
  closing.push(close);
  const open = async (): Promise<Client> => {
    const client = new Client(connect(port, '127.0.0.1'));
    closing.push(() => client.socket.destroy());
    await once(client.socket, 'connect');
    return client;
  };
  return { open, log, waiting, left };
}

class Client {
  readonly socket: Socket;
  text = '';
  receivedBytes = 0;
  isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  read(): this {
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
    });
    return this;
  }

  /** As `read`, of what is too large to keep. */
  count(): this {
    this.socket.on('data', (chunk) => {
      this.receivedBytes += chunk.length;
    });
    return this;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  get(path: string): void {
    this.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /** The status and the code of the first answer. */
  async refusal(): Promise<[status: string | undefined, code: string | undefined]> {
    await until(() => this.isClosed);
    const [head = '', body = '{}'] = this.text.split('\r\n\r\n');
    expect(head).toContain('application/problem+json');
    return [/^HTTP\/1.1 (\d+)/.exec(head)?.[1], JSON.parse(body).code];
  }
}

describe('of connections', () => {
  const connections = { strangersMax: 3, totalMax: 6 };

  test('those that show nothing are closed when there are too many, the oldest first', async () => {
    const { open, log } = await serve({ connections });
    const idle: Client[] = [];
    for (let i = 0; i < 5; i++) idle.push((await open()).read());
    await until(() => idle[0]?.isClosed === true && idle[1]?.isClosed === true);
    expect(idle.map(({ isClosed }) => isClosed)).toEqual([true, true, false, false, false]);
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { why: 'too many connections' } },
      { level: 'warn' },
    ]);
  });

  test('a newcomer is answered however many are idle', async () => {
    const { open } = await serve({ connections });
    for (let i = 0; i < 40; i++) {
      await open();
      if (i % 10 > 0) continue;
      const newcomer = (await open()).read();
      newcomer.get('/hello');
      await until(() => newcomer.text.endsWith('/hello'));
    }
  });

  test('one that waits for its answer is kept, whoever comes', async () => {
    const { open, waiting } = await serve({ connections });
    const patient = (await open()).read();
    patient.get('/wait');
    await until(() => waiting.length === 1);
    const idle: Client[] = [];
    for (let i = 0; i < 20; i++) idle.push((await open()).read());
    await until(() => idle.filter(({ isClosed }) => isClosed).length === 17);
    waiting[0]?.();
    await until(() => patient.text.endsWith('/wait'));
  });

  test('a newcomer is closed where all others are peers that are being answered', async () => {
    const { open, waiting } = await serve({ connections });
    const peers: Client[] = [];
    for (let i = 0; i < 6; i++) {
      const peer = (await open()).read();
      peers.push(peer);
      peer.get('/peer');
      await until(() => peer.text.endsWith('/peer'));
      peer.get('/wait');
      await until(() => waiting.length === i + 1);
    }
    const newcomer = await open();
    await until(() => newcomer.isClosed);
    expect(peers.filter(({ isClosed }) => isClosed)).toEqual([]);
  });

  test('of those that wait the oldest is closed when there are too many in all', async () => {
    const { open, waiting } = await serve({ connections });
    const patient: Client[] = [];
    for (let i = 0; i < 7; i++) {
      patient.push((await open()).read());
      patient[i]?.get('/wait');
      await until(() => waiting.length === i + 1);
    }
    await until(() => patient[0]?.isClosed === true);
    for (const answer of waiting) answer();
    for (const client of patient.slice(1)) await until(() => client.text.endsWith('/wait'));
  });

  test('a peer is kept while strangers come and go', async () => {
    const { open } = await serve({ connections });
    const peer = (await open()).read();
    peer.get('/peer');
    await until(() => peer.text.endsWith('/peer'));
    const strangers: Client[] = [];
    for (let i = 0; i < 20; i++) strangers.push((await open()).read());
    await until(() => strangers.filter(({ isClosed }) => isClosed).length === 17);
    expect(peer.isClosed).toBe(false);
    peer.get('/again');
    await until(() => peer.text.endsWith('/again'));
  });
});

describe('of time', () => {
  const bounds = { receiveTimeoutMs: 200, receiveCheckMs: 20 };

  test.each([
    ['a head', 'GET / HTTP/1.1\r\nx'],
    ['a body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx'],
    ['a small body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx'],
    ['a chunked body', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ])('%s that trickles is REQUEST_TIMEOUT', async (what, start) => {
    const { open } = await serve(bounds);
    const slow = (await open()).read();
    slow.send(start);
    const drop = what === 'a chunked body' ? '1\r\nx\r\n' : 'x';
    const trickle = setInterval(() => slow.send(drop), 20);
    closing.push(() => clearInterval(trickle));
    expect(await slow.refusal()).toEqual(['408', 'REQUEST_TIMEOUT']);
  });

  test('an answer may take longer', async () => {
    const { open, waiting } = await serve(bounds);
    const patient = (await open()).read();
    patient.send('POST /wait HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nok');
    await until(() => waiting.length === 1);
    await pause(600);
    waiting[0]?.();
    await until(() => patient.text.endsWith('ok'));
  });

  test('the bound is ten seconds where it is not set', () => {
    const { receiveTimeoutMs, receiveCheckMs } = HTTP_BOUNDS;
    expect(receiveTimeoutMs + receiveCheckMs).toBe(10_000);
  });
});

describe('of answers that are not taken', () => {
  const sending = {
    timeoutMs: 500,
    leastBytesPerS: 1_000 * LARGE_BYTES,
    maxBytes: 4 * LARGE_BYTES,
    checkIntervalMs: 10,
  };

  test('one is cut off in the end', async () => {
    const { open, log } = await serve({ sending });
    const reader = (await open()).count();
    const client = await open();
    client.get('/large');
    reader.get('/large');
    await until(() => log.lines.length > 0);
    expect(log.lines).toMatchObject([{ fields: { why: 'an answer was not taken' } }]);
    client.count();
    await until(() => client.isClosed);
    await until(() => reader.receivedBytes > LARGE_BYTES);
  });

  test('a large one has more time, so that a slow client gets it whole', async () => {
    const { open, log } = await serve({
      // A minute and more.
      sending: { ...sending, timeoutMs: 10, leastBytesPerS: LARGE_BYTES / 64 },
    });
    const client = await open();
    client.get('/large');
    await pause(500);
    client.count();
    await until(() => client.isClosed || client.receivedBytes > LARGE_BYTES);
    expect(client.isClosed).toBe(false);
    expect(log.lines).toEqual([]);
  });

  test('the oldest is cut off when they are too much together', async () => {
    const { open, log } = await serve({
      sending: { ...sending, timeoutMs: 60_000, maxBytes: 1.5 * LARGE_BYTES },
    });
    const [first, second] = [await open(), await open()];
    for (const client of [first, second]) {
      client.get('/large');
      await pause(50);
    }
    await until(() => log.lines.length > 0);
    first.count();
    await until(() => first.isClosed);
    second.count();
    await until(() => second.receivedBytes > LARGE_BYTES);
    expect(log.lines).toHaveLength(1);
  });
});

describe('what is no request is refused with a problem', () => {
  test.each([
    ['no HTTP at all', 'NONSENSE\r\n\r\n', '400', 'BAD_REQUEST'],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', '400', 'BAD_REQUEST'],
    [
      'a Host that is none',
      'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
      '400',
      'BAD_REQUEST',
    ],
    [
      'an expectation that nobody meets',
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\n\r\n',
      '417',
      'EXPECTATION_FAILED',
    ],
    [
      'a head without end',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}`,
      '431',
      'HEADERS_TOO_LARGE',
    ],
  ])('%s', async (_what, text, status, code) => {
    const { open } = await serve({});
    const client = (await open()).read();
    client.send(text);
    expect(await client.refusal()).toEqual([status, code]);
  });
});

test('a client that asks whether it may send its body is told to', async () => {
  const { open } = await serve({});
  const client = (await open()).read();
  client.send(
    'POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  );
  await until(() => client.text.includes('HTTP/1.1 100 Continue'));
  client.send('ok');
  await until(() => client.text.endsWith('ok'));
});

describe('of bodies that are answered before they are whole', () => {
  const START = 'POST /early HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
  const CHUNK = '1\r\nx\r\n';

  test('what still comes is kept by nobody, and the connection serves on', async () => {
    const { open, left } = await serve({});
    const client = (await open()).read();
    client.send(START + CHUNK);
    await until(() => client.text.endsWith('too early'));
    client.send(`${CHUNK.repeat(100)}0\r\n\r\n`);
    client.get('/next');
    await until(() => client.text.endsWith('/next'));
    expect(await left[0]?.read()).toEqual({ done: true, value: undefined });
  });

  test('who goes on in tiny chunks is cut off', async () => {
    const { open } = await serve({});
    const client = (await open()).read();
    client.send(START + CHUNK);
    await until(() => client.text.endsWith('too early'));
    client.send(`${CHUNK.repeat(4_200)}0\r\n\r\n`);
    client.get('/next');
    await until(() => client.isClosed || client.text.endsWith('/next'));
    expect(client.text).not.toContain('/next');
  });
});
