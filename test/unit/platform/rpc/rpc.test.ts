import { Hono } from 'hono';
import { describe, expect, test, vi } from 'vitest';
import { RpcClient } from '../../../../services/platform/rpc/rpc-client.ts';
import {
  type RpcServerOptions,
  rpcHandler,
  rpcMethod,
} from '../../../../services/platform/rpc/rpc-server.ts';
import type { TransportRequest } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { type Fence, ZERO_FENCE } from '../../../../services/protocol/wire/fence.ts';
import {
  type BackendStatus,
  CONTROL_BODY_MAX_BYTES,
  rpcPath,
} from '../../../../services/protocol/wire/rpc.ts';
import { MAC_HEADER, ReplayGuard, signCall } from '../../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../../simulation/network/memory-network.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const SECRET = 'a-secret-of-this-colony';
const BYTES_PATH = '/rpc/bytes';
const PING = rpcPath('ping');
type Sign = ReturnType<typeof setUp>['sign'];
const ORIGIN = 'http://10.0.0.2:9001';
const target = { origin: ORIGIN, bootId: 'backend-1' };
const fence: Fence = { generation: 3, epoch: 2, topologyVersion: 1 };

const status = (seen: Fence): BackendStatus => ({
  bootId: 'backend-1',
  engineVersion: 1,
  pid: 1,
  state: 'Idle',
  draining: false,
  fence: seen,
  waitingFor: [],
});

/** A backend with some methods, a client that may speak to it, and a way to send anything. */
function setUp({ clientSecret = SECRET, bootId = 'backend-1' } = {}) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const log = new MemoryLog();
  const options: RpcServerOptions = { secret: SECRET, bootId, guard: new ReplayGuard(), log };
  const bodies: Uint8Array[] = [];
  const app = new Hono()
    .post(
      rpcPath('ping'),
      rpcMethod(options, 'ping', (call) => status(call.fence)),
    )
    .post(
      rpcPath('startTicking'),
      rpcMethod(options, 'startTicking', () => {
        throw new ColonyError('STALE_FENCE', 'seen 4.0.0', { extra: { seen: '4.0.0' } });
      }),
    )
    .post(
      rpcPath('releaseColony'),
      rpcMethod(options, 'releaseColony', () => {
        throw new TypeError('a bug');
      }),
    )
    .post(
      rpcPath('pullHalo'),
      rpcMethod(options, 'pullHalo', (_call, { tick }) => new Uint8Array(tick)),
    )
    .post(
      rpcPath('heartbeat'),
      // A reply of another version of the protocol.
      rpcHandler(options, 1000, () => ({ json: { status: 'fine' } })),
    )
    .post(
      BYTES_PATH,
      rpcHandler(options, 100, (_call, body) => {
        bodies.push(body);
        return { bytes: body };
      }),
    );
  network.attach(ORIGIN, app);
  const transport = network.transportOf('http://10.0.0.1');
  const client = new RpcClient({ transport, secret: clientSecret, selfBootId: 'coordinator-1' });
  const post = (path: string, body: Uint8Array, headers: Record<string, string>) =>
    app.request(path, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers });
  const sign = (path: string, body: Uint8Array, sequence = 1_000, targetBootId = bootId) =>
    signCall(SECRET, { senderBootId: 'other', targetBootId, sequence, fence }, 'POST', path, body);
  return { clock, network, log, client, bodies, app, post, sign };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('a call carries its fence and is answered', async () => {
  const { client } = setUp();
  expect(await client.call('ping', target, fence, {})).toEqual(status(fence));
  expect(await client.call('ping', target, ZERO_FENCE, {})).toEqual(status(ZERO_FENCE));
});

test('a binary reply arrives as bytes, up to the size that is asked for', async () => {
  const { client } = setUp();
  expect(await client.call('pullHalo', target, fence, { tick: 50 })).toEqual(new Uint8Array(50));
  await expect(
    client.call('pullHalo', target, fence, { tick: 51 }, { maxResponseBytes: 50 }),
  ).rejects.toMatchObject({ name: 'TransportError', reason: 'failed' });
});

