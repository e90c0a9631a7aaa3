import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Listener, listen } from '../../../services/platform/process/service-process.ts';

/** Real sockets on the loopback interface. */

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A server that holds `/held` until it is told to answer. */
async function serve(o: { keepAliveMs?: number } = {}) {
  let answer = () => {};
  let isAsked = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve;
  });
  const fetch = async (incoming: Request) => {
    if (new URL(incoming.url).pathname === '/held') {
      isAsked();
      await held;
    }
    return new Response('answered');
  };
  const listener = await listen({ fetch }, { host: '127.0.0.1', port: 0, ...o });
  closing.push(() => listener.close());
  return { listener, answer, asked };
}

/** One request on a connection that would be kept. */
function get(listener: Listener, path: string, agent = new Agent({ keepAlive: true })) {
  closing.push(() => agent.destroy());
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: listener.port, path, agent },
        async (incoming) => {
          const chunks: Buffer[] = [];
          for await (const chunk of incoming) chunks.push(chunk);
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        },
      );
      outgoing.once('error', reject);
      outgoing.end();
    },
  );
}

test('a request that is under way is answered, as the last one of its connection', async () => {
  const { listener, answer, asked } = await serve();
  const held = get(listener, '/held');
  await asked;
  listener.refuse();
  const settled = listener.settled(60_000);
  answer();
  expect(await held).toMatchObject({
    status: 200,
    body: 'answered',
    headers: { connection: 'close' },
  });
  expect(await settled).toBe(true);
});

test('a new request is refused with a word, on connections that were open before too', async () => {
  const { listener } = await serve();
  const agent = new Agent({ keepAlive: true });
  expect((await get(listener, '/', agent)).headers.connection).toBe('keep-alive');
  listener.refuse();
  for (const path of ['/', '/readyz']) {
    const refused = await get(listener, path, agent);
    expect(refused).toMatchObject({
      status: 503,
      headers: { connection: 'close', 'retry-after': '1', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'SHUTTING_DOWN', status: 503 });
  }
});

test('it still says that it lives', async () => {
  const { listener } = await serve();
  listener.refuse();
  expect(await get(listener, '/healthz')).toMatchObject({ status: 200, body: 'answered' });
});

test('a request that does not end is waited for so long and no longer', async () => {
  const { listener, answer, asked } = await serve();
  const held = get(listener, '/held').catch((error: Error) => error);
  await asked;
  expect(await listener.settled(0)).toBe(false);
  expect(await listener.settled(20)).toBe(false);
  await listener.close();
  expect(await held).toBeInstanceOf(Error);
  answer();
});

test('a client that goes away is not waited for', async () => {
  const { listener, answer, asked } = await serve();
  const agent = new Agent();
  const held = get(listener, '/held', agent).catch(() => undefined);
  await asked;
  const settled = listener.settled(60_000);
  agent.destroy();
  expect(await settled).toBe(true);
  await held;
  answer();
});

test('a connection without a request is kept as long as it is told', async () => {
  const { listener } = await serve({ keepAliveMs: 360_000 });
  expect((await get(listener, '/')).headers['keep-alive']).toBe('timeout=360');
});
