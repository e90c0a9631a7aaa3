import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { createForward } from '../../../../services/coordinator/http/forward.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A leader on a free port, and a forward that is closed after the test. */
async function serve(listener: RequestListener, options: { answerMaxBytes?: number } = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = new VirtualClock();
  const { forward, close } = createForward({ clock, timeoutMs: 5000, ...options });
  closers.push(
    () => server.closeAllConnections(),
    close,
    () => server.close(),
  );
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, forward, clock, server };
}

test('method, path, headers and body arrive, and the answer comes back', async () => {
  const { origin, forward } = await serve(async (request, response) => {
    const body = await text(request);
    const { method, url } = request;
    response.setHeader('etag', 'W/"1"');
    response.statusCode = 409;
    const mark = request.headers['colony-forwarded'];
    response.end(JSON.stringify({ method, url, mark, body }));
  });
  const answer = await forward(
    new Request(`${origin}/colony-pace?x=1`, {
      method: 'PUT',
      body: '{"ticksPerSecond":5}',
      headers: { 'colony-forwarded': '1' },
    }),
  );
  expect(answer.status).toBe(409);
  expect(answer.headers.get('etag')).toBe('W/"1"');
  expect(await answer.json()).toEqual({
    method: 'PUT',
    url: '/colony-pace?x=1',
    mark: '1',
    body: '{"ticksPerSecond":5}',
  });
});

test('a compressed body is passed as it is', async () => {
  const compressed = gzipSync('picture');
  const { origin, forward } = await serve((_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(compressed);
  });
  const answer = await forward(new Request(`${origin}/frame`));
  expect(Buffer.from(await answer.arrayBuffer()).equals(compressed)).toBe(true);
});

test('304 has no body', async () => {
  const { origin, forward } = await serve((_request, response) => {
    response.statusCode = 304;
    response.end();
  });
  const answer = await forward(new Request(`${origin}/frame`));
  expect(answer.status).toBe(304);
  expect(answer.body).toBeNull();
});

test('an answer that takes more than the time is given up', async () => {
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { origin, forward, clock } = await serve((_request, response) => {
    response.write('the beginning');
    arrived();
  });
  const answer = forward(new Request(`${origin}/colony`)).then(
    () => 'answered',
    (error: Error) => error.message,
  );
  await arrival;
  await clock.advance(5000);
  expect(await answer).toBe('no whole answer within 5000 ms');
});

test('no timer is left when the answer came', async () => {
  const { origin, forward, clock } = await serve((_request, response) => response.end('{}'));
  await forward(new Request(`${origin}/colony`));
  expect(clock.pendingTimers).toBe(0);
});

test('an answer that is larger than allowed is given up', async () => {
  const { origin, forward } = await serve((_request, response) => response.end('x'.repeat(2000)), {
    answerMaxBytes: 1000,
  });
  await expect(forward(new Request(`${origin}/frame`))).rejects.toThrow(/size/i);
});

test('a leader that is gone is an error', async () => {
  const { origin, forward, server } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  await expect(forward(new Request(`${origin}/colony`))).rejects.toThrow(/ECONNREFUSED/);
});