describe('errors', () => {
  test('a problem comes back as the ColonyError that it was, with its extras', async () => {
    const { client } = setUp();
    const error = await client.call('startTicking', target, fence, {}).catch((e) => e);
    expect(error).toBeInstanceOf(ColonyError);
    expect(error).toMatchObject({
      code: 'STALE_FENCE',
      message: 'seen 4.0.0',
      extra: { seen: '4.0.0' },
    });
  });

  test('a bug is INTERNAL to the caller and stands in the log with its stack', async () => {
    const { client, log } = setUp();
    const call = client.call('releaseColony', target, fence, { generation: 1 });
    await expect(call).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(log.lines).toMatchObject([{ level: 'error', fields: { err: { message: 'a bug' } } }]);
  });

  test('a reply that does not fit its schema is BACKEND_FAILED and names the field', async () => {
    const { client } = setUp();
    const call = client.call('heartbeat', target, fence, {
      horizon: 1,
      grantNumber: 1,
      ticksPerSecond: null,
      durableThroughTick: -1,
    });
    await expect(call).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringContaining('status'),
    });
  });

  test('a request that does not fit its schema is not sent', async () => {
    const { client, network } = setUp();
    network.setFault(() => {
      throw new Error('sent');
    });
    await expect(client.call('pullHalo', target, fence, { tick: -1 })).rejects.toThrow(
      'pullHalo: the request is not valid',
    );
  });

  test('a port that nothing listens on is a refused TransportError', async () => {
    const { client, network } = setUp();
    network.detach(ORIGIN);
    await expect(client.call('ping', target, fence, {})).rejects.toMatchObject({
      name: 'TransportError',
      reason: 'refused',
    });
  });

  test('an answer that never comes is a TransportError after the timeout of the method', async () => {
    const { client, network, clock } = setUp();
    network.setFault(() => 'drop-answer');
    const call = client.call('ping', target, fence, {}).catch((e) => [e.reason, clock.nowMs()]);
    await clock.advance(10_000);
    expect(await call).toEqual(['timeout', 3_000]);
  });
});

describe('authentication', () => {
  test('a caller with another secret is refused, and does not believe the answer', async () => {
    const { client, log } = setUp({ clientSecret: 'another-secret-entirely' });
    await expect(client.call('ping', target, fence, {})).rejects.toMatchObject({
      code: 'RPC_UNAUTHENTICATED',
      message: expect.stringContaining('401'),
    });
    expect(log.messages('warn')).toEqual(['A call was refused.']);
  });

  test('a call without a signature is 401 and its answer is not signed', async () => {
    const { post } = setUp();
    const response = await post(rpcPath('ping'), bytes('{}'), {});
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get(MAC_HEADER)).toBeNull();
    expect(await codeOf(response)).toBe('RPC_UNAUTHENTICATED');
  });

  test('a signature fits one path and one body only', async () => {
    const { post, sign } = setUp();
    const headers = sign(rpcPath('ping'), bytes('{}'));
    expect((await post(rpcPath('startTicking'), bytes('{}'), headers)).status).toBe(401);
    expect((await post(rpcPath('ping'), bytes('{ }'), headers)).status).toBe(401);
    expect((await post(rpcPath('ping'), bytes('{}'), headers)).status).toBe(200);
  });

  test('a call that is played again is refused', async () => {
    const { post, sign } = setUp();
    const headers = sign(rpcPath('ping'), bytes('{}'));
    expect((await post(rpcPath('ping'), bytes('{}'), headers)).status).toBe(200);
    const again = await post(rpcPath('ping'), bytes('{}'), headers);
    expect([again.status, await codeOf(again)]).toEqual([409, 'RPC_REPLAYED']);
  });

  test('a call for another process is refused, with a signature, naming who is there', async () => {
    const { client } = setUp({ bootId: 'backend-2' });
    await expect(client.call('ping', target, fence, {})).rejects.toMatchObject({
      code: 'FOREIGN_BOOT_ID',
      extra: { bootId: 'backend-2' },
    });
  });

  test('a call for another process does not use up a sequence number here', async () => {
    const { post, sign } = setUp();
    const foreign = sign(rpcPath('ping'), bytes('{}'), 5, 'backend-9');
    expect((await post(rpcPath('ping'), bytes('{}'), foreign)).status).toBe(421);
    const mine = sign(rpcPath('ping'), bytes('{}'), 5);
    expect((await post(rpcPath('ping'), bytes('{}'), mine)).status).toBe(200);
  });

  test.each<[string, number, (sign: Sign) => Record<string, string>]>([
    ['not signed', 401, () => ({})],
    ['signed for another path', 401, (sign) => sign(BYTES_PATH, bytes('{}'))],
    ['meant for another process', 421, (sign) => sign(PING, bytes('{}'), 7, 'backend-9')],
    ['played again', 409, (sign) => sign(PING, bytes('{}'), 8)],
  ])('of a call that is %s no body is read', async (_name, expected, headersOf) => {
    const { app, post, sign } = setUp();
    expect((await post(PING, bytes('{}'), sign(PING, bytes('{}'), 8))).status).toBe(200);
    const pull = vi.fn();
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const init = { method: 'POST', headers: headersOf(sign), body, duplex: 'half' } as RequestInit;
    expect((await app.request(PING, init)).status).toBe(expected);
    expect(pull).not.toHaveBeenCalled();
  });

  test('a call whose body does not come whole may come again', async () => {
    const { app, post, sign } = setUp();
    const headers = sign(PING, bytes('{}'));
    const cut = new ReadableStream({
      pull: (controller) => controller.error(new Error('aborted')),
    });
    const init = { method: 'POST', headers, body: cut, duplex: 'half' } as RequestInit;
    expect((await app.request(PING, init)).ok).toBe(false);
    expect((await post(PING, bytes('{}'), headers)).status).toBe(200);
    expect((await post(PING, bytes('{}'), headers)).status).toBe(409);
  });

  test('while its body comes, a call cannot come again', async () => {
    const { app, post, sign } = setUp();
    const headers = sign(PING, bytes('{}'));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const init = { method: 'POST', headers, body: readable, duplex: 'half' } as RequestInit;
    const first = app.request(PING, init);
    expect((await post(PING, bytes('{}'), headers)).status).toBe(409);
    const writer = writable.getWriter();
    await writer.write(bytes('{}'));
    await writer.close();
    expect((await first).status).toBe(200);
  });

  test('an answer of somebody without the secret is not believed', async () => {
    const { client, network } = setUp();
    network.detach(ORIGIN);
    network.attach(
      ORIGIN,
      new Hono().post('*', (c) => c.json(status(fence))),
    );
    await expect(client.call('ping', target, fence, {})).rejects.toMatchObject({
      code: 'RPC_UNAUTHENTICATED',
    });
  });

  test('an authentic answer to another call is not believed', async () => {
    const { client, network, post } = setUp();
    const answers: Response[] = [];
    network.detach(ORIGIN);
    network.attach(ORIGIN, {
      async fetch(request) {
        const headers = Object.fromEntries(request.headers);
        delete headers['content-length'];
        const path = new URL(request.url).pathname;
        answers.push(await post(path, new Uint8Array(await request.arrayBuffer()), headers));
        return (answers[0] as Response).clone();
      },
    });
    expect(await client.call('ping', target, fence, {})).toEqual(status(fence));
    await expect(client.call('ping', target, fence, {})).rejects.toMatchObject({
      code: 'RPC_UNAUTHENTICATED',
    });
    expect(answers).toHaveLength(2);
  });

  test('calls to one process are numbered without gaps however many others are called', async () => {
    const sequences: string[] = [];
    const transport = {
      async send(request: TransportRequest) {
        sequences.push(request.headers['colony-call']?.split(';').slice(1, 3).join() ?? '');
        throw new Error('not needed');
      },
      open: () => Promise.reject(new Error('not needed')),
      close: async () => undefined,
    };
    const client = new RpcClient({ transport, secret: SECRET, selfBootId: 'c' });
    for (const bootId of ['a', 'b', 'a', 'b', 'c', 'a']) {
      await client.call('ping', { origin: ORIGIN, bootId }, fence, {}).catch(() => undefined);
    }
    expect(sequences).toEqual(['a,0', 'b,0', 'a,1', 'b,1', 'c,0', 'a,2']);
  });
});

