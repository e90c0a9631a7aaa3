import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import type {
  ByteStream,
  UpgradeAnswer,
  UpgradeHandler,
} from '../../../../services/platform/rpc/byte-stream.ts';
import type { TransportRequest } from '../../../../services/platform/rpc/transport.ts';
import { MemoryNetwork } from '../../../simulation/network/memory-network.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { chunkListener } from '../../../support/chunks.ts';

const A = 'http://10.0.0.1:9001';
const B = 'http://10.0.0.2:9001';

const requestTo = (origin: string, change: Partial<TransportRequest> = {}): TransportRequest => ({
  origin,
  method: 'POST',
  path: '/echo',
  headers: { 'x-from': 'test' },
  body: new Uint8Array([1, 2, 3]),
  timeoutMs: 1_000,
  maxResponseBytes: 1_000,
  ...change,
});

function setUp() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  let calls = 0;
  const app = new Hono().post('/echo', async (c) => {
    calls++;
    return c.body(await c.req.arrayBuffer(), 201, { 'x-seen': c.req.header('x-from') ?? '' });
  });
  network.attach(B, app);
  return { clock, network, transport: network.transportOf(A), calls: () => calls };
}

/** Runs a promise to its end on virtual time; how it ended, and when. */
async function outcome(clock: VirtualClock, promise: Promise<unknown>): Promise<unknown> {
  const settled = promise.then(
    () => ({ ok: true, atMs: clock.nowMs() }),
    (error) => ({ reason: error.reason, atMs: clock.nowMs() }),
  );
  await clock.advance(5_000);
  return settled;
}

test('status, headers and body go there and back', async () => {
  const { transport, clock } = setUp();
  const response = await transport.send(requestTo(B));
  expect(response.status).toBe(201);
  expect(response.header('X-Seen')).toBe('test');
  expect(response.header('x-other')).toBeUndefined();
  expect(response.body).toEqual(new Uint8Array([1, 2, 3]));
  expect(clock.pendingTimers).toBe(0);
});

test('an origin without an application refuses at once', async () => {
  const { transport, clock } = setUp();
  expect(await outcome(clock, transport.send(requestTo(A)))).toEqual({
    reason: 'refused',
    atMs: 0,
  });
});

test('a dropped request never arrives and times out', async () => {
  const { transport, clock, network, calls } = setUp();
  network.setFault(() => 'drop-request');
  const result = await outcome(clock, transport.send(requestTo(B)));
  expect(result).toEqual({ reason: 'timeout', atMs: 1_000 });
  expect(calls()).toBe(0);
});

test('a dropped answer leaves its request carried out', async () => {
  const { transport, clock, network, calls } = setUp();
  network.setFault(() => 'drop-answer');
  const result = await outcome(clock, transport.send(requestTo(B)));
  expect(result).toEqual({ reason: 'timeout', atMs: 1_000 });
  expect(calls()).toBe(1);
});

test('a delayed request arrives later, even after its sender gave up', async () => {
  const { transport, clock, network, calls } = setUp();
  network.setFault(() => ({ delayMs: 700 }));
  expect(await outcome(clock, transport.send(requestTo(B)))).toEqual({ ok: true, atMs: 700 });
  network.setFault(() => ({ delayMs: 1_500 }));
  const late = await outcome(clock, transport.send(requestTo(B)));
  expect(late).toEqual({ reason: 'timeout', atMs: 6_000 });
  expect(calls()).toBe(2);
});

test('a partition is told by sender and receiver', async () => {
  const { network, clock } = setUp();
  network.attach(
    A,
    new Hono().post('/echo', (c) => c.text('A')),
  );
  network.setFault(({ from, to }) => (from === A && to === B ? 'refuse' : undefined));
  expect(await outcome(clock, network.transportOf(A).send(requestTo(B)))).toMatchObject({
    reason: 'refused',
  });
  expect(await outcome(clock, network.transportOf(B).send(requestTo(A)))).toMatchObject({
    ok: true,
  });
  network.setFault();
  expect(await outcome(clock, network.transportOf(A).send(requestTo(B)))).toMatchObject({
    ok: true,
  });
});

test('a process that dies while it works resets the connection', async () => {
  const { network, clock, transport } = setUp();
  network.detach(B);
  network.attach(B, {
    async fetch() {
      await clock.sleep(100);
      return new Response('late');
    },
  });
  const call = outcome(clock, transport.send(requestTo(B)));
  network.detach(B);
  expect(await call).toEqual({ reason: 'broken', atMs: 100 });
});

