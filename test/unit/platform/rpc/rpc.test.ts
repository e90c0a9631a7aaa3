import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { ZERO_FENCE } from '../../../../services/protocol/wire/fence.ts';
import { CONTROL_BODY_MAX_BYTES, rpcPath } from '../../../../services/protocol/wire/rpc.ts';
import { MAC_HEADER } from '../../../../services/protocol/wire/rpc-auth.ts';

import { BYTES_PATH, bytes, codeOf, fence, ORIGIN, setUp, status, target } from './rpc-fixture.ts';

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