describe('bodies', () => {
  test.each([
    ['not JSON', '{'],
    ['not UTF-8', '\u0000'],
    ['an array', '[]'],
    ['a field that is not known', '{"tick":1,"more":1}'],
    ['a number out of range', '{"tick":-1}'],
  ])('a signed request that is %s is a problem 400, signed', async (_name, text) => {
    const { post, sign } = setUp();
    const body = text === '\u0000' ? Uint8Array.of(0xff, 0xfe) : bytes(text);
    const path = rpcPath('pullHalo');
    const response = await post(path, body, sign(path, body));
    expect(response.headers.get(MAC_HEADER)).not.toBeNull();
    expect([response.status, await codeOf(response)]).toEqual([400, 'BAD_REQUEST']);
  });

  test('a body that says it is too large is 413 before it is read', async () => {
    const { post, sign } = setUp();
    const body = bytes('{}');
    const path = rpcPath('ping');
    const declared = { 'content-length': String(CONTROL_BODY_MAX_BYTES + 1) };
    const response = await post(path, body, { ...sign(path, body), ...declared });
    expect([response.status, await codeOf(response)]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a body without a length is read only up to its bound', async () => {
    const { post, sign, bodies } = setUp();
    const largest = new Uint8Array(100);
    expect((await post(BYTES_PATH, largest, sign(BYTES_PATH, largest))).status).toBe(200);
    const body = new Uint8Array(101);
    const response = await post(BYTES_PATH, body, sign(BYTES_PATH, body, 1_001));
    expect([response.status, await codeOf(response)]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(bodies).toEqual([largest]);
  });

  test('an endless body is cut off at its bound', async () => {
    const { readBoundedBody } = await import('../../../../services/platform/http/bounded-body.ts');
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(10));
      },
    });
    const request = new Request(ORIGIN, { method: 'POST', body, duplex: 'half' } as RequestInit);
    await expect(readBoundedBody(request, 100)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(pulled).toBeLessThan(20);
  });
});