test('an answer above its bound fails', async () => {
  const { transport, clock } = setUp();
  const call = transport.send(requestTo(B, { maxResponseBytes: 2 }));
  expect(await outcome(clock, call)).toMatchObject({ reason: 'failed' });
});

test('a closed transport sends nothing', async () => {
  const { transport, calls } = setUp();
  await transport.close();
  await expect(transport.send(requestTo(B))).rejects.toThrow('closed');
  expect(calls()).toBe(0);
});

describe('streams', () => {
  const PATH = '/stream';
  const opening = { origin: B, path: PATH, protocol: 'echo', headers: { 'X-From': 'test' } };
  const limits = { timeoutMs: 1_000, maxResponseBytes: 100 };

  /** An application that sends back what comes. */
  async function setUpEcho() {
    const clock = new VirtualClock();
    const network = new MemoryNetwork(clock);
    const upgrade: UpgradeHandler = ({ path, protocol, header }): UpgradeAnswer => {
      if (path !== PATH) return { status: 404, headers: {}, body: new Uint8Array(3) };
      const run = (stream: ByteStream) =>
        stream.listen(chunkListener((chunk) => stream.write(chunk)));
      return { status: 101, headers: { 'x-seen': `${protocol} ${header('x-from')}` }, run };
    };
    network.attach(B, { fetch: () => new Response(), upgrade });
    const answer = await network.transportOf(A).open({ ...opening, ...limits });
    if (!('stream' in answer)) throw new Error('no stream');
    const events: string[] = [];
    answer.stream.listen(
      chunkListener(
        (chunk) => events.push(`${[...chunk]} at ${clock.nowMs()}`),
        (cause) => events.push(`end: ${cause?.message}`),
      ),
    );
    return { clock, network, answer, stream: answer.stream, events };
  }

  test('carry bytes both ways', async () => {
    const { answer, stream, events, clock } = await setUpEcho();
    expect([answer.status, answer.header('X-Seen')]).toEqual([101, 'echo test']);
    stream.write(Uint8Array.of(1), Uint8Array.of(2, 3));
    await clock.advance(0);
    expect(events).toEqual(['1,2,3 at 0']);
  });

  test('that are refused answer as any request', async () => {
    const { network } = await setUpEcho();
    const answer = await network.transportOf(A).open({ ...opening, ...limits, path: '/other' });
    expect(answer).toMatchObject({ status: 404, body: new Uint8Array(3) });
  });

  test('are not to be had where nothing listens', async () => {
    const { network, clock } = await setUpEcho();
    const call = network.transportOf(A).open({ ...opening, ...limits, origin: A });
    expect(await outcome(clock, call)).toEqual({ reason: 'refused', atMs: 0 });
  });

  test('keep the order of what is delayed', async () => {
    const { network, stream, events, clock } = await setUpEcho();
    const delays = [60, 20];
    network.setFault(({ from }) => (from === A ? { delayMs: delays.shift() ?? 0 } : undefined));
    stream.write(Uint8Array.of(1));
    stream.write(Uint8Array.of(2));
    await clock.advance(200);
    expect(events).toEqual(['1 at 60', '2 at 80']);
  });

  test('fall silent for good where a write is lost', async () => {
    const { network, stream, events, clock } = await setUpEcho();
    network.setFault(() => 'drop-request');
    stream.write(Uint8Array.of(1));
    network.setFault();
    stream.write(Uint8Array.of(2));
    await clock.advance(60_000);
    expect(events).toEqual([]);
  });

  test('break where a write is refused', async () => {
    const { network, stream, events, clock } = await setUpEcho();
    network.setFault(() => 'refuse');
    stream.write(Uint8Array.of(1));
    network.setFault();
    stream.write(Uint8Array.of(2));
    await clock.advance(0);
    expect(events).toEqual(['end: connection reset']);
  });

  test('break when one of the processes dies', async () => {
    const { network, events, clock } = await setUpEcho();
    network.detach(B);
    await clock.advance(0);
    expect(events).toEqual(['end: connection reset']);
  });

  test('end for both sides when one ends them', async () => {
    const { stream, events, clock } = await setUpEcho();
    stream.destroy();
    stream.write(Uint8Array.of(1));
    await clock.advance(0);
    expect(events).toEqual(['end: undefined']);
  });
});
