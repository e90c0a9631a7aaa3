import { Hono } from 'hono';
import { describe, expect, test, vi } from 'vitest';
import { RpcClient } from '../../../../services/platform/rpc/rpc-client.ts';
import type { TransportRequest } from '../../../../services/platform/rpc/transport.ts';
import { rpcPath } from '../../../../services/protocol/wire/rpc.ts';
import { MAC_HEADER } from '../../../../services/protocol/wire/rpc-auth.ts';

import {
  BYTES_PATH,
  bytes,
  codeOf,
  fence,
  ORIGIN,
  PING,
  SECRET,
  type Sign,
  setUp,
  status,
  target,
} from './rpc-fixture.ts';

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
